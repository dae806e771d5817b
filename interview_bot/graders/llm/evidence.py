"""Believes a model only as far as its quotes carry: they must stand in the answer, say something, and be to the point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from interview_bot.core.grades import Asserted, Assessment, Heard, Span, Verdict
from interview_bot.core.questions import Question
from interview_bot.graders.llm.matter import Matter, content
from interview_bot.graders.llm.prompt import Claim, Said
from interview_bot.graders.llm.screen import ADDRESSED, Shown
from interview_bot.graders.reading.text import SENTENCE_ENDS, Clean, Token, clean, tokens
from interview_bot.graders.rubric import compile_rubric

UNVERIFIED = "unverified-quote"
FOREIGN = "unsupported-language"

CONTENT_WORDS = 3
"""Different words with a meaning that a quote needs; fewer where the sentence it stands in has fewer."""

MOST_SHARING = 2
"""Criteria that may rest on the same words."""

SAME_WORDS = 0.8
"""Two quotes that share this much of the longer one are the same words."""


class Verified(NamedTuple):
    """What stands of a reply: verdicts with evidence, misconceptions asserted and not asserted, and flags for people.

    `cleared` holds the misconceptions that the model says are not asserted, with the place of which it says so.
    """

    verdicts: dict[str, Heard]
    misconceptions: tuple[Asserted, ...]
    cleared: dict[str, Span]
    flags: tuple[str, ...]


class _Page:
    """The words of an answer, to find quotes on: a quote may lose a comma, never a word."""

    def __init__(self, cleaned: Clean) -> None:
        self.words: list[Token] = []
        self.sentences: list[int] = []
        sentence = 0
        for token in tokens(cleaned):
            if token.word in SENTENCE_ENDS:
                sentence += 1
            elif _is_word(token):
                self.words.append(token)
                self.sentences.append(sentence)
        self._plain = _plain(self.words)

    def find(self, quote: Sequence[Token]) -> range | None:
        """Where a quote stands, None where it does not."""
        return _find(_plain(quote), self._plain)

    def around(self, place: range) -> range:
        """The sentences in which a place lies."""
        first, last = self.sentences[place.start], self.sentences[place.stop - 1]
        inside = [index for index, number in enumerate(self.sentences) if first <= number <= last]
        return range(inside[0], inside[-1] + 1)

    def content(self, place: range) -> set[str]:
        """The stems with a meaning in a place."""
        return content(self.words[place.start : place.stop])

    def span(self, place: range) -> Span:
        """A place as offsets of the original answer."""
        return Span(self.words[place.start].start, self.words[place.stop - 1].end)


class Evidence:
    """What quotes for one question are checked against. Built once for each question; safe to share."""

    def __init__(self, question: Question) -> None:
        """Collect the words of each criterion, and the texts that a candidate was given and may not quote back."""
        self.rubric = compile_rubric(question)
        full = self.rubric.question
        told = [full.prompt, *full.hints, *(one.probe or "" for one in full.criteria)]
        self._given = [_plain(_words(text)) for text in told]
        self._matter = Matter(self.rubric)

    def verify(self, said: Said, shown: Shown, heard: Assessment | None = None) -> Verified:
        """Keep what the quotes prove: any other `met` or `partial` is missed, any other misconception unsaid.

        `heard` is what the rubric heard: where it heard something itself, a quote of the same place needs less proof.
        """
        page, known = _Page(shown.clean), _known(heard)
        foreign = heard is not None and FOREIGN in heard.flags
        claims, wrong = (_claimed(one) for one in (said.criteria, said.misconceptions))
        proved, asserted = (self._proved(one, page, known, foreign) for one in (claims, wrong))
        verdicts = {
            name: Heard(claim.verdict, (page.span(proved[name]),), claim.reason)
            if name in proved
            else Heard(Verdict.MISSED, (), claim.reason)
            for name, claim in said.criteria.items()
        }
        flags = list(shown.flags)
        if len(proved) < len(claims) or len(asserted) < len(wrong):
            flags.append(UNVERIFIED)
        if said.speaks_to_grader and ADDRESSED not in flags:
            flags.append(ADDRESSED)
        misconceptions = tuple(Asserted(name, (page.span(place),)) for name, place in asserted.items())
        return Verified(verdicts, misconceptions, _cleared(said, page), tuple(flags))

    def _proved(
        self, claims: Mapping[str, Claim], page: _Page, known: Mapping[str, Sequence[Span]], foreign: bool
    ) -> dict[str, range]:
        """Where the quote of each claim stands that it proves."""
        found: dict[str, range] = {}
        for name, claim in claims.items():
            quote = _words(claim.quote)
            place = page.find(quote)
            if place is None or self._is_given(quote):
                continue
            if self._proves(name, place, page, known.get(name, ()), foreign):
                found[name] = place
        return self._shared_by_few(found, page, known)

    def _shared_by_few(
        self, found: Mapping[str, range], page: _Page, known: Mapping[str, Sequence[Span]]
    ) -> dict[str, range]:
        """The same words prove few claims: those whose words they hold most of, and those the rubric heard there."""
        kept: dict[str, range] = {}
        for name in sorted(found, key=lambda name: -self._matter.told(name, page.content(found[name]))):
            place = found[name]
            heard = any(_overlap(page.span(place), span) for span in known.get(name, ()))
            if heard or sum(_alike(place, other) for other in kept.values()) < MOST_SHARING:
                kept[name] = place
        return kept

    def _proves(self, name: str, place: range, page: _Page, known: Sequence[Span], foreign: bool) -> bool:
        around = page.around(place)
        quote, sentence = page.content(place), page.content(around)
        if len(quote) < max(1, min(CONTENT_WORDS, len(sentence))):
            return False
        if any(_overlap(page.span(around), span) for span in known):
            return self._matter.told(name, quote) > 0
        return self._matter.holds(name, quote, sentence, foreign=foreign)

    def _is_given(self, quote: Sequence[Token]) -> bool:
        return any(_find(_plain(quote), text) is not None for text in self._given)


def copies(question: Question, answer: str) -> bool:
    """Whether an answer only repeats words of the question, in their order."""
    return _find(_plain(_words(answer)), _plain(_words(question.prompt))) is not None


def _known(heard: Assessment | None) -> dict[str, Sequence[Span]]:
    """Where the rubric heard each criterion and misconception."""
    if heard is None:
        return {}
    spans: dict[str, Sequence[Span]] = {name: one.evidence for name, one in heard.verdicts.items()}
    return spans | {one.id: one.evidence for one in heard.misconceptions}


def _claimed(claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """The claims that something was heard: only these need proof."""
    return {name: claim for name, claim in claims.items() if claim.verdict is not Verdict.MISSED}


def _cleared(said: Said, page: _Page) -> dict[str, Span]:
    places = {
        name: page.find(_words(claim.quote))
        for name, claim in said.misconceptions.items()
        if claim.verdict is Verdict.MISSED
    }
    return {name: page.span(place) for name, place in places.items() if place is not None}


def _words(text: str) -> list[Token]:
    return [token for token in tokens(clean(text)) if _is_word(token)]


def _is_word(token: Token) -> bool:
    return any(char.isalnum() for char in token.word)


def _plain(words: Sequence[Token]) -> list[str]:
    return [token.word for token in words]


def _find(part: Sequence[str], whole: Sequence[str]) -> range | None:
    """Where a row of words stands inside another, None where it does not; an empty one stands nowhere."""
    for start in range(len(whole) - len(part) + 1 if part else 0):
        if whole[start] == part[0] and whole[start : start + len(part)] == part:
            return range(start, start + len(part))
    return None


def _alike(one: range, other: range) -> bool:
    shared = min(one.stop, other.stop) - max(one.start, other.start)
    return shared >= SAME_WORDS * max(len(one), len(other))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
