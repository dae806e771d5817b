"""One run of the grading benchmark: what there is to grade, read from the folders of a checkout, then measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from interview_bot.core.errors import OperatorError
from interview_bot.core.ports import Grader
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark.attacks import Case, cases, read_written
from interview_bot.graders.benchmark.labelled import Labelled, Scored, read_gold, read_passes, read_scored
from interview_bot.graders.benchmark.measure import measure_gold, measure_scored
from interview_bot.graders.benchmark.metrics import agreement
from interview_bot.graders.benchmark.report import Report
from interview_bot.graders.benchmark.resist import resist

Questions = Mapping[str, Question]


class Material(NamedTuple):
    """What a grader is measured on; empty parts are not measured."""

    gold: Mapping[str, tuple[Question, Sequence[Labelled]]]
    attacked: Sequence[tuple[Question, Iterable[Case]]]
    rubrics: Questions
    scored: Mapping[str, Sequence[Scored]]
    passes: Sequence[tuple[str, str]] = ()


def gather(
    questions: Questions, gold: Path, attacks: Path, scored: Path | None, rubrics: Questions
) -> Material:
    """Read the labelled answers, the attacks, and the answers with human scores to the questions of `rubrics`.

    Raises:
        OperatorError: a file is missing or broken, or names a question that is not there.
    """

    def find(slug: str) -> Question:
        if slug not in questions:
            raise OperatorError(f"the bank has no question {slug}, expected one for each file of answers")
        return questions[slug]

    answers = read_scored(scored) if scored else {}
    if missing := sorted(set(answers) - set(rubrics)):
        raise OperatorError(f"{scored}: there is no rubric for {missing[0]}")
    files = {path.stem: read_written(path) for path in sorted(attacks.glob("*.yaml"))}
    common = files.pop("attacks", None) or read_written(attacks / "attacks.yaml")
    for slug in files:
        find(slug)
    attacked = [
        (question, list(cases(question, files.get(slug, {}), common)))
        for slug, question in sorted(questions.items())
    ]
    return Material(read_gold(gold, find), attacked, rubrics, answers, list(read_passes(gold)))


async def measure(grader: Grader, material: Material, version: str, date: str) -> Report:
    """Measure a grader on all of it; `version` and `date` are what the report says of itself."""
    report = Report(grader.name, version, date, gold=await measure_gold(grader, material.gold))
    if material.passes:
        report = report._replace(passes=agreement(material.passes))
    if material.scored:
        report = report._replace(scored=await measure_scored(grader, material.rubrics, material.scored))
    families, failures = await resist(grader, material.attacked)
    return report._replace(families=families, failures=failures)
