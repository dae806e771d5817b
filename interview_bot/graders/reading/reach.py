"""How far a denial carries: to the next turn of its sentence, through the commas of a list, to a new subject."""

from __future__ import annotations

from typing import NamedTuple

from interview_bot.graders.reading.text import FUNCTION_WORDS, SENTENCE_ENDS, Token

TURNS = frozenset(
    """but however because since so while whereas although though which therefore hence instead unless until
    when whenever before after if once where as otherwise yet except besides still rather""".split()
)
NOT = frozenset(
    {"not", "never", "neither", "nor", "nobody", "nothing", "nowhere", "hardly", "barely", "rarely", "seldom"}
)
LACKING = frozenset({"without", "lack", "absenc", "minus"})
SHORT_NOT = frozenset({"no", "none", "zero"}) | LACKING
_PERSONS_AND_THINGS = frozenset(
    {"it", "they", "the", "this", "that", "these", "he", "she", "you", "we", "there"}
)
AUXILIARY = frozenset(
    "is are was were has have had can could will would must should does do gets get".split()
)
_DETERMINERS = frozenset("the a an its this that every each my your our their".split())
_NEW_SUBJECT = frozenset(
    "it they this that these those you we i he she instead so then there only just each both".split()
)
_WENT = frozenset("died came went got took ran started stopped fell gave made said kept lost left".split())
_DOES = frozenset(
    """keeps holds uses provides allows sends makes gives takes needs gets creates shows tells means adds finds carries
    reduces increases removes deletes pulls hides isolates forwards kills sees runs boots talks exposes publishes works
    stays remains becomes inherits includes requires contains relies depends executes invokes delegates""".split()
)
"""What the same subject does besides: "does not match it and keeps track of the others"."""
_AGAINST = frozenset({"but", "however", "yet", ";"})
_SUBJECTS = frozenset("they we i he she".split())
"""Pronouns that are never an object."""
_OBJECTS = frozenset("it them us me him her".split())
_LEADING_ON = frozenset(
    """think say believe mean know guess assume claim suggest imply hope reckon feel expect something anything everything
    nothing all""".split()
)
"""What a pronoun goes on from: "I do not think they share it", "not something they share"."""
PRONOUNS = frozenset({"it", "they", "we", "you", "i", "he", "she"})


class Scope(NamedTuple):
    """Words that a cue turns round: the cue's own tokens and the tokens it reaches, as half-open ranges."""

    cue: tuple[int, int]
    reach: tuple[int, int]
    reported: bool = False
    alone: bool = False
    """Reaches only what is named by itself: "X does not help" denies X, not what is said of X before."""


def to_participle(words: list[Token], index: int, reach: int, end: int) -> int:
    """How far a "without" reaches that a participle ends: "without the header being changed"."""
    being = (at for at in range(index + 1, min(end, index + 8)) if words[at].word in {"being", "having"})
    return max(reach, *(min(end, at + 2) for at in being), reach)


def to_main_clause(words: list[Token], index: int, reach: int) -> int:
    """How far a "without" at the head of a sentence reaches: "without a limit the log keeps growing"."""
    opens = (at for at in range(index + 3, reach) if words[at].word in _DETERMINERS | _NEW_SUBJECT)
    return next(opens, reach)


def clause_start(words: list[Token], start: int, index: int) -> int:
    """Where the clause begins that a token stands in."""
    while index > start and words[index - 1].word not in TURNS | {",", "and", ":"}:
        index -= 1
    return index


def to_consequence(words: list[Token], index: int, end: int) -> int:
    """How far an order not to do something reaches: "do not press it or your container dies"."""
    opens = _DETERMINERS | _NEW_SUBJECT | {"else", "otherwise"}
    return next(
        (at for at in range(index + 1, end - 1) if words[at].word == "or" and words[at + 1].word in opens),
        end,
    )


def to_turn(words: list[Token], index: int, end: int) -> int:
    """To the first word that turns against what was said: all before it is denied."""
    return next(
        (
            at
            for at in range(index, end)
            if words[at].word in _AGAINST or _is_in_fact(words, at) or _is_refuted(words, at, end)
        ),
        end,
    )


def to_statement(words: list[Token], index: int, end: int) -> int:
    """To a comma behind which somebody goes on: "I do not know the details, there is some waiting"."""
    onward = _NEW_SUBJECT | {"and", "but"}
    return next(
        (at for at in range(index, end - 1) if words[at].word == "," and words[at + 1].word in onward), end
    )


def _is_refuted(words: list[Token], at: int, end: int) -> bool:
    """Whether "..., it isn't: ..." begins here, which says in a clause of its own that what went before is false."""
    if words[at].word != "," or at + 4 >= end or words[at + 1].word not in PRONOUNS:
        return False
    return words[at + 3].word == "not" and words[at + 4].word in {":", ";", ","}


def _is_in_fact(words: list[Token], at: int) -> bool:
    """Whether a comma or a dash stands before "actually", "in fact", "in reality"."""
    if words[at].word not in {",", "-"} or at + 2 >= len(words):
        return False
    first, second = words[at + 1].word, words[at + 2].word
    return first in {"actually", "really"} or (first == "in" and second in {"fact", "reality", "truth"})


def to_reason(words: list[Token], index: int, end: int) -> int:
    """Where it is told why: "that does not help, as the file stays"."""
    return next(
        (
            at
            for at in range(index, end - 1)
            if words[at].word in {"as", "since"} and words[at + 1].word in _PERSONS_AND_THINGS
        ),
        end,
    )


