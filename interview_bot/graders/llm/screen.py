"""What of an answer a model is shown: the text as the rubric reads it, without words to the grader, and not too long."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from interview_bot.graders.reading.text import Clean, clean

MOST = 4000
"""Characters of an answer that a model is shown; the rest is left out and flagged."""

CUT_SHORT = "cut-short"
ADDRESSED = "addressed-grader"

_ALL_OF = r"(?:(?:all|any|every|each|the|your|my|these|those|this|other|of)\s+){0,3}"
_EARLIER = r"(?:(?:previous|prior|above|earlier|preceding|given|former|original|initial|system)\s+){0,2}"
_ORDERS = r"(?:instructions?|directions?|guidelines?|rules|rubrics?|prompts?|criteria|grading\s+\w+|orders)\b"
_GIVE = (
    r"\b(?:mark|set|rate|score|grade|give|gives|award|assign|return|output|respond|reply|report|record|treat|consider"
    r"|count|evaluate|judge|assess|accept|classify|grant|deserves?|earns?|gets?|receives?|merits?|print|say|write)\b"
)
_PRIZE = (
    r"(?:full|maximum|max|maximal|perfect|top|highest|best(?:\s+possible)?|complete)\s+(?:marks?|credits?|scores?|points?|grades?|rating)"
    r"|\b(?:all|every|each)\s+(?:\w+\s+){0,2}(?:criteria|criterion|points|verdicts?|marks)\b"
    r"|\bas\s+(?:met|passed|fulfilled|satisfied|correct|right|complete)\b|\bverdicts?\b|\b(?:10/10|100/100|5/5|a\+)"
)
_PATTERNS = (
    # Who grades, and what with: words that no answer about technology needs.
    r"\b(?:auto)?-?grad(?:er|ers|ing)\b(?!\s+(?:system\s+)?of\b)|\brubrics?\b|\bevaluators?\b|\bexaminers?\b|\bassessors?\b"
    r"|\bmarking\s+scheme|\bsystem\s+(?:prompt|message|override|notice|note)\b|\bjailbreak|\bdeveloper\s+mode\b"
    r"|\bthe\s+candidate\b|\b(?:language|ai)\s+model\b|\bas\s+an\s+ai\b",
    rf"\b(?:ignore|disregard|forget|drop|override)\s+{_ALL_OF}{_EARLIER}{_ORDERS}",
    r"\b(?:ignore|disregard|forget)\s+(?:everything|anything|all|what)\s+(?:\w+\s+){0,3}(?:above|before|earlier|said|told)\b",
    rf"\b(?:new|updated|revised|real|actual|final|secret|hidden)\s+{_ORDERS}",
    rf"{_GIVE}[^.!?\n]{{0,60}}?(?:{_PRIZE})",
    rf"(?:{_PRIZE})[^.!?\n]{{0,40}}?\b(?:are|is|was|were|have\s+been|has\s+been)?\s*(?:met|satisfied|fulfilled|covered|passed)\b",
    r"\b(?:this|my|the)\s+(?:answer|response|reply|submission|text|explanation)\s+(?:\w+\s+){0,3}"
    r"(?:deserves|meets|satisfies|fulfils|fulfills|earns|merits|demonstrates|covers|is\s+(?:\w+\s+)?(?:complete|perfect|flawless|exemplary"
    r"|excellent|outstanding|fully|entirely|model)|(?:should|must|has\s+to)\s+be\s+(?:marked|graded|scored|rated|counted|accepted|given))",
    r"\b(?:everything|all|each\s+point|every\s+point)\s+(?:\w+\s+){0,6}(?:is|was|has\s+been|have\s+been|are|were)\s+(?:\w+\s+){0,2}"
    r"(?:covered|mentioned|addressed|stated|explained|answered|said)\b",
    r"[\"']?(?:verdicts?|scores?|speaks_to_grader)[\"']?\s*[:=]\s*[\[\"'{]?\s*(?:met|full|perfect|\d|true|pass)"
    r"|[\"'](?:criteria|misconceptions|verdicts?|quote|speaks_to_grader)[\"']\s*:",
    r"(?:(?m:^)|(?<=[.!?]\s))[ \t]*#{0,4}[ \t]*(?:system|assistant|developer|user|human)\s*:",
    r"\b(?:begin|end|start)\s+(?:of\s+)?(?:\w+\s+)?(?:answer|submission|trusted|instructions?|prompt|grading)\b",
    r"\byou\s+(?:are\s+now|will\s+now|must\s+now|now\s+act)\b|\bpretend\s+(?:that\s+)?(?:you|to\s+be)\b|\brole-?play\b",
    # The same in the languages that come up most; the evidence check stands behind this for all others.
    r"\bignorier\w*\s+(?:alle|die|deine|bisherige|vorherige)|\bbewert(?:e|en|ung)\b|\bvolle?\s+punkt\w*|\berf(?:ü|u|ue)llt\s+(?:markier|werten)"
    r"|\bignor(?:a|e|ez|ad)\s+(?:todas|las|toutes|les|tutte|le)\b|\bcrit[eè]r\w+\s+(?:rempli|cumplid|soddisf)",
)
_MARKS = (
    r"<\|?\s*/?\s*(?:im_start|im_end|system|assistant|user|human|developer|answer|candidate|verdicts?|rubric|instructions?"
    r"|endoftext|eot_id)\b[^<>\n]{0,40}>?|\[\s*/?\s*(?:inst|sys|system|instructions?)\s*\]|<<\s*/?\s*sys\s*>>"
)
"""What templates of conversations are made of: these alone go, what stands beside them is looked at by itself."""

_TO_GRADER = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
_TEMPLATE = re.compile(_MARKS, re.IGNORECASE)
_END = re.compile(r"[.!?](?=\s|$)|\n")

LONG_SENTENCE = 200
"""Characters; of a longer sentence only what follows the words to the grader goes, for it may be a whole answer."""


class Shown(NamedTuple):
    """The part of an answer that a model sees, with its offsets in the original and what happened to the rest.

    `limit` is the offset in the original where reading stopped, None when all of it was read.
    """

    clean: Clean
    flags: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left to read."""
        return not any(char.isalnum() for char in self.clean.text)


