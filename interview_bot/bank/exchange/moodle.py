"""Questions for Moodle: its XML format, and GIFT. Both carry essay questions, the rubric as a note for the grader."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from interview_bot.core.questions import Question

_GIFT_SIGNS = re.compile(r"([\\~=#{}:])")
ANSWER_LINES = 15


def to_moodle(questions: Iterable[Question]) -> str:
    """Moodle XML: a category for each topic, an essay for each question.

    Source of the format: Moodle docs, "Moodle XML format", sections "Quiz file structure" and "Essay".
    """
    quiz = ET.Element("quiz")
    for (track, topic), found in groupby(_sorted(questions), lambda one: (one.track, one.topic)):
        category = ET.SubElement(quiz, "question", type="category")
        _text(category, "category", f"$course$/top/{track}/{topic}")
        for one in found:
            _essay(quiz, one)
    ET.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="unicode") + "\n"


def _sorted(questions: Iterable[Question]) -> list[Question]:
    return sorted(questions, key=lambda one: (one.track, one.topic, one.slug))


def _essay(quiz: ET.Element, one: Question) -> None:
    essay = ET.SubElement(quiz, "question", type="essay")
    _text(essay, "name", one.slug)
    _text(essay, "questiontext", _paragraphs(one.prompt), format="html")
    _text(essay, "generalfeedback", f"<p>{html.escape(one.reference)}</p>", format="html")
    total = sum(criterion.weight for criterion in one.criteria) or 1
    for name, value in (
        ("defaultgrade", f"{total}.0000000"),
        ("penalty", "0.0000000"),
        ("hidden", "0"),
        ("responseformat", "editor"),
        ("responserequired", "1"),
        ("responsefieldlines", str(ANSWER_LINES)),
        ("attachments", "0"),
        ("attachmentsrequired", "0"),
    ):
        ET.SubElement(essay, name).text = value
    _text(essay, "graderinfo", _rubric(one), format="html")
    _text(essay, "responsetemplate", "", format="html")
    tags = ET.SubElement(essay, "tags")
    for tag in (one.topic, one.kind, f"level-{one.level}"):
        _text(tags, "tag", tag)


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(ET.SubElement(parent, name, attributes), "text").text = text


def _paragraphs(prompt: str) -> str:
    rows = prompt.strip("\n").split("\n")
    parts: list[str] = []
    for listing, found in groupby(rows, lambda row: row.startswith("    ")):
        text = "\n".join(found)
        if listing:
            parts.append(f"<pre>{html.escape(text)}</pre>")
        else:
            parts += [f"<p>{html.escape(one.strip())}</p>" for one in text.split("\n\n") if one.strip()]
    return "".join(parts)


def _rubric(one: Question) -> str:
    points = "".join(f"<li>[{each.weight}] {html.escape(each.point)}</li>" for each in one.criteria)
    wrong = "".join(
        f"<li>{html.escape(each.claim)} &#8594; {html.escape(each.correction)}</li>"
        for each in one.misconceptions
    )
    return f"<ul>{points}</ul>" + (f"<p>Not true:</p><ul>{wrong}</ul>" if wrong else "")


def to_gift(questions: Iterable[Question]) -> str:
    """GIFT: essay questions with the reference as general feedback.

    Source of the format: Moodle docs, "GIFT format", sections "Essay", "General feedback" and "Special characters".
    """
    parts: list[str] = []
    for (track, topic), found in groupby(_sorted(questions), lambda one: (one.track, one.topic)):
        parts.append(f"$CATEGORY: $course$/top/{track}/{topic}\n")
        parts += [
            f"::{_escaped(one.slug)}::[plain]{_escaped(one.prompt.strip())}{{####{_escaped(one.reference)}}}\n"
            for one in found
        ]
    return "\n".join(parts)


def _escaped(text: str) -> str:
    """A text in which no sign means anything to GIFT; a blank line would end the question."""
    return _GIFT_SIGNS.sub(r"\\\1", text).replace("\n", "\\n")