def to_next_subject(words: list[Token], index: int, end: int) -> int:
    """Up to a noun phrase that follows an object with nothing between: "instead of killing it the kernel waits"."""
    for at in range(index + 1, end):
        opens = words[at].word in _DETERMINERS and at > index + 1
        before = words[at - 1].word
        if (opens or words[at].word in _SUBJECTS) and (before in PRONOUNS or _is_noun(before)):
            return at
    return end


def _is_noun(word: str) -> bool:
    return word.isalpha() and word not in FUNCTION_WORDS


def to_new_clause(words: list[Token], index: int, end: int) -> int:
    """Up to a new subject with its verb: a pronoun, or the word before an auxiliary."""
    for at in range(index + 1, end):
        if words[at].word in PRONOUNS or (words[at].word == "one" and at + 1 < end):
            return at
        if words[at].word in AUXILIARY:
            return max(index, at - 1)
    return end


def reach_of(words: list[Token], index: int, end: int) -> int:
    """How far a denial carries: to the next turn of the sentence; through the commas of a plain list."""
    conditional = _in_condition(words, index)
    for at in range(index, end):
        if words[at].word == "enough" and (at + 1 == end or words[at + 1].word != "to"):
            return at + 1
        if words[at].word == "as" and index < at <= index + 2:
            continue  # "does not run as root" is about root
        begun = at > index or (conditional and words[at].word in PRONOUNS)
        if _stops(words, at, end) or (begun and _turns(words[at].word, conditional)):
            return at
        if begun and _runs_on(words, at, end):
            return at
        if conditional and at > index and _opens_main_clause(words, at):
            known = at > index + 1 or not _is_object(words, index)
            if known or (at + 2 < end and words[at + 2].word in AUXILIARY):
                return at
    return end


def _runs_on(words: list[Token], at: int, end: int) -> bool:
    """Whether a new statement begins without a comma: "they dont boot anything they just share it"."""
    before, word = words[at - 1].word, words[at].word
    after = words[at + 1].word if at + 1 < end else ""
    if word in PRONOUNS and after in {"just", "simply", "actually", "instead", "only"}:
        return True
    if before in _LEADING_ON or not (_is_noun(before) or before in _OBJECTS):
        return False
    return word in _SUBJECTS or (word == "it" and after.endswith("s") and after not in {"is", "was", "has"})


def _is_object(words: list[Token], index: int) -> bool:
    """Whether a noun right behind the denied verb is its object, as it is not behind "is not respected"."""
    verb, before = words[index].word, words[index - 2].word if index > 1 else ""
    return not (before in AUXILIARY and verb.endswith(("ed", "en")))


def _opens_main_clause(words: list[Token], at: int) -> bool:
    """Whether a noun follows an object with nothing between: "if it does not free memory the kernel kills it"."""
    return words[at].word in _DETERMINERS and _is_noun(words[at - 1].word)


def _stops(words: list[Token], at: int, end: int) -> bool:
    """Whether what was denied ends before this token whatever went before."""
    word = words[at].word
    if word == ",":
        return not _list_goes_on(words, at, end)
    if word == "and":
        return _opens_clause(words, at + 1, end)
    return word in SENTENCE_ENDS or word in {":", "(", ")", "->", "=>", "="}


def _turns(word: str, conditional: bool) -> bool:
    """Whether a word begins something else once something was denied."""
    return word in TURNS or word in NOT or word in SHORT_NOT or (conditional and word in PRONOUNS)


def _in_condition(words: list[Token], index: int) -> bool:
    """Whether an "if" stands shortly before: its clause ends where a pronoun takes up the main one."""
    before = [token.word for token in words[max(0, index - 10) : index]]
    cut = max((at for at, word in enumerate(before) if word in SENTENCE_ENDS | {","}), default=-1)
    return bool({"if", "when", "once", "unless", "where"} & set(before[cut + 1 :]))


def _opens_clause(words: list[Token], index: int, end: int) -> bool:
    """Whether a new subject follows an "and": a pronoun, or a name with its verb close behind."""
    if index < end and words[index].word in _NEW_SUBJECT | AUXILIARY | _DOES:
        return True
    if index < end and index > 2 and words[index - 3].word in {"a", "an"} and words[index].word.endswith("s"):
        return True  # "is not a VM and shares the kernel"
    if index + 2 < end and words[index].word in _DETERMINERS and _is_plural_with_verb(words, index + 1, end):
        return True
    if index + 3 < end and words[index].word in _DETERMINERS and words[index + 3].word[0].isalpha():
        verb = words[index + 2].word
        if verb.endswith("ed") or (verb.endswith("s") and not verb.endswith("ss")):
            return True  # "and the kernel checks only ..."
    return any(token.word in AUXILIARY for token in words[index + 1 : min(end, index + 4)])


def _is_plural_with_verb(words: list[Token], index: int, end: int) -> bool:
    """Whether several do something and the clause is over: "and the wheels break"."""
    noun, verb = words[index].word, words[index + 1].word
    last = index + 2 >= end or words[index + 2].word in SENTENCE_ENDS | {","}
    return (
        last
        and noun.endswith("s")
        and verb.isalpha()
        and verb not in FUNCTION_WORDS
        and not verb.endswith("s")
    )


def _list_goes_on(words: list[Token], comma: int, end: int) -> bool:
    if comma + 1 < end and (words[comma + 1].word in _WENT or words[comma + 1].word.endswith("ed")):
        return False  # a row of what somebody did, not of what was denied
    for at in range(comma + 1, min(end, comma + 5)):
        word = words[at].word
        if word in {",", "or", "nor"}:
            return True
        if word == "and":
            rest = [token.word for token in words[at + 1 : min(end, at + 5)]]
            return any(one in SENTENCE_ENDS or one == "," for one in rest) and rest[0] not in _NEW_SUBJECT
        if word in TURNS or word in _NEW_SUBJECT or word in SENTENCE_ENDS:
            return False
    return False
