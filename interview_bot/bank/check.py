"""Proves question files: structure, a reference that earns full marks, misconceptions caught, hints that reveal nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from interview_bot.bank.files import Loaded
from interview_bot.bank.finding import Finding
from interview_bot.core.grades import Assessment, Verdict
from interview_bot.core.questions import Question

REFERENCE_AT_LEAST = 0.95
Grade = Callable[[Question, str], Assessment]
"""Grades an answer; raises ValueError with a readable text for a line that cannot be understood."""


def check(loaded: Iterable[Loaded], grade: Grade) -> list[Finding]:
    """Check every question; an empty list means clean."""
    findings: list[Finding] = []
    for one in loaded:
        if not one.question.criteria:
            findings.append(
                Finding(one.at("reference"), "no `criteria`: they are derived from the reference", True)
            )
            continue
        findings += _structure(one)
        try:
            findings += _proof(one, grade)
        except ValueError as error:
            findings.append(bad_line(one, error))
    return findings


def bad_line(one: Loaded, error: ValueError) -> Finding:
    """Where a line stands that cannot be understood, and what is expected."""
    return Finding(_at_text(one, str(error)), f"{error}, expected words, groups, `+`, `>` or `|`")


def _structure(one: Loaded) -> Iterable[Finding]:
    question = one.question
    if not 4 <= len(question.criteria) <= 7:
        yield Finding(one.at("criteria"), f"{len(question.criteria)} criteria, expected 4 to 7")
    if not any(criterion.weight == 3 for criterion in question.criteria):
        yield Finding(one.at("criteria"), "no criterion of weight 3: nothing that must be said", advice=True)
    if len(question.misconceptions) < 3:
        found = len(question.misconceptions)
        yield Finding(one.at("misconceptions"), f"{found} misconceptions, expected at least 3")
    if len(question.hints) != 2:
        yield Finding(one.at("hints"), f"{len(question.hints)} hints, expected 2: a nudge, then a direction")
    for number, criterion in enumerate(question.criteria):
        if criterion.weight == 3 and not criterion.probe:
            yield Finding(
                one.at("criteria", number), f"`{criterion.id}` weighs 3 and has no `probe`, expected one"
            )
    words = len(question.reference.split())
    if not 80 <= words <= 160:
        yield Finding(one.at("reference"), f"the reference has {words} words, expected 80 to 160")
    if sum(bool(source.section) for source in question.sources) < 2:
        yield Finding(one.at("sources"), "fewer than 2 sources with a `section`, expected 2 official ones")
    if question.reviewed is None:
        yield Finding(one.at(), "`reviewed` is missing, expected the date of the last review")


def _proof(one: Loaded, grade: Grade) -> Iterable[Finding]:
    question = one.question
    assessment = grade(question, question.reference)
    if assessment.score < REFERENCE_AT_LEAST or assessment.misconceptions:
        missed = [name for name, heard in assessment.verdicts.items() if heard.verdict is not Verdict.MET]
        wrong = [asserted.id for asserted in assessment.misconceptions]
        yield Finding(
            one.at("reference"),
            f"the reference grades {assessment.score:.2f}, expected {REFERENCE_AT_LEAST} or more"
            f" (not met: {', '.join(missed) or 'none'}; misconceptions heard: {', '.join(wrong) or 'none'})",
        )
    for number, misconception in enumerate(question.misconceptions):
        heard = [asserted.id for asserted in grade(question, misconception.claim).misconceptions]
        if misconception.id not in heard:
            yield Finding(
                one.at("misconceptions", number), f"`{misconception.id}`: its own claim is not caught"
            )
        told = grade(question, misconception.correction)
        if misconception.id in [asserted.id for asserted in told.misconceptions]:
            yield Finding(
                one.at("misconceptions", number), f"`{misconception.id}`: its correction is taken for it"
            )
    given = (("prompt", question.prompt), *((f"hint {n}", text) for n, text in enumerate(question.hints, 1)))
    for name, text in given:
        verdicts = grade(question, text.replace("?", ".")).verdicts
        revealed = [criterion for criterion, heard in verdicts.items() if heard.verdict is not Verdict.MISSED]
        if revealed:
            place = ("prompt",) if name == "prompt" else ("hints",)
            yield Finding(one.at(*place), f"the {name} gives away {', '.join(revealed)}")


def _at_text(one: Loaded, text: str) -> str:
    """The line of the file that holds what a message quotes between backquotes."""
    quoted = text.split("`")[1] if text.count("`") >= 2 else ""
    for number, line in enumerate(Path(one.path).read_text(encoding="utf-8").splitlines(), 1):
        if quoted and quoted in line:
            return f"{one.path}:{number}"
    return one.at("criteria")
