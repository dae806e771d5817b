"""Turns the lines that authors write ("container: share + host kernel") into patterns that can be searched for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

import re2
import yaml

from interview_bot.core.errors import OperatorError
from interview_bot.core.questions import Line, Question
from interview_bot.graders.expressions import LONGEST, Expression, expression
from interview_bot.graders.reading.text import stem, words_of

MOST_WORDINGS = 600
_DROPPED = frozenset({"a", "an", "the"})
_REFERENCE = re.compile(r"<([A-Za-z0-9_-]+)>")
_FLEXIBLE_ORDER = frozenset({"of", "for", "from", "in", "to", "by", "with", "on"})


Terms = Mapping[str, tuple[str, ...]]


class BadLine(OperatorError, ValueError):
    """A line that cannot be understood; the text quotes it and says what is wrong."""


class Phrase(NamedTuple):
    """Stems that stand together in this order; a stem ending in `*` is the beginning of a word."""

    stems: tuple[str, ...]
    words: tuple[str, ...] = ()
    """The words as the author wrote them, to recognise misspelt ones."""


class Starts(NamedTuple):
    """Wordings by their first stem: most of them begin with a word that an answer does not hold."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    beginnings: tuple[str, ...]
    """Those of the stems that are beginnings of words."""


class Item(NamedTuple):
    """One thing that must be there, in any of its wordings, or denied in any of its `denials`."""

    text: str
    """As the author wrote it: within one question the same text is the same item."""
    wordings: tuple[Phrase, ...]
    expressions: tuple[Expression, ...] = ()
    denials: tuple[Phrase, ...] = ()
    denied_expressions: tuple[Expression, ...] = ()
    starts: Starts = Starts({}, ())
    """Of the wordings."""
    denied_starts: Starts = Starts({}, ())

    def needs(self) -> frozenset[str] | None:
        """Stems of which an answer that holds it has at least one: the longest of each wording, as the rarest.

        None where that cannot be said, as of expressions and of beginnings of words.
        """
        if self.expressions or self.denied_expressions:
            return None
        whole = [
            [stem for stem in one.stems if not stem.endswith("*")] for one in (*self.wordings, *self.denials)
        ]
        return frozenset(max(stems, key=len) for stems in whole) if all(whole) else None


class Pattern(NamedTuple):
    """All items in one sentence, near each other; `subject` says of whom, `ordered` that the first acts on the next."""

    line: str
    items: tuple[Item, ...]
    subject: str | None = None
    ordered: bool = False


