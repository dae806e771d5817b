"""The questions at hand, found by slug, topic and track, with the nearest word for a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple
from zlib import compress, decompress

from interview_bot.core.errors import UnknownTopic
from interview_bot.core.kin import Kin, kin_of
from interview_bot.core.questions import Listed, Question


class Topic(NamedTuple):
    """A group of questions inside a track."""

    name: str
    track: str
    questions: int


class Catalogue:
    """All questions that can be asked; never changes."""

    def __init__(self, questions: Iterable[Question]) -> None:
        """Index the questions by slug, topic and track."""
        shelf, listed = _Shelf(), dict[str, Listed]()
        for one in questions:
            shelf.put(one)
            listed[one.slug] = one.listed()
        self.questions: Mapping[str, Question] = shelf
        """The questions by slug; each is unpacked when it is looked at."""
        self.listed: Mapping[str, Listed] = listed
        """What is asked and what the points are, by slug: for whoever looks through all of them."""
        all_of = listed.values()
        self.names = frozenset(name.lower() for one in all_of for name in (one.track, one.topic))
        """Tracks and topics, in small letters."""
        self._kin: dict[Listed, Kin] = {}

    def topics(self) -> list[Topic]:
        """Every topic with its track and number of questions, by track and name."""
        counted: dict[tuple[str, str], int] = {}
        for question in self.listed.values():
            key = (question.track, question.topic)
            counted[key] = counted.get(key, 0) + 1
        return [Topic(topic, track, number) for (track, topic), number in sorted(counted.items())]

    def kin(self, question: Question) -> Kin:
        """For each criterion of a question, those of others that say the same; found once, for it takes milliseconds."""
        known = question.listed()
        if known not in self._kin:
            self._kin[known] = kin_of(known, self.listed.values())
        return self._kin[known]

    def about(self, word: str) -> list[Listed]:
        """The questions of a topic or track in slug order, or the one question of that name.

        Raises:
            UnknownTopic: with the nearest topic or track, if one is near.
        """
        wanted = word.strip().lower()
        found = [one for one in self.listed.values() if wanted in {one.track.lower(), one.topic.lower()}]
        if not found and wanted in self.listed:
            return [self.listed[wanted]]
        if not found:
            raise UnknownTopic(word=word, nearest=", ".join(self.nearest(word)))
        return sorted(found, key=lambda question: question.slug)

    def nearest(self, word: str) -> list[str]:
        """Up to three topics or tracks spelt like the word."""
        names = sorted({name for one in self.listed.values() for name in (one.track, one.topic)})
        return get_close_matches(word.strip().lower(), names, n=3, cutoff=0.6)

    def nearest_slug(self, slug: str) -> str | None:
        """The slug spelt most like this one, if one is near."""
        return next(iter(get_close_matches(slug, self.listed, n=1, cutoff=0.5)), None)


class _Shelf(Mapping[str, Question]):
    """Questions by slug, each packed: as objects they take ten times the memory, and few are asked at once."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}

    def put(self, question: Question) -> None:
        written = question.model_dump_json(exclude_defaults=True)
        self._packed[question.slug] = compress(written.encode(), level=1)

    def __getitem__(self, slug: str) -> Question:
        return Question.model_validate_json(decompress(self._packed[slug]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, slug: object) -> bool:
        return slug in self._packed
