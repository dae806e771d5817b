"""The offline grader: a rubric's lines against what an answer asserts; no network, no model, no key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from interview_bot.core.grades import Asserted, Assessment, Heard, Verdict, weigh
from interview_bot.core.questions import Question
from interview_bot.graders.compiled import Rubric, compile_rubric
from interview_bot.graders.hearing import hear, span_of
from interview_bot.graders.reading.language import Reading, read
from interview_bot.graders.reading.text import FUNCTION_WORDS, Token, clean, is_english
from interview_bot.graders.search import Search
from interview_bot.graders.second import hear_again

NAME = "rubric"
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
    first = hear(rubric, search, reading)
    verdicts = first.verdicts | hear_again(rubric, search, reading, first)
    if any(heard.rule.startswith("contradicted") for heard in verdicts.values()):
        flags.append("contradiction")
    asserted = tuple(
        Asserted(one.id, tuple(span_of(reading, hit) for hit in hits[:1]))
        for one, hits in first.misconceptions
    )
    score = weigh(
        {one.id: one.weight for one in rubric.criteria},
        {criterion: heard.verdict for criterion, heard in verdicts.items()},
        [one.id for one in asserted],
    )
    if not asserted and not flags and score <= LITTLE_HEARD and len(_words(reading)) >= LONG_TALK:
        flags.append("own-words")
    return Assessment(verdicts, asserted, score, NAME, rubric.version, tuple(flags))


def lines_heard(rubric: Rubric, answer: str) -> frozenset[str]:
    """The lines of all criteria that an answer matches, asserted or denied: for authors, to find lines without use."""
    cleaned = clean(answer)
    reading = read(cleaned, rubric.prompt_pairs)
    search = Search(cleaned, reading, rubric)
    patterns = [pattern for one in rubric.criteria for pattern in one.lines]
    return frozenset(pattern.line for pattern in patterns if search.hits(pattern))


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