@cache
def general_terms() -> dict[str, tuple[str, ...]]:
    """The general English groups that every line may name."""
    text = files("interview_bot.graders").joinpath("words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506  (plain scalars only)
    return {name: tuple(words) for name, words in loaded.items()}


def terms_of(question: Question) -> dict[str, tuple[str, ...]]:
    """The groups a question's lines may name: its own before the general ones."""
    return {**general_terms(), **question.terms}


def compile_lines(lines: Iterable[Line], terms: Terms) -> tuple[Pattern, ...]:
    """Compile the alternatives of one criterion.

    Raises:
        BadLine: a group is unknown, a line is empty, or an expression is not RE2's.
    """
    return tuple(compile_line(line, terms) for line in lines)


def compile_line(line: Line, terms: Terms) -> Pattern:
    """Compile one line; see `docs/question-format.md` for what it may hold."""
    subject: str | None = None
    if isinstance(line, dict):
        if len(line) != 1:
            raise BadLine("a line with a subject has one key: `subject: words`")
        subject, text = next(iter(line.items()))
        if subject == "re":  # unquoted, YAML reads `re: ...` as a key; it means the expression
            subject, text = None, f"re: {text}"
        elif subject not in terms:
            raise BadLine(f"subject `{subject}` is not among the `terms`")
    else:
        text = line
        name, _, said = text.partition(": ")
        if said and name in terms:  # quoted, YAML reads `"vm: boot"` as text; it means the subject
            subject, text = name, said
    shown = f"{subject}: {text}" if subject else text
    parts = re.split(r"\s+([+>])\s+", text.strip())
    signs = set(parts[1::2])
    if not all(re.search(r"\w", part) for part in parts[::2]) or re.match(r"[+>]\s|.*\s[+>]$", text.strip()):
        raise BadLine(f"`{shown}` has nothing on one side of `+` or `>`")
    if len(signs) > 1:
        raise BadLine(f"`{shown}` mixes `+` and `>`; use one of them")
    items = tuple(_item(part, terms, shown) for part in parts[::2])
    return Pattern(shown, items, subject, ordered=signs == {">"})


def _item(text: str, terms: Terms, line: str) -> Item:
    alternatives = [one.strip() for one in _alternatives(text)]
    if not all(alternatives):
        raise BadLine(f"`{line}` has an empty alternative")
    nots = sum(one.startswith("not ") for one in alternatives)
    # `not open | publish` denies both; `not needed | not required | optional` says of each what it is.
    all_denied = nots == 1 and alternatives[0].startswith("not ")
    said = [one for one in alternatives if not one.startswith("not ") or nots == 1]
    denied = [one.removeprefix("not ") for one in alternatives if one.startswith("not ") and nots > 1]
    if all_denied:
        said, denied = [], [one.removeprefix("not ") for one in alternatives]
    wordings, expressions = _wordings(said, terms, line)
    denials, denied_expressions = _wordings(denied, terms, line)
    if len(wordings) + len(denials) > MOST_WORDINGS:
        number = len(wordings) + len(denials)
        raise BadLine(f"`{line}` stands for {number} wordings; split it (at most {MOST_WORDINGS})")
    return Item(
        text.strip(),
        wordings,
        expressions,
        denials,
        denied_expressions,
        _by_first(wordings),
        _by_first(denials),
    )


def _by_first(phrases: Iterable[Phrase]) -> Starts:
    found: dict[str, tuple[Phrase, ...]] = {}
    for one in phrases:
        found[one.stems[0]] = (*found.get(one.stems[0], ()), one)
    return Starts(found, tuple(first for first in found if first.endswith("*")))


def _wordings(
    alternatives: Iterable[str], terms: Terms, line: str
) -> tuple[tuple[Phrase, ...], tuple[Expression, ...]]:
    phrases: list[Phrase] = []
    expressions: list[Expression] = []
    for wording in alternatives:
        if wording.startswith("re:"):
            expressions.append(_expression(wording[3:].strip(), line))
        else:
            for plain in _expand(wording, terms, line, 0):
                if not (known := _phrases(plain)):
                    raise BadLine(f"`{line}`: `{plain}` holds no word")
                phrases += known
    return tuple(dict.fromkeys(phrases)), tuple(expressions)


def _alternatives(text: str) -> Iterator[str]:
    """Cut at `|`; in an expression only where spaces stand around it, and not inside its brackets."""
    if "re:" not in text:
        yield from text.split("|")
        return
    start = depth = 0
    listed = False
    for index, char in enumerate(text):
        in_expression = text[start:].lstrip().startswith("re:")
        if in_expression and not _is_escaped(text, index):
            if char in "[]":
                listed = char == "["
            elif char in "()" and not listed:
                depth += 1 if char == "(" else -1
        spaced = text[index - 1 : index + 2] == " | "
        if char == "|" and depth <= 0 and not listed and (spaced or not in_expression):
            yield text[start:index]
            start, depth, listed = index + 1, 0, False
    yield text[start:]


def _is_escaped(text: str, index: int) -> bool:
    before = text[:index]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _expression(source: str, line: str) -> Expression:
    if len(source) > LONGEST:
        raise BadLine(f"`{line}`: an expression has at most {LONGEST} characters")
    try:
        expression(source)
    except re2.error as error:
        raise BadLine(f"`{line}`: {error.args[0]!r} is not an RE2 expression") from None
    return Expression(source)


def _expand(wording: str, terms: Terms, line: str, depth: int) -> list[str]:
    """Put the wordings of each named group in place of its name."""
    names = _REFERENCE.findall(wording)
    if not names:
        return [wording]
    if depth > 4:
        raise BadLine(f"`{line}`: groups name each other in a circle")
    choices: list[list[str]] = []
    for name in names:
        if name not in terms:
            raise BadLine(f"`{line}` names <{name}>, which is not among the `terms`")
        choices.append([one for word in terms[name] for one in _expand(word, terms, line, depth + 1)])
    pieces = _REFERENCE.split(wording)[::2]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MOST_WORDINGS:
        raise BadLine(f"`{line}` stands for {total} wordings; split it (at most {MOST_WORDINGS})")
    return [
        "".join(piece + word for piece, word in zip(pieces, (*chosen, ""), strict=True))
        for chosen in product(*choices)
    ]


@cache
def _phrases(plain: str) -> tuple[Phrase, ...]:
    """The ways in which a wording may stand in an answer; none if it holds no word."""
    stems, words = _stems(plain)
    if not stems:
        return ()
    found = [Phrase(stems, words)]
    first, second = plain.split() if len(plain.split()) == 2 else ("", "")
    if first.isalpha() and len(first) > 2 and second.isalnum() and (len(second) > 2 or second[-1].isdigit()):
        joined = (first + second).lower()  # "read only" is also written "readonly", and "pid 1" "pid1"
        # The dictionary takes "namelies" for a form of "name".
        if len(reduced := stem(joined)) > len(first) + second.isalpha():
            found.append(Phrase((reduced,), (joined,)))
    plain_words = len(stems) == 2 and all(one.isalpha() for one in stems)
    if plain_words and not set(stems) & (_FLEXIBLE_ORDER | {"not", "no"}):
        found.append(Phrase((stems[1], "of", stems[0]), words))
    return tuple(found)


def _stems(plain: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    starred = {word.rstrip("*").lower() for word in plain.split() if word.endswith("*")}
    kept = [
        token
        for token in words_of(plain)
        if token.word not in _DROPPED and token.word not in {"*", '"', "(", ")", "\n"}
    ]
    stems = tuple(token.word + "*" if token.word in starred else token.stem for token in kept)
    return stems, tuple(token.word for token in kept if token.word not in starred)
