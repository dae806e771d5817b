"""What happened in a run, as seen from outside, and the promises that it is held against (docs/promises.md)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select

from interview_bot.core.interview import Who
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database


class Taken(NamedTuple):
    """An answer that was acknowledged: what was typed, and a word of it that nobody else types."""

    who: Who
    delivery: str
    text: str
    token: str


class Shown(NamedTuple):
    """What a platform showed: a new message, or another text in the place of one."""

    lane: str
    team: str
    message: str
    outbox: int
    card: str
    is_new: bool


@dataclass
class History:
    """Everything that came in and was acknowledged, and everything that was shown."""

    taken: dict[str, Taken] = field(default_factory=dict[str, Taken])
    """By delivery: the same delivery again is the same answer."""
    shown: list[Shown] = field(default_factory=list[Shown])
    buried: int = 0
    """Messages that a platform refused for good."""

    async def broken(self, database: Database) -> list[str]:
        """Each promise that does not hold, in words; to be asked once nothing is left to be done."""
        facts = await _read(database)
        return [
            *self._lost(facts),
            *self._counted_twice(facts),
            *self._shown_twice(),
            *self._forgotten(facts),
            *self._across(),
            *_twice_a_day(facts),
            *await _wrong_board(database),
        ]

    def _lost(self, facts: _Facts) -> Iterator[str]:
        for one in self.taken.values():
            if one.text not in facts.answers:
                yield f"P1 lost: {one.delivery} {one.text!r}"

    def _counted_twice(self, facts: _Facts) -> Iterator[str]:
        for one in self.taken.values():
            kept = facts.answers[one.text]
            if kept > 1:
                yield f"P2 kept {kept} times: {one.delivery} {one.text!r}"

    def _shown_twice(self) -> Iterator[str]:
        new = Counter(one.outbox for one in self.shown if one.is_new)
        yield from (f"P3 shown {times} times: outbox {outbox}" for outbox, times in new.items() if times > 1)
        last: dict[str, int] = {}
        for one in self.shown:
            if one.is_new and one.outbox < last.get(one.lane, 0):
                yield f"P3 out of order in {one.lane}: {one.outbox} after {last[one.lane]}"
            last[one.lane] = max(one.outbox, last.get(one.lane, 0)) if one.is_new else last.get(one.lane, 0)

    def _forgotten(self, facts: _Facts) -> Iterator[str]:
        yield from (f"P4 never graded: answer {one}" for one in facts.ungraded)
        yield from (f"P4 still grading: interview {one}" for one in facts.grading)
        if facts.unsent > self.buried:
            yield f"P4 never sent: {facts.unsent} messages"

    def _across(self) -> Iterator[str]:
        """What one candidate typed is shown to nobody else; challenges and dailies, which do, are not simulated."""
        owners: dict[str, Who] = {one.token: one.who for one in self.taken.values()}
        seen: dict[str, set[Who]] = defaultdict(set)
        for one in self.shown:
            seen[one.lane] |= {owner for token, owner in owners.items() if token in one.card}
            if any(owner.team != one.team for owner in seen[one.lane]):
                yield f"P5 across teams: {one.lane}"
        yield from (f"P5 across candidates: {lane}" for lane, who in seen.items() if len(who) > 1)


class _Facts(NamedTuple):
    answers: Counter[str]
    ungraded: list[str]
    grading: list[str]
    unsent: int
    dailies: list[tuple[str, str]]


async def _read(database: Database) -> _Facts:
    unsent = (t.outbox.c.sent_revision < t.outbox.c.revision) | t.outbox.c.buried
    async with database.connect() as on:
        answers = (await on.execute(select(t.answer.c.id, t.answer.c.text))).all()
        graded = set((await on.execute(select(t.assessment.c.answer_id))).scalars())
        grading = (
            (await on.execute(select(t.interview.c.id).where(t.interview.c.state == "grading")))
            .scalars()
            .all()
        )
        waiting = (await on.execute(select(t.outbox.c.id).where(unsent))).all()
        dailies: Any = (await on.execute(select(t.daily_post.c.daily_id, t.daily_post.c.local_date))).all()
    return _Facts(
        Counter(one.text for one in answers),
        [one.id for one in answers if one.id not in graded],
        list(grading),
        len(waiting),
        [tuple(one) for one in dailies],
    )


def _twice_a_day(facts: _Facts) -> Iterator[str]:
    yield from (f"P7 asked {n} times: {one}" for one, n in Counter(facts.dailies).items() if n > 1)


async def _wrong_board(database: Database) -> list[str]:
    async with database.begin() as work:
        return [f"P8 {line}" for line in await work.standings.verify(repair=False)]


def flat(card: object) -> str:
    """A card as one line of text, to look for words in it."""
    return json.dumps(card, ensure_ascii=False)
