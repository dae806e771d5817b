"""The benchmark's own arithmetic, its attacks, and the files it reads."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from interview_bot.bank.files import load
from interview_bot.cli import run as command
from interview_bot.cli.bank import read_anywhere
from interview_bot.core.errors import OperatorError
from interview_bot.core.grades import Assessment, Heard, Verdict
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark import metrics
from interview_bot.graders.benchmark.attacks import Case, cases, read_written
from interview_bot.graders.benchmark.labelled import read_gold, read_scored
from interview_bot.graders.benchmark.resist import resist
from interview_bot.graders.benchmark.run import Material, gather, measure
from interview_bot.graders.rubric import RubricGrader

ROOT = Path(__file__).resolve().parents[2]
COMMON = read_written(ROOT / "benchmarks" / "adversarial" / "attacks.yaml")
QUESTION = Question.model_validate(
    {
        "slug": "chain",
        "kind": "compare",
        "prompt": "How do containerd and runc divide the work?",
        "reference": "containerd pulls the image. containerd calls runc, and runc starts the process. Then runc exits.",
        "terms": {"containerd": "containerd", "runc": "runc"},
        "criteria": [
            {
                "id": "pull",
                "weight": 2,
                "point": "containerd pulls",
                "heard": [{"containerd": "<pull> | fetch | pull"}],
            },
            {
                "id": "call",
                "weight": 3,
                "point": "containerd calls runc",
                "heard": ["containerd > <call> > runc"],
            },
            {"id": "exit", "weight": 1, "point": "runc exits", "heard": [{"runc": "exit | gone | leave"}]},
        ],
    }
    | {"terms": {"containerd": "containerd", "runc": "runc", "pull": "pull | download"}}
)


def test_kappa_takes_chance_away() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: the textbook example with accuracy .70 and kappa .40.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert metrics.agreement(pairs) == pytest.approx((50, 0.70, 0.40))


def test_weighted_kappa_is_one_for_equal_scores_and_below_zero_for_opposite_ones() -> None:
    same = [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]
    assert metrics.weighted_kappa(same) == pytest.approx(1)
    assert metrics.weighted_kappa([(gold, 1 - gold) for gold, _ in same]) == pytest.approx(-1)


def test_correlation_within_questions_ignores_how_hard_a_question_is() -> None:
    easy = [(0.8, 0.7), (0.9, 0.8), (1.0, 0.9)]
    hard = [(0.2, 0.9), (0.1, 0.8), (0.0, 0.7)]
    assert metrics.within([easy, hard]) == pytest.approx(1)
    assert metrics.pearson(easy + hard) == pytest.approx(0, abs=0.3)
    assert metrics.pearson([(1.0, 0.1), (1.0, 0.5), (1.0, 0.2)]) is None


def test_precision_and_recall_are_unknown_where_nothing_was_said() -> None:
    assert metrics.precision_recall([(True, True), (False, True), (True, False)]) == (0.5, 0.5)
    assert metrics.precision_recall([(False, False)]) == (None, None)


class Fooled:
    """A grader that gives full marks to anything."""

    name = "fooled"

    async def grade(self, question: Question, answer: str) -> Assessment:
        return Assessment({one.id: Heard(Verdict.MET) for one in question.criteria}, (), 1.0, "fooled", "1")


WRITTEN = {
    "negated": ["containerd does not pull anything, and containerd never calls runc."],
    "full": [QUESTION.reference],
    "partial": [
        {
            "answer": "containerd pulls the image.",
            "verdicts": {"pull": "met", "call": "missed", "exit": "missed"},
        }
    ],
    "languages": {
        "German": "containerd lädt das Abbild herunter und ruft dann runc auf, das den Prozess startet und endet."
    },
}


def test_the_rubric_withstands_what_a_fooled_grader_does_not() -> None:
    found = list(cases(QUESTION, WRITTEN, COMMON))
    families, failures = asyncio.run(resist(RubricGrader(), [(QUESTION, found)]))
    assert {one.name for one in families if not one.holds} == set(), failures
    fooled, _ = asyncio.run(resist(Fooled(), [(QUESTION, found)]))
    held = {one.name for one in fooled if one.holds}
    assert not held & {
        "idk",
        "nonsense",
        "injection-only",
        "keyword-bag",
        "negated",
        "negated-auto",
        "partial",
    }


def test_the_same_seed_makes_the_same_cases() -> None:
    assert list(cases(QUESTION, WRITTEN, COMMON)) == list(cases(QUESTION, WRITTEN, COMMON))
    assert list(cases(QUESTION, WRITTEN, COMMON)) != list(cases(QUESTION, WRITTEN, COMMON, seed=2))


def test_a_broken_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "chain.jsonl").write_text('{"id": "1", "answer": "x"}\n')
    (tmp_path / "labels").mkdir()
    labels = tmp_path / "labels" / "chain.jsonl"
    for text, wrong in (
        ("nonsense", "chain.jsonl:1:"),
        ("", "no label for 1"),
        ('{"id": "1", "verdicts": {"pull": "yes"}, "misconceptions": []}', "yes"),
        ('{"id": "1", "verdicts": {"pul": "met"}, "misconceptions": []}', "chain has no pul"),
        ('{"id": "1", "verdicts": {"pull": "met"}, "misconceptions": []}', "a criterion has no verdict"),
    ):
        labels.write_text(text + "\n")
        with pytest.raises(OperatorError, match=wrong):
            read_gold(tmp_path, lambda _: QUESTION)
    scored = tmp_path / "scored.jsonl"
    scored.write_text('{"id": "1", "qid": "a", "answer": "x"}\n')
    with pytest.raises(OperatorError, match="score"):
        read_scored(scored)


def test_the_command_writes_a_page_and_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = tmp_path / "bank" / "docker" / "cri"
    bank.mkdir(parents=True)
    (bank / "chain.yaml").write_text(
        QUESTION.model_dump_json(exclude={"slug", "topic", "track"}, exclude_defaults=True)
    )
    gold = tmp_path / "gold"
    (gold / "labels").mkdir(parents=True)
    (gold / "chain.jsonl").write_text(
        '{"id": "1", "answer": "containerd calls runc"}\n{"id": "2", "answer": "runc calls containerd"}\n'
    )
    labels = [
        {"id": one, "verdicts": {"pull": "missed", "call": verdict, "exit": "missed"}, "misconceptions": []}
        for one, verdict in (("1", "met"), ("2", "missed"))
    ]
    (gold / "labels" / "chain.jsonl").write_text("\n".join(map(json.dumps, labels)))
    human = tmp_path / "human.jsonl"
    human.write_text('{"id": "1", "qid": "q1", "answer": "containerd calls runc", "score": 1}\n')
    rubrics = tmp_path / "saf"
    rubrics.mkdir()
    (rubrics / "q1.yaml").write_text((bank / "chain.yaml").read_text())
    monkeypatch.setenv("INTERVIEW_BOT_QUESTIONS", str(tmp_path / "bank"))
    attacks = str(ROOT / "benchmarks" / "adversarial")
    page = tmp_path / "report.md"
    arguments = [
        "benchmark",
        "grading",
        "--gold",
        str(gold),
        "--scored",
        str(human),
        "--rubrics",
        str(rubrics),
    ]
    only = tmp_path / "attacks"
    only.mkdir()
    (only / "attacks.yaml").write_text((Path(attacks) / "attacks.yaml").read_text())
    assert command([*arguments, "--attacks", str(only), "--output", str(page)]) == 0
    assert "| accuracy per criterion | 1.000 |" in page.read_text()
    figures = json.loads(page.with_suffix(".json").read_text())
    assert figures["gold"]["verdicts"]["accuracy"] == 1
    assert figures["scored"]["scores"]["answers"] == 1
    assert figures["adversarial"]["idk"]["holds"]


FLOORS = {"accuracy": 0.829, "kappa": 0.702, "mean_error": 0.110}
"""What the last recorded run reached, less a hair: a change that falls below it is to be looked at."""


ATTACKS = ROOT / "benchmarks" / "adversarial"


def shipped() -> Material:
    """All that the shipped bank is measured with."""
    questions = {one.question.slug: one.question for one in load(ROOT / "questions")}
    return gather(questions, ROOT / "benchmarks" / "gold", ATTACKS, None, {})


def succumbs(attacked: Sequence[tuple[Question, Iterable[Case]]]) -> Sequence[str]:
    """The families of attacks that succeed."""
    families, _ = asyncio.run(resist(RubricGrader(), attacked))
    return [one.name for one in families if not one.holds]


@pytest.mark.timeout(170)
def test_the_shipped_bank_grades_no_worse_than_recorded() -> None:
    report = asyncio.run(measure(RubricGrader(), shipped()._replace(attacked=[]), "test", "today"))
    assert report.gold
    assert report.gold.verdicts
    assert report.gold.verdicts.accuracy >= FLOORS["accuracy"]
    assert report.gold.verdicts.kappa >= FLOORS["kappa"]
    assert report.gold.scores.mean_error <= FLOORS["mean_error"]


@pytest.mark.timeout(170)
def test_questions_with_attacks_by_hand_withstand_them() -> None:
    by_hand = {path.stem for path in ATTACKS.glob("*.yaml")}
    assert succumbs([one for one in shipped().attacked if one[0].slug in by_hand]) == []


@pytest.mark.timeout(170)
def test_every_fifth_question_withstands_attacks() -> None:
    assert succumbs(shipped().attacked[::5]) == []


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_every_question_of_the_shipped_bank_withstands_attacks() -> None:
    assert succumbs(shipped().attacked) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "benchmarks" / "saf").glob("*.yaml")), ids=lambda one: one.stem
)
def test_a_reference_that_people_grade_by_earns_full_marks(path: Path) -> None:
    question = read_anywhere(path).question
    assert RubricGrader().grade_now(question, question.reference).score >= 0.95