def shown(answer: str) -> Shown:
    """Prepare an answer for a model.

    Sentences with words to the grader are taken out. This is no wall: it makes the common tricks
    cost nothing to everybody else, and what slips through still has to pass the evidence check.
    """
    cleaned = clean(answer)
    kept, flags = _without_words_to_grader(cleaned.text)
    limit: int | None = None
    if len(kept) > MOST:
        limit, kept = cleaned.origin[kept[MOST]], kept[:MOST]
        flags = (*flags, CUT_SHORT)
    elif cleaned.cut:
        limit, flags = cleaned.origin[-1] + 1 if cleaned.origin else 0, (*flags, CUT_SHORT)
    text = "".join(cleaned.text[index] for index in kept)
    return Shown(Clean(text, [cleaned.origin[index] for index in kept], limit is not None), flags, limit)


def _without_words_to_grader(text: str) -> tuple[list[int], tuple[str, ...]]:
    """The indexes of the characters that stay, and the flag if any went."""
    gone = [False] * len(text)
    for start, end in _to_grader(text):
        gone[start:end] = [True] * (end - start)
    return [index for index, went in enumerate(gone) if not went], (ADDRESSED,) if any(gone) else ()


def _to_grader(text: str) -> Iterator[tuple[int, int]]:
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    for pattern in _TO_GRADER:
        for match in pattern.finditer(text):
            start = ends[bisect_right(ends, match.start()) - 1]
            end = ends[bisect_left(ends, match.end())]
            yield (start if end - start <= LONG_SENTENCE else match.start()), end
    yield from (match.span() for match in _TEMPLATE.finditer(text))
