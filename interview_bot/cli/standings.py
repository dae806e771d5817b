"""Looking after the leaderboard's numbers."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from interview_bot.wiring import House


async def verify(*, repair: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Fold all answers again and compare with the standings that are kept; exit code 1 if any differs.

    Parameters
    ----------
    repair
        Write what was folded in the place of what differs.
    """
    house = House()
    await house.ready()
    try:
        async with house.database.begin() as work:
            wrong = await work.standings.verify(repair=repair)
    finally:
        await house.close()
    for line in wrong:
        print(line)
    print(
        f"{len(wrong)} standings differ" + (", repaired" if wrong and repair else "")
        if wrong
        else "standings hold"
    )
    return 1 if wrong and not repair else 0
