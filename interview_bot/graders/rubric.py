"""The offline grader: a rubric's lines against what an answer asserts; no network, no model, no key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil

from interview_bot.core.grades import Asserted, Assessment, Heard, Span, Verdict, weigh
from interview_bot.core.questions import Question
from interview_bot.graders.compiled import CompiledCriterion, Rubric, compile_rubric
from interview_bot.graders.lines import Pattern
from interview_bot.graders.reading.language import Reading, denies_throughout, read
from interview_bot.graders.reading.text import FUNCTION_WORDS, Token, clean, is_english
from interview_bot.graders.search import Hit, Search

NAME = "rubric"
FEWEST_DENIED = 3
"""Points that an answer must deny before the denials are held against the rest of it."""

FEWEST_TO_STRAY = 25
"""Tokens, of the sentences in which something was heard, from which on an answer is taken for talk about something
else if nothing in it tells otherwise. Other sentences do not count: padding changes nothing."""

DENIED_SHARE = 0.75
"""How many points it must deny for each that it states."""

WANTED_FOR_EACH = 2
"""How many words must speak for a point for each false belief that the answer asserts. Who is wrong about a thing also uses its
words: of 374 labelled answers, what was heard beside one such belief was said indeed in a third of the cases, beside two in none."""

LONG_TALK = 60
"""Words from which on an answer in which little was heard may have said more in words that the rubric does not know. Of the 47
such answers of the gold set half (23) deserved a fifth of the score more, and they are 23 of its 40 that were graded so low."""

LITTLE_HEARD = 0.34
"""The score up to which little was heard."""

_NO_ANSWER = re.compile(
    r"\s*(i\s+|we\s+)?(really\s+|honestly\s+|sorry,?\s+|um+,?\s+|well,?\s+)*((i\s+)?(do\s*n[o']?t|dont|don’t)\s+(really\s+)?"
    r"(know|remember|recall)|no\s+(idea|clue)|not\s+sure|idk|dunno|(pass|skip)(?=(\s+(on\s+)?(this|that|it)(\s+(one|question))?)?\W*$)|weiß\s+(ich\s+)?nicht|"
    r"(ich\s+)?weiß\s+(es\s+)?(leider\s+)?nicht|keine\s+ahnung|no\s+s[eé]|ni\s+idea|aucune\s+idée|je\s+ne\s+sais\s+pas|не\s+знаю)\b",
    re.IGNORECASE,
)


_GUESS = re.compile(
    r"(\s+(exactly|exact|precisely|really|much|all|everything|for\s+sure|about\s+it|the\s+((exact|precise|right)\s+)?\w+))*"
    r"\W*(but|however|though|maybe|perhaps|probably|(but\s+)?i\s+(think|guess|believe|suppose|would\s+say))\b(\W+\w+)",
    re.IGNORECASE,
)
"""What makes an answer of "I don't know": a statement after it, however careful."""


class RubricGrader:
    """Grades with the rubric alone. Keeps the last compiled rubrics; safe to share between tasks."""

    name = NAME

    def __init__(self, kept: int = 512) -> None:
        """Keep up to `kept` compiled rubrics."""
        self._compiled = lru_cache(maxsize=kept)(_compile_json)

    async def grade(self, question: Question, answer: str) -> Assessment:
        """Grade one answer; never raises for any text."""
        return self.grade_now(question, answer)

    def grade_now(self, question: Question, answer: str) -> Assessment:
        """Grade without an event loop, for the command line and benchmarks."""
        return grade(self._compiled(question.model_dump_json()), answer)


def _compile_json(question_json: str) -> Rubric:
    return compile_rubric(Question.model_validate_json(question_json))


def grade(rubric: Rubric, answer: str) -> Assessment:
    """Grade one answer against a compiled rubric."""
    cleaned = clean(answer)
    reading = read(cleaned, rubric.prompt_pairs)
    search = Search(cleaned, reading, rubric)
    flags = list(_flags(reading, cleaned.text, rubric, search.misspelt))
    if {"empty", "no-answer", "keywords-only"} & set(flags):
        missed = {one.id: Heard(Verdict.MISSED) for one in rubric.criteria}
        return Assessment(missed, (), 0.0, NAME, rubric.version, tuple(flags))
    misconceptions = [
        (one, hits) for one in rubric.misconceptions if (hits := _asserted(search, one.heard, strict=True))
    ]
    denies = denies_throughout(reading)
    if denies:
        search.doubt()
    verdicts = {one.id: _verdict(search, one, reading) for one in rubric.criteria}
    if denies:
        verdicts |= _denied_points(search, rubric.criteria, verdicts)
    if not misconceptions and _strays(search, rubric.criteria, verdicts):
        verdicts = {one.id: Heard(Verdict.MISSED) for one in rubric.criteria}
    for misconception, hits in misconceptions:
        for criterion in misconception.against:
            verdicts[criterion] = _cancelled(verdicts[criterion], hits[-1], reading)
    if misconceptions:
        wanted = WANTED_FOR_EACH * len(misconceptions)
        verdicts |= {
            one.id: Heard(Verdict.MISSED, (), f"only in passing: {verdicts[one.id].rule}")
            for one in rubric.criteria
            if verdicts[one.id].verdict is not Verdict.MISSED and _said(search, one) < wanted
        }
    if any(heard.rule.startswith("contradicted") for heard in verdicts.values()):
        flags.append("contradiction")
    asserted = tuple(
        Asserted(one.id, tuple(_span(reading, hit) for hit in hits[:1])) for one, hits in misconceptions
    )
    score = weigh(
        {one.id: one.weight for one in rubric.criteria},
        {criterion: heard.verdict for criterion, heard in verdicts.items()},
        [one.id for one in asserted],
    )
    if not asserted and not flags and score <= LITTLE_HEARD and len(_words(reading)) >= LONG_TALK:
        flags.append("own-words")
    return Assessment(verdicts, asserted, score, NAME, rubric.version, tuple(flags))


def _strays(search: Search, criteria: Sequence[CompiledCriterion], verdicts: Mapping[str, Heard]) -> bool:
    """Whether nothing that was heard is more than a plain word that any talk may hold by chance."""
    if any(one.wanted > 1 and verdicts[one.id].verdict is not Verdict.MISSED for one in criteria):
        return False
    lines = (
        line
        for one in criteria
        for line in (*one.heard, *one.partly, *(x for _, group in one.groups for x in group))
    )
    heard = [hit for line in lines for hit in search.hits(line) if hit.asserted]
    told = {search.sentence_of(hit) for hit in heard}
    long = sum(one.end - one.start for one in told) >= FEWEST_TO_STRAY
    return long and not any(search.is_telling(hit) for hit in heard)


def _said(search: Search, criterion: CompiledCriterion) -> int:
    """How many different words that carry sense speak for a criterion."""
    lines = (*criterion.heard, *(line for _, group in criterion.groups for line in group))
    return len({stem for line in lines for hit in search.hits(line) if hit.asserted for stem in hit.stems})


def _denied_points(
    search: Search, criteria: Iterable[CompiledCriterion], verdicts: Mapping[str, Heard]
) -> dict[str, Heard]:
    """Where an answer denies nearly as many points as it states, the points that it denies anywhere are missed.

    An answer that was turned round sentence by sentence denies most of them, and what is left of its points is chance.
    """
    denied: dict[str, Hit] = {}
    for one in criteria:
        lines = (*one.heard, *(line for _, group in one.groups for line in group))
        hits = [hit for line in lines for hit in search.hits(line) if not hit.asserted]
        if hits:
            denied[one.id] = hits[0]
    stated = sum(heard.verdict is not Verdict.MISSED for heard in verdicts.values())
    if len(denied) < FEWEST_DENIED or len(denied) < DENIED_SHARE * stated:
        return {}
    return {
        name: Heard(Verdict.MISSED, (), f"contradicted: {hit.pattern.line}")
        for name, hit in denied.items()
        if verdicts[name].verdict is not Verdict.MISSED
    }


def lines_heard(rubric: Rubric, answer: str) -> frozenset[str]:
    """The lines of all criteria that an answer matches, asserted or denied: for authors, to find lines without use."""
    cleaned = clean(answer)
    reading = read(cleaned, rubric.prompt_pairs)
    search = Search(cleaned, reading, rubric)
    patterns = [
        pattern
        for one in rubric.criteria
        for pattern in (*one.heard, *one.partly, *(line for _, lines in one.groups for line in lines))
    ]
    return frozenset(pattern.line for pattern in patterns if search.hits(pattern))


def _verdict(search: Search, criterion: CompiledCriterion, reading: Reading) -> Heard:
    counted = _count(search, criterion, reading) if criterion.groups else Heard(Verdict.MISSED)
    if counted.verdict is not Verdict.MISSED:
        return counted
    for verdict, patterns in ((Verdict.MET, criterion.heard), (Verdict.PARTIAL, criterion.partly)):
        hits = [hit for pattern in patterns for hit in search.hits(pattern)]
        asserted = [hit for hit in hits if hit.asserted]
        if not asserted:
            continue
        if denial := _taken_back(search, hits, asserted):
            return Heard(Verdict.MISSED, (), f"contradicted: {denial.pattern.line}")
        # What needed the most to be heard says the most, and the first of those is where it was said.
        best = min(asserted, key=lambda hit: (-len(hit.pattern.items), hit.start, hit.end - hit.start))
        return Heard(verdict, (_span(reading, best),), best.pattern.line)
    return counted


def _taken_back(search: Search, hits: Sequence[Hit], asserted: Sequence[Hit]) -> Hit | None:
    """What denies later what was asserted, if anything does."""
    last = max(asserted, key=lambda hit: hit.start)
    denied = [
        hit for hit in hits if not hit.asserted and hit.start > last.end and search.takes_back(last, hit)
    ]
    return denied[-1] if denied else None


def _count(search: Search, criterion: CompiledCriterion, reading: Reading) -> Heard:
    """Any k of n: distinct groups heard; wrong extra items do not cancel right ones."""
    spans: list[Span] = []
    names: list[str] = []
    for name, patterns in criterion.groups:
        hits = [hit for pattern in patterns for hit in search.hits(pattern)]
        asserted = sorted((hit for hit in hits if hit.asserted), key=lambda hit: (hit.start, hit.end))
        if asserted and not _taken_back(search, hits, asserted):
            names.append(name)
            spans.append(_span(reading, asserted[0]))
    rule = f"{len(names)} of {criterion.wanted}: {', '.join(names)}"
    if len(names) >= criterion.wanted:
        return Heard(Verdict.MET, tuple(spans), rule)
    if names and len(names) >= ceil(criterion.wanted / 2):
        return Heard(Verdict.PARTIAL, tuple(spans), rule)
    return Heard(Verdict.MISSED, (), rule if names else "")


def _asserted(search: Search, patterns: Iterable[Pattern], strict: bool = False) -> list[Hit]:
    hits = [hit for pattern in patterns for hit in search.hits(pattern, strict) if hit.asserted]
    return sorted(hits, key=lambda hit: (hit.start, hit.end))


def _cancelled(heard: Heard, hit: Hit, reading: Reading) -> Heard:
    """A misconception said after the criterion takes its credit back; said before, it was corrected."""
    at = reading.tokens[hit.end - 1].end
    if heard.verdict is Verdict.MISSED or not heard.evidence or heard.evidence[-1].start >= at:
        return heard
    return Heard(Verdict.MISSED, (), f"contradicted: {hit.pattern.line}")


def _span(reading: Reading, hit: Hit) -> Span:
    return Span(reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end)


def _words(reading: Reading) -> list[Token]:
    return [token for token in reading.tokens if token.word[0].isalnum()]


def _flags(reading: Reading, text: str, rubric: Rubric, misspelt: int) -> Iterable[str]:
    words = _words(reading)
    if not words:
        yield "empty"
        return
    said = _NO_ANSWER.match(text)
    if len(words) <= 14 and said and not _GUESS.match(text, said.end()):
        yield "no-answer"
    if reading.cut:
        yield "too-long"
    idle = {sentence.idle for sentence in reading.sentences}
    if idle == {"copied"}:
        yield "question-copied"
    alphabetic = [token for token in words if token.word.isalpha()]
    if len(alphabetic) >= 6 and not _speaks(alphabetic, rubric, misspelt):
        yield "unsupported-language"
    elif idle == {"keywords"}:
        yield "keywords-only"


def _speaks(words: Sequence[Token], rubric: Rubric, misspelt: int) -> bool:
    """Whether the words look like the rubric's language: English words, small words, or the rubric's own."""
    small = sum(token.word in FUNCTION_WORDS for token in words)
    known = sum(
        token.word in FUNCTION_WORDS or token.word in rubric.spellings or is_english(token.word)
        for token in words
    )
    # Words of another language look like misspelt ones, but without the small words that English has between them.
    return known + min(misspelt, small) >= 0.6 * len(words) or small >= 0.25 * len(words)
