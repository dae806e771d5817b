"""Reads question files: YAML with every scalar as text, no anchors, and file:line for everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import BadQuestionFile
from interview_bot.core.questions import Criterion, Misconception, Question, Source

LARGEST = 256 * 1024
DEEPEST = 20
TERMS_FILE = "terms.yaml"
_REFERENCE = re.compile(r"<([^<>]+)>")

Where = dict[tuple[str | int, ...], int]
Tree = str | list["Tree"] | dict[str, "Tree"]


class Loaded(NamedTuple):
    """A question with the file it came from and the line of each of its parts."""

    question: Question
    path: Path
    where: Where

    def at(self, *place: str | int) -> str:
        """`file:line` of a part of the question, or of the nearest part around it."""
        return f"{self.path}:{_line(self.where, place)}"


class _Fault(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def read_question(
    path: Path,
    *,
    track: str = "general",
    topic: str = "general",
    terms: dict[str, tuple[str, ...]] | None = None,
) -> Loaded:
    """Read one question file; its slug is the file's name.

    Raises:
        BadQuestionFile: everything that is wrong, one `file:line` each.
    """
    tree, where = _tree(path)
    if not isinstance(tree, dict):
        raise BadQuestionFile(
            [f"{path}:1: the file is not a mapping of keys, expected `prompt:`, `reference:` ..."]
        )
    own = tree.get("terms", {})
    given: dict[str, object] = {"slug": path.stem, "topic": topic, "track": track, **tree}
    if isinstance(own, dict):
        given["terms"] = {**_used(terms or {}, tree), **own}
    try:
        return Loaded(Question.model_validate(given), path, where)
    except ValidationError as error:
        faults = [
            f"{path}:{_line(where, one['loc'])}: {_explain(one['type'], one['msg'], one['loc'])}"
            for one in error.errors()
        ]
        raise BadQuestionFile(list(dict.fromkeys(faults))) from None


def load(root: Path) -> list[Loaded]:
    """Read every question under `root/<track>/<topic>/<slug>.yaml`, in path order.

    Raises:
        BadQuestionFile: all faults of all files at once.
    """
    return list(_each(root))


def catalogue(root: Path) -> Catalogue:
    """All questions under a folder, ready to be asked; they are never all unpacked at once.

    Raises:
        BadQuestionFile: all faults of all files at once.
    """
    return Catalogue(one.question for one in _each(root))


def _each(root: Path) -> Iterator[Loaded]:
    """The questions one by one; what is wrong with any of them is told at the end."""
    faults: list[str] = []
    twice: list[str] = []
    first: dict[str, Path] = {}
    for track in sorted(one for one in root.iterdir() if one.is_dir()) if root.is_dir() else []:
        try:
            terms = read_terms(track / TERMS_FILE)
        except BadQuestionFile as error:
            faults += error.faults
            continue
        for path in sorted(track.glob("*/*.yaml")):
            try:
                one = read_question(path, track=track.name, topic=path.parent.name, terms=terms)
            except BadQuestionFile as error:
                faults += error.faults
                continue
            slug = one.question.slug
            if (other := first.setdefault(slug, path)) is not path:
                twice.append(f"{path}:1: slug `{slug}` is taken by {other}, expected another name")
            yield one
    if faults or twice:
        raise BadQuestionFile(faults + twice)
    if not first:
        raise BadQuestionFile([f"{root}:1: no question files found, expected <track>/<topic>/<slug>.yaml"])


def read_terms(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a track's `terms.yaml`: groups of words that mean the same; none if there is no such file."""
    if not path.is_file():
        return {}
    tree, where = _tree(path)
    terms: dict[str, tuple[str, ...]] = {}
    for name, words in tree.items() if isinstance(tree, dict) else ():
        if isinstance(words, str):
            terms[name] = tuple(word.strip() for word in words.split("|"))
        elif isinstance(words, list) and all(isinstance(word, str) for word in words):
            terms[name] = tuple(str(word) for word in words)
        else:
            raise BadQuestionFile([f"{path}:{_line(where, (name,))}: `{name}` is not a list of words"])
    return terms


