"""Finds where an answer tells what others believe: "people think", "some colleagues were convinced"."""

from __future__ import annotations

from interview_bot.graders.reading.cues import cues_by_word, stands_at, starting
from interview_bot.graders.reading.text import Token

_REPORTS: tuple[tuple[str, ...], ...] = (
    ("peopl", "think"), ("peopl", "thought"), ("mani", "thought"), ("everyon", "thought"), ("peopl", "say"), ("peopl", "believ"), ("peopl", "assum"), ("mani", "think"),
    ("mani", "believ"), ("mani", "say"), ("mani", "assum"), ("some", "say"), ("some", "think"), ("some", "believ"), ("some", "assum"), ("belief", "is"),
    ("other", "think"), ("other", "believ"), ("other", "say"), ("other", "assum"),
    ("often", "think"), ("often", "believ"), ("often", "assum"), ("often", "hear"), ("folk", "think"),
    ("folk", "say"), ("peopl", "tell"), ("peopl", "will", "tell"), ("peopl", "keep", "tell"), ("peopl", "keep", "say"), ("peopl", "claim"),
    ("post", "say"), ("post", "claim"), ("post", "recommend"), ("tutori", "say"), ("tutori", "claim"), ("wrong", "to", "think"), ("wrong", "to", "believ"), ("wrong", "to", "assum"), ("folk", "assum"), ("everyon", "think"), ("everybodi", "think"), ("might", "think"),
    ("may", "think"), ("could", "think"), ("could", "expect"), ("could", "believ"), ("would", "think"), ("would", "expect"), ("might", "expect"),
    ("use", "to", "think"), ("use", "to", "believ"), ("misconcept",), ("myth",), ("common", "mistak"),
    ("contrari", "to"), ("is", "said", "to"), ("are", "said", "to"), ("mistaken", "think"), ("mistaken", "believ"), ("suppos", "that"), ("claim", "that"),
    ("belief", "that"), ("believ", "wrong"), ("wrong", "think"), ("wrong", "believ"), ("wrong", "assum"),
    ("not", "as", "if"), ("as", "if"), ("tempt", "to", "think"), ("tempt", "to", "believ"), ("tempt", "to", "assum"), ("easi", "to", "think"), ("easi", "to", "believ"), ("easi", "to", "assum"),
)  # fmt: skip

_PERSONS = frozenset(
    "author authors beginner beginners boss candidate candidates colleague colleagues coworker coworkers developer developers dev devs "
    "engineer engineers friend friends guy guys junior juniors manager managers newcomer newcomers person somebody someone student "
    "students teammate teammates user users".split()
)
"""Who may be wrong in what they believe; the processes that "think they are alone" are not."""
_BELIEVING = frozenset(
    "think thinks thought believe believes believed assume assumes assumed suppose supposes imagine imagines convinced".split()
)
_BEFORE = frozenset(
    "always also and are be commonly confuse it first here initially is just may might mine mistakenly of often really simply sometimes still tend tends "
    "to usually was were who will would wrongly".split()
)
_BY_WORD = cues_by_word(_REPORTS)
REPORTING = _BY_WORD.keys() | _PERSONS
"""Stems and words that a report begins with."""


def report_at(words: list[Token], index: int) -> tuple[str, ...]:
    """The cue of a report that begins here; empty where none does."""
    if words[index].word == "contrary" and "name" in {one.word for one in words[index + 2 : index + 4]}:
        return ()  # "contrary to its name"
    cues = starting(_BY_WORD, words[index])
    return next((cue for cue in cues if stands_at(words, index, cue)), ()) or _belief(words, index)


def _belief(words: list[Token], index: int) -> tuple[str, ...]:
    """What somebody else believes: "some colleagues still think", "the author was convinced"."""
    if words[index].word not in _PERSONS:
        return ()
    for at in range(index + 1, min(index + 5, len(words))):
        if words[at].word in _BELIEVING:
            return tuple(token.stem for token in words[index : at + 1])
        if words[at].word not in _BEFORE:
            break
    return ()
