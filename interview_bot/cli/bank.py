"""The question bank at the command line: grade, check, list, show, try."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from interview_bot.bank.advice import advise, never_heard, read_hosts, table
from interview_bot.bank.check import bad_line
from interview_bot.bank.check import check as check_questions
from interview_bot.bank.files import Loaded, load, read_question, read_terms
from interview_bot.bank.grading import Graded, grade_lines
from interview_bot.bank.loose import too_loose
from interview_bot.cli.exits import FAILED
from interview_bot.core.errors import BadQuestionFile, OperatorError
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark.labelled import rows_of
from interview_bot.graders.rubric import compile_rubric, lines_heard
from interview_bot.settings import GraderName
from interview_bot.wiring import House


async def grade(
    *,
    question: str | None = None,
    question_file: Path | None = None,
    answers: Path,
    output: Path,
    grader: GraderName = "rubric",
) -> None:
    """Grade a file of answers.

    Parameters
    ----------
    question
        The slug of a question of the bank.
    question_file
        A question file instead.
    answers
        JSON lines to read: `{"id": ..., "answer": ...}`.
    output
        JSON lines to write: each adds `score` (0-1), `verdicts`, `misconceptions`, `evidence` and `flags`.
    grader
        Which grader speaks: the rubric, a language model behind the rubric's gate, or both side by side. With a model
        the output also holds `grader` (who spoke), `model`, `prompt`, `confidence` and `cost` in US dollars.
    """
    house = House()
    asked = asked_for(house, question, question_file)
    try:
        graded = await grade_lines(asked, answers, house.graders.for_a_run(grader))
    finally:
        await house.close()
    _write(graded, output)


def _write(graded: list[Graded], output: Path) -> None:
    rows = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in graded)
    try:
        output.write_text(rows, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{output}: cannot be written: {error.strerror}") from None


def asked_for(house: House, slug: str | None, file: Path | None) -> Question:
    """The question of a slug or of a file.

    Raises:
        OperatorError: neither or both are given, or there is no such question.
    """
    if (slug is None) == (file is None):
        raise OperatorError("Give either --question SLUG or --question-file FILE.")
    if file is not None:
        return _sound(read_anywhere(file))
    found = house.catalogue.questions.get(slug or "")
    if found is None:
        near = house.catalogue.nearest_slug(slug or "")
        raise OperatorError(f"There is no question `{slug}`." + (f" Did you mean {near}?" if near else ""))
    return found


def _sound(loaded: Loaded) -> Question:
    """The question of a file whose lines can be understood; the first that cannot is said with its place."""
    try:
        compile_rubric(loaded.question)
    except ValueError as error:
        raise BadQuestionFile([str(bad_line(loaded, error))]) from None
    return loaded.question


def read_anywhere(file: Path) -> Loaded:
    """A question file wherever it lies; the folder above its topic may hold a track's terms."""
    above = file.resolve().parent.parent
    return read_question(
        file, track=above.name, topic=file.resolve().parent.name, terms=read_terms(above / "terms.yaml")
    )


def check(*paths: Path, answers: Path | None = None) -> int:
    """Prove question files: structure, reference, misconceptions, hints.

    Parameters
    ----------
    paths
        Files to check; if none, the whole bank, with a table of its questions by topic, level and kind.
    answers
        A folder of `<slug>.jsonl`; lines of a rubric that match none of its question's answers are advice.
    """
    house = House()
    root = house.settings.question_folder()
    loaded = [read_anywhere(path) for path in paths] if paths else load(root)
    findings = check_questions(loaded, house.graders.rubric.grade_now)
    findings += advise(loaded, read_hosts(root))
    bank = loaded if not paths else load(root)
    if not any(not finding.advice for finding in findings):
        findings += too_loose(loaded, [one.question for one in bank], house.graders.rubric.grade_now)
    findings += never_heard(loaded, _heard_lines(loaded, answers)) if answers else []
    for finding in findings:
        print(finding)
    if not paths:
        print(table(one.question for one in loaded))
    faults = sum(not finding.advice for finding in findings)
    print(f"{len(loaded)} questions, {faults} faults" if faults else f"{len(loaded)} questions, clean")
    return FAILED if faults else 0


def _heard_lines(loaded: list[Loaded], answers: Path) -> dict[str, frozenset[str]]:
    used: dict[str, frozenset[str]] = {}
    for one in loaded:
        path = answers / f"{one.question.slug}.jsonl"
        if path.is_file():
            rubric = compile_rubric(one.question)
            lines = (lines_heard(rubric, row["answer"]) for row in rows_of(path) if "answer" in row)
            used[one.question.slug] = frozenset[str]().union(*lines)
    return used


def list_(topic: str | None = None) -> None:
    """List questions: slug, topic, level, kind.

    Parameters
    ----------
    topic
        Only this topic or track.
    """
    catalogue = House().catalogue
    for one in catalogue.about(topic) if topic else catalogue.listed.values():
        print(f"{one.slug:28} {one.topic:16} {one.level}  {one.kind}")


def show(slug: str) -> None:
    """Show one question with its rubric.

    Parameters
    ----------
    slug
        The question's key: its file name.
    """
    asked = asked_for(House(), slug, None)
    print(
        f"{asked.slug} · {asked.track}/{asked.topic} · level {asked.level} · {asked.kind}\n\n{asked.prompt.strip()}\n"
    )
    for criterion in asked.criteria:
        print(f"[{criterion.weight}] {criterion.id}: {criterion.point}")
    for misconception in asked.misconceptions:
        print(f"[x] {misconception.id}: {misconception.claim} -> {misconception.correction}")
    print(f"\n{asked.reference}")


def try_(slug: str | None = None, *, question_file: Path | None = None) -> None:
    """Grade the answer that you type, and explain every verdict.

    Parameters
    ----------
    slug
        The question's key.
    question_file
        A question file instead.
    """
    house = House()
    asked = asked_for(house, slug, question_file)
    print(asked.prompt.strip(), "\n(end your answer with Ctrl-D)", file=sys.stderr)
    answer = sys.stdin.read()
    assessment = house.graders.rubric.grade_now(asked, answer)
    print(f"score {assessment.score:.2f}  flags: {', '.join(assessment.flags) or 'none'}")
    for name, heard in assessment.verdicts.items():
        said = " / ".join(answer[start:end] for start, end in heard.evidence)
        print(f"  {heard.verdict.value:8}{name:16}{said!r}  <- {heard.rule or 'no line matched'}")
    for one in assessment.misconceptions:
        print(f"  asserted {one.id}: {' / '.join(answer[start:end] for start, end in one.evidence)!r}")


def schema_() -> None:
    """Print the JSON Schema of question files, for editors."""
    print(json.dumps(Question.model_json_schema(), indent=2))