def _used(terms: dict[str, tuple[str, ...]], tree: Tree) -> dict[str, tuple[str, ...]]:
    """The groups that a file names, and those that they name in turn: a question carries what it needs."""
    texts = set(_texts(tree))
    named = texts.union(*(_REFERENCE.findall(text) for text in texts))
    wanted = terms.keys() & named
    while True:
        more = {
            name for name in terms for one in wanted if any(f"<{name}>" in word for word in terms[one])
        } - wanted
        if not more:
            return {name: terms[name] for name in terms if name in wanted}
        wanted |= more


def _texts(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for one in tree:
            yield from _texts(one)
    else:
        for key, value in tree.items():
            yield key
            yield from _texts(value)


def _tree(path: Path) -> tuple[Tree, Where]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadQuestionFile(
            [f"{path}:1: cannot be read ({error.strerror}), expected a question file"]
        ) from None
    if len(raw) > LARGEST:
        raise BadQuestionFile([f"{path}:1: {len(raw)} bytes, expected at most {LARGEST}"])
    try:
        return _build(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadQuestionFile([f"{path}:1: byte {error.start} is not UTF-8, expected UTF-8 text"]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadQuestionFile([f"{path}:{line}: {error.problem or error.context}, expected YAML"]) from None
    except yaml.YAMLError as error:
        raise BadQuestionFile([f"{path}:1: {str(error).splitlines()[0]}, expected YAML"]) from None
    except _Fault as fault:
        raise BadQuestionFile([f"{path}:{fault.line}: {fault}"]) from None


def _build(text: str) -> tuple[Tree, Where]:
    """Build the tree from the parser's events, so that aliases, anchors, tags and doubled keys can be refused."""
    where: Where = {(): 1}
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    tree: Tree = {}
    for event in events:
        if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            tree = _node(event, events, (), where)
            break
    rest = [event for event in events if isinstance(event, yaml.DocumentStartEvent)]
    if rest:
        raise _Fault(_line_of(rest[0]), "a second document starts here, expected one question in a file")
    return tree, where


def _node(
    event: yaml.Event, events: Iterator[yaml.Event], place: tuple[str | int, ...], where: Where
) -> Tree:
    line = _line_of(event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _Fault(line, "anchors and aliases (& and *) are not read, expected the text itself (quote it)")
    if getattr(event, "tag", None):
        raise _Fault(line, "tags (!) are not read, expected plain text (quote it)")
    if len(place) > DEEPEST:
        raise _Fault(line, f"nested deeper than {DEEPEST}, expected a question")
    where.setdefault(place, line)
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Tree] = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(_node(inner, events, (*place, len(items)), where))
        return items
    return _mapping(events, place, where)


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _mapping(events: Iterator[yaml.Event], place: tuple[str | int, ...], where: Where) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for inner in events:
        if isinstance(inner, yaml.MappingEndEvent):
            break
        line = _line_of(inner)
        key = _node(inner, events, place, where)
        if not isinstance(key, str):
            raise _Fault(line, "a key is not plain text, expected `key: value`")
        if key in found:
            raise _Fault(line, f"key `{key}` stands here twice, expected it once")
        where[(*place, key)] = line
        found[key] = _node(next(events), events, (*place, key), where)
    return found


def _line(where: Where, place: Sequence[str | int]) -> int:
    known = list(place)
    while known and tuple(known) not in where:
        known.pop()
    return where.get(tuple(known), 1)


_PARTS: dict[str, type[BaseModel]] = {
    "criteria": Criterion,
    "misconceptions": Misconception,
    "sources": Source,
}


def _explain(kind: str, message: str, place: Sequence[str | int]) -> str:
    """A pydantic fault in the words of question files, with the nearest key for a mistyped one."""
    shown = ".".join(str(one + 1) if isinstance(one, int) else one for one in place)
    if kind == "extra_forbidden":
        part = _PARTS.get(str(place[0]), Question) if len(place) > 1 else Question
        keys = sorted(set(part.model_fields) - ({"slug", "topic", "track"} if part is Question else set()))
        near = get_close_matches(str(place[-1]), keys, n=1)
        meant = f"did you mean `{near[0]}`?" if near else f"expected one of {', '.join(keys)}"
        return f"unknown key `{place[-1]}`, {meant}"
    if kind == "missing":
        return f"`{shown}` is missing, expected it here"
    text = message.removeprefix("Value error, ")
    return f"`{shown}`: {text[0].lower()}{text[1:]}"
