"""Questions as Anki cards: a deck out, and the notes that Anki exports as text in."""

from __future__ import annotations

import csv
import hashlib
import html
import re
from collections.abc import Iterable
from pathlib import Path

import genanki

from interview_bot.bank.exchange.tables import Imported
from interview_bot.core.errors import OperatorError
from interview_bot.core.questions import Question

_SEPARATORS = {
    "tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":",
}  # fmt: skip
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)


def write_anki(questions: Iterable[Question], path: Path) -> None:
    """Write a deck (.apkg) with a subdeck for each topic; a card keeps its identity when the deck is written anew.

    Raises:
        OperatorError: the file cannot be written.
    """
    model = genanki.Model(
        _number("interview-bot model"),
        "interview-bot",
        fields=[{"name": "Question"}, {"name": "Answer"}],
        templates=[
            {"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Answer}}"},
        ],
    )
    decks: dict[str, genanki.Deck] = {}
    for one in questions:
        name = f"{one.track}::{one.topic}"
        deck = decks.setdefault(name, genanki.Deck(_number(name), name))
        deck.add_note(  # pyright: ignore[reportUnknownMemberType]  (the library has no types)
            genanki.Note(
                model=model,
                fields=[_front(one), _back(one)],
                guid=genanki.guid_for(one.track, one.slug),  # pyright: ignore[reportUnknownMemberType]
                tags=[one.topic, one.kind, f"level-{one.level}"],
            )
        )
    try:
        genanki.Package(list(decks.values())).write_to_file(str(path))  # pyright: ignore[reportUnknownMemberType]
    except OSError as error:
        raise OperatorError(f"{path}: cannot be written: {error.strerror}") from None


def _number(name: str) -> int:
    """A stable id in the range that Anki uses, from a name."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % (1 << 31) + (1 << 30)


def _front(one: Question) -> str:
    return html.escape(one.prompt.strip()).replace("\n", "<br>")


def _back(one: Question) -> str:
    points = "".join(f"<li>{html.escape(each.point)}</li>" for each in one.criteria)
    return f"<p>{html.escape(one.reference)}</p>" + (f"<ul>{points}</ul>" if points else "")


def from_anki(text: str, name: str) -> Imported:
    """Read notes that Anki exported as text: the first field asks, the second answers.

    Raises:
        OperatorError: the header names a separator that Anki does not have.
    """
    separator = "\t"
    rows: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if match := re.fullmatch(r"#separator:\s*(\S+)\s*", line, re.IGNORECASE):
            if match[1].lower() not in _SEPARATORS and len(match[1]) != 1:
                raise OperatorError(
                    f"{name}:{number}: separator {match[1]}, expected one of {', '.join(_SEPARATORS)}"
                )
            separator = _SEPARATORS.get(match[1].lower(), match[1])
        rows.append((number, "" if line.startswith("#") else line))
    questions: list[Question] = []
    faults: list[str] = []
    reader = csv.reader((line + "\n" for _, line in rows), delimiter=separator)
    for row in reader:
        fields = [_plain(field) for field in row]
        if not any(fields):
            continue
        if len(fields) < 2 or not fields[0] or not fields[1]:
            faults.append(
                f"{name}:{reader.line_num}: a note with fewer than two fields, expected question and answer"
            )
            continue
        slug = re.sub(r"[^a-z0-9]+", "-", fields[0].lower()).strip("-")[:50].strip("-") or "card"
        slug = slug if slug not in {one.slug for one in questions} else f"{slug}-{len(questions) + 1}"
        questions.append(Question(slug=slug, prompt=fields[0][:4000], reference=fields[1][:8000]))
    return Imported(questions, faults)


def _plain(field: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", field))).replace("\xa0", " ").strip()
