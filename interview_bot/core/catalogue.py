"""The questions at hand, found by slug, topic and track, with the nearest word for a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from interview_bot.core.errors import UnknownTopic
from interview_bot.core.kin import Kin, kin_of
from interview_bot.core.questions import Question


class Topic(NamedTuple):
    """A group of questions inside a track."""

    name: str
    track: str
    questions: int


class Catalogue:
    """All questions that can be asked; never changes."""

    def __init__(self, questions: Iterable[Question]) -> None:
        """Index the questions by slug, topic and track."""
        self.questions: dict[str, Question] = {question.slug: question for question in questions}
        all_of = self.questions.values()
        self.names = frozenset(name.lower() for one in all_of for name in (one.track, one.topic))
        """Tracks and topics, in small letters."""
        self._kin: dict[tuple[str, ...], Kin] = {}

    def topics(self) -> list[Topic]:
        """Every topic with its track and number of questions, by track and name."""
        counted: dict[tuple[str, str], int] = {}
        for question in self.questions.values():
            key = (question.track, question.topic)
            counted[key] = counted.get(key, 0) + 1
        return [Topic(topic, track, number) for (track, topic), number in sorted(counted.items())]

    def kin(self, question: Question) -> Kin:
        """For each criterion of a question, those of others that say the same; found once, for it takes milliseconds."""
        key = (question.slug, *(criterion.point for criterion in question.criteria))
        if key not in self._kin:
            self._kin[key] = kin_of(question, self.questions.values())
        return self._kin[key]

    def about(self, word: str) -> list[Question]:
        """The questions of a topic or track in slug order, or the one question of that name.

        Raises:
            UnknownTopic: with the nearest topic or track, if one is near.
        """
        wanted = word.strip().lower()
        found = [one for one in self.questions.values() if wanted in {one.track.lower(), one.topic.lower()}]
        if not found and wanted in self.questions:
            return [self.questions[wanted]]
        if not found:
            raise UnknownTopic(word=word, nearest=", ".join(self.nearest(word)))
        return sorted(found, key=lambda question: question.slug)

    def nearest(self, word: str) -> list[str]:
        """Up to three topics or tracks spelt like the word."""
        names = sorted(
            {one.track for one in self.questions.values()} | {one.topic for one in self.questions.values()}
        )
        return get_close_matches(word.strip().lower(), names, n=3, cutoff=0.6)

    def nearest_slug(self, slug: str) -> str | None:
        """The slug spelt most like this one, if one is near."""
        return next(iter(get_close_matches(slug, self.questions, n=1, cutoff=0.5)), None)
