"""Any text at all that somebody answers with is kept as it was written, or refused with the reason."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from interview_bot.core.interview import LONGEST_ANSWER
from interview_bot.platforms.slack.payloads import typed
from interview_bot.storage import tables as t
from tests.bench import Bench
from tests.faults.indoors import PATIENCE, street

ODD = {
    "4,000 signs beyond the first plane": "a" + "\U0001d49c\U0001f433" * 2_000,
    "from right to left": "הליבה מתוקה \u202eand red\u202c",
    "zero width and joined": "s\u200bw\u200de\u2060e\ufefft 👩‍👩‍👧‍👦 Z\u0351\u036b\u0343\u036a\u0302\u036b",
    "signs of control": "a\x01\x02\x1b[31m\x7f\x85\u2028b\r\n\tc",
    "not a character": "a\ufffe\uffff\U0010ffff",
    "what SQL, markup and Slack are made of": "'; DROP TABLE answer; -- %s {0} {{x}} \\ <!channel> *_~`&amp;",
}
"""Kept as they are."""


def storable(text: str) -> str:
    """What can be kept of a text: PostgreSQL has no place for NUL, and half a character is none."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


async def heard(bench: Bench, text: str) -> list[str]:
    """Answer a new question; what is kept of it. A refusal is said, and then nothing is kept."""
    await bench.hear("/stop")
    await bench.hear("/fruit 1 seed 1")
    async with bench.database.connect() as on:
        await on.execute(t.answer.delete())
    shown = await bench.hear(text)
    async with bench.database.connect() as on:
        kept = list((await on.execute(select(t.answer.c.text))).scalars())
    refused = any("There is no word in that" in one or "is the most" in one for one in shown)
    assert refused == (not kept), shown
    return kept


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(st.text(st.characters(), min_size=1, max_size=200))
@example("\x00")
@example("a\x00b")
@example("a\ud800b")
@example("\u200b\u202e")
@example("x" * LONGEST_ANSWER)
@example("x" * (LONGEST_ANSWER + 1))
async def test_any_text_is_kept_as_it_was_written_or_refused_with_the_reason(bench: Bench, text: str) -> None:
    usable = len(text) <= LONGEST_ANSWER and any(char.isalnum() for char in text)
    if not text.startswith("/"):
        assert await heard(bench, text) == ([storable(text)] if usable else [])


@pytest.mark.parametrize("name", ODD)
async def test_odd_texts_come_through_slack_and_the_database_unchanged(
    database_url: str, tmp_path: Path, name: str
) -> None:
    async with street(database_url, tmp_path) as road, road.home() as home:
        ada = await road.asked(road.person("ada", home.url))
        told = await ada.message(ODD[name])
        assert told.status == 200
        await road.slack.message_where(lambda m: "of 100" in m.text, timeout=PATIENCE)
        async with road.database.connect() as on:
            kept = (await on.execute(select(t.answer.c.text))).scalar_one()
        assert kept == typed(told.sent.payload["event"]["text"]) == ODD[name]
        assert await road.broken() == []
        assert road.slack.faults == []
