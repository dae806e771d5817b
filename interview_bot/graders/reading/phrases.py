"""Finds the turns of phrase that deny what follows them: "instead of", "saves doing", "too big to", "some believe"."""

from __future__ import annotations

from interview_bot.graders.reading.cues import (
    DENIALS,
    TURNING,
    cues_by_word,
    denied_from,
    stands_at,
    starting,
)
from interview_bot.graders.reading.reach import Scope, reach_of, to_new_clause, to_next_subject, to_turn
from interview_bot.graders.reading.reports import REPORTING, report_at
from interview_bot.graders.reading.text import Token

_AIMS = frozenset({"prevent", "avoid"})
"""What is aimed at ends where the means begin: "to avoid duplicates one can number them"."""
_SHORT_CUES = frozenset({"instead", "rather", "far", "free", "get", "as", "do", "anyth"})
_SURE = frozenset({("doubt", "no"), ("forget", "not")})
"""Words of denial that the word before them takes back: "no doubt", "do not forget to"."""
_CUES_BY_WORD = cues_by_word(DENIALS)
OPENING = _CUES_BY_WORD.keys() | TURNING | REPORTING
"""Stems and words that a turn of phrase begins with."""


def phrase_scope(words: list[Token], start: int, index: int, end: int) -> Scope | None:
    """What a turn of phrase that begins at `index`, in the sentence from `start` to `end`, denies or reports."""
    return _reported(words, index, end) or _denied(words, start, index, end) or _behind_cue(words, index, end)


def _reported(words: list[Token], index: int, end: int) -> Scope | None:
    report = report_at(words, index)
    if not report:
        return None
    after = index + len(report)
    reach = to_turn(words, index, end)
    if report[0] == "contrari" or (index and words[index - 1].word == "what"):
        reach = next((at for at in range(after, reach) if words[at].word == ","), reach)
    return Scope((index, after), (after, reach), reported=True)


def _denied(words: list[Token], start: int, index: int, end: int) -> Scope | None:
    over = denied_from(words, start, index, end)
    if not over:
        return None
    far = to_turn if words[index].word == "used" else reach_of
    return Scope((index, index + over), (index + over, far(words, index + over, end)))


def _behind_cue(words: list[Token], index: int, end: int) -> Scope | None:
    if index and (words[index].stem, words[index - 1].word) in _SURE:
        return None
    cue = next((one for one in starting(_CUES_BY_WORD, words[index]) if stands_at(words, index, one)), None)
    if cue is None:
        return None
    after = index + len(cue)
    reach = to_turn(words, after, end) if cue[-1] == "that" else reach_of(words, after, end)
    if cue[0] in _SHORT_CUES:
        reach = to_next_subject(words, after, min(reach, after + 5))
    elif cue[0] in _AIMS:
        reach = to_new_clause(words, after, reach)
    return Scope((index, after), (after, reach))
