"""A grade that is challenged: a person's verdict wins, and everything that hangs on it is corrected."""

import re

from sqlalchemy import select

from interview_bot.core.interview import Who
from interview_bot.storage import tables
from tests.bench import ANN, Bench

REVIEWER = Who("local", "rae", "Rae")


async def challenged(bench: Bench) -> tuple[str, str]:
    """Ann's answer misses the core; she challenges it: the turn of the card, the turn of the reviewers' button."""
    await bench.hear("/admin reviewers here", who=REVIEWER)
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("Its skin is red and the inside tastes of honey.")
    card = next(one for one in bench.said if any(choice.command == "challenge" for choice in one.choices))
    turn = next(choice.turn for choice in card.choices if choice.command == "challenge")
    assert turn
    shown = await bench.hear("Honey is sweet, is it not?", turn=turn)
    assert any("Honey is sweet, is it not?" in text for text in shown)
    assert any("Your challenge is with the reviewers" in text for text in shown)
    button = next(choice.turn for one in bench.said for choice in one.choices if choice.command == "decide")
    assert button
    return turn, button


async def points(bench: Bench) -> int:
    text = "\n".join(await bench.hear("/leaderboard"))
    found = re.search(r"Ann — (\d+) points", text)
    assert found
    return int(found[1])


async def test_a_changed_verdict_corrects_score_standing_and_mastery(bench: Bench) -> None:
    _, button = await challenged(bench)
    before = await points(bench)
    shown = "\n".join(await bench.hear("core met: Honey is sweet indeed.", who=REVIEWER, turn=button))
    assert "A reviewer changed your grade" in shown
    assert "Honey is sweet indeed." in shown
    assert await points(bench) > before
    async with bench.database.begin() as work:
        assert await work.standings.verify() == []
        known = await work.memory.known(ANN, bench.clock.now())
    assert [(one.asked, one.met) for one in known] == [(2, 2)]
    async with bench.database.connect() as on:
        assert (
            len((await on.execute(select(tables.audit).where(tables.audit.c.what.like("challenge%")))).all())
            == 1
        )


async def test_an_upheld_grade_stays_and_the_candidate_hears_why(bench: Bench) -> None:
    _, button = await challenged(bench)
    before = await points(bench)
    shown = "\n".join(await bench.hear("uphold: Say sweet when you mean sweet.", who=REVIEWER, turn=button))
    assert "Say sweet when you mean sweet." in shown
    assert await points(bench) == before


async def test_two_reviewers_decide_once(bench: Bench) -> None:
    _, button = await challenged(bench)
    await bench.hear("core met: Yes.", who=REVIEWER, turn=button)
    late = await bench.hear("uphold: No.", who=Who("local", "sam", "Sam"), turn=button)
    assert late == ["That challenge is decided, or gone."]


async def test_nobody_decides_on_a_grade_of_their_own(bench: Bench) -> None:
    _, button = await challenged(bench)
    assert await bench.hear("core met: Of course.", turn=button) == [
        "Somebody else has to decide on your grade."
    ]


async def test_one_challenge_of_a_grade_is_open_at_a_time(bench: Bench) -> None:
    turn, button = await challenged(bench)
    assert await bench.hear("Again.", turn=turn) == ["This grade is challenged already."]
    await bench.hear("uphold: No.", who=REVIEWER, turn=button)
    assert any("with the reviewers" in text for text in await bench.hear("Once more.", turn=turn))


async def test_a_deleted_candidate_leaves_nothing_to_decide(bench: Bench) -> None:
    _, button = await challenged(bench)
    await bench.hear("/privacy delete yes")
    assert await bench.hear("core met: Yes.", who=REVIEWER, turn=button) == [
        "That challenge is decided, or gone."
    ]


async def test_another_teams_reviewer_cannot_decide(bench: Bench) -> None:
    _, button = await challenged(bench)
    stranger = Who("slack:T9", "eve", "Eve")
    assert "gone" in (await bench.hear("core met: Yes.", who=stranger, turn=button))[0]


async def test_a_decision_that_cannot_be_read_says_how_it_is_written(bench: Bench) -> None:
    _, button = await challenged(bench)
    for words in ("core met", "coree met: yes", "core great: yes", ": yes"):
        assert "core met: why" in (await bench.hear(words, who=REVIEWER, turn=button))[0], words


async def test_without_reviewers_a_typed_challenge_is_kept_for_the_operator(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    assert "no grade" in (await bench.hear("/challenge It was right."))[0]
    await bench.hear("Its skin is red.")
    assert "interview-bot challenges" in (await bench.hear("/challenge It was right."))[0]
