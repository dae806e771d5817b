"""The reveal of a daily question shows the best answer, and only with its author's consent."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from interview_bot.core.interview import Who
from interview_bot.storage import tables
from tests.bench import Bench

BEA = Who("local", "bea", "Bea")
CID = Who("local", "cid", "Cid")
SECRET = "pomegranate-8122"
STRONG = f"The core is sweet and the skin is red, says {SECRET}."


async def asked(bench: Bench) -> str:
    await bench.hear("/daily here 09:00 UTC fruit")
    await bench.hear("/daily now")
    turn = bench.said[-1].choices[0].turn
    assert turn
    return turn


async def answered(bench: Bench, who: Who, words: str, turn: str) -> str | None:
    """Answer; what the button carries that lets the answer be shown, if there is one."""
    await bench.hear(words, who=who, turn=turn)
    return next((one.turn for card in bench.said for one in card.choices if one.command == "share"), None)


async def test_a_strong_answer_is_shown_without_a_name_once_its_author_agrees(bench: Bench) -> None:
    turn = await asked(bench)
    share = await answered(bench, BEA, STRONG, turn)
    assert share
    assert "stands in the reveal" in (await bench.hear("/share", who=BEA, turn=share))[0]
    assert await answered(bench, CID, "The skin is red.", turn) is None, "it is not strong"
    revealed = "\n".join(await bench.hear("/daily off"))
    assert SECRET in revealed
    assert "Bea" not in revealed


async def test_without_consent_or_after_taking_it_back_nothing_is_shown(bench: Bench) -> None:
    turn = await asked(bench)
    assert await answered(bench, CID, STRONG, turn)
    share = await answered(bench, BEA, STRONG, turn)
    await bench.hear("/share", who=BEA, turn=share)
    assert "stays with you" in (await bench.hear("/share off", who=BEA, turn=share))[0]
    assert SECRET not in "\n".join(await bench.hear("/daily off"))


async def test_nobody_shares_for_somebody_else_nor_after_the_reveal(bench: Bench) -> None:
    turn = await asked(bench)
    share = await answered(bench, BEA, STRONG, turn)
    assert "over" in (await bench.hear("/share", who=CID, turn=share))[0]
    assert SECRET not in "\n".join(await bench.hear("/daily off"))
    assert "over" in (await bench.hear("/share", who=BEA, turn=share))[0]


async def test_words_whose_time_is_over_go_from_the_reveal_too(
    bench: Bench, kind: str, tmp_path: Path
) -> None:
    turn = await asked(bench)
    share = await answered(bench, BEA, STRONG, turn)
    await bench.hear("/share", who=BEA, turn=share)
    await bench.hear("/daily off")
    async with bench.database.begin() as work:
        assert await work.own.expire(bench.clock.now() + timedelta(days=1)) == 1
    await bench.database.scrub()
    if kind == "sqlite":
        assert not _holds_the_secret(tmp_path)
    async with bench.database.connect() as on:
        cards = (await on.execute(select(tables.outbox.c.card))).scalars()
        assert SECRET not in str(list(cards))


async def test_who_deletes_everything_is_gone_from_the_reveal_too(
    bench: Bench, kind: str, tmp_path: Path
) -> None:
    turn = await asked(bench)
    share = await answered(bench, BEA, STRONG, turn)
    await bench.hear("/share", who=BEA, turn=share)
    assert SECRET in "\n".join(await bench.hear("/daily off"))
    edited = "\n".join(await bench.hear("/privacy delete yes", who=BEA))
    assert "What a strong answer says" in edited
    assert SECRET not in edited
    if kind == "sqlite":
        assert not _holds_the_secret(tmp_path)


def _holds_the_secret(folder: Path) -> list[str]:
    files = sorted(folder.glob("test.db*"))
    assert files
    return [file.name for file in files if SECRET.encode() in file.read_bytes()]
