"""Question files are read strictly, and the shipped ones are proved."""

from pathlib import Path

import pytest

from interview_bot.bank.check import check
from interview_bot.bank.files import load, read_question
from interview_bot.core.errors import BadQuestionFile
from interview_bot.graders.rubric import RubricGrader

BANK = Path(__file__).resolve().parents[2] / "questions"


@pytest.mark.parametrize(
    "rest", [0, pytest.param(1, marks=pytest.mark.soak), pytest.param(2, marks=pytest.mark.soak)]
)
def test_the_shipped_bank_is_clean(rest: int) -> None:
    """A third of it here, which takes seconds; `make check` proves each file."""
    third = load(BANK)[rest::3]
    assert [str(one) for one in check(third, RubricGrader().grade_now) if not one.advice] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("prompt: &a What?\nreference: *a\n", "bad.yaml:1: anchors and aliases"),
        ("prompt: !!str What?\nreference: x\n", "bad.yaml:1: tags (!)"),
        ("prompt: a\nprompt: b\n", "bad.yaml:2: key `prompt` stands here twice"),
        ("prompt: [\n", "bad.yaml:2: "),
        ("- a\n", "bad.yaml:1: the file is not a mapping"),
        ("prompt: a\nreference: b\nlevel: nine\n", "bad.yaml:3: `level`"),
        (
            "prompt: a\nreference: b\ncriteria:\n  - id: x\n    point: y\n",
            "bad.yaml:4: `criteria.1`: give either `heard`",
        ),
        ("prompt: " + "a" * 300_000, "bad.yaml:1: 300008 bytes"),
        ("a: " + "[" * 60 + "]" * 60, "bad.yaml:1: nested deeper than 20"),
        ("prompt: a\n---\nprompt: b\n", "bad.yaml:2: a second document"),
    ],
)
def test_a_bad_file_says_where_and_what(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadQuestionFile) as caught:
        read_question(file)
    assert fault in str(caught.value)


def test_words_that_yaml_would_turn_into_something_else_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_text("prompt: no\nreference: 3.10\nhints: [on, 12:30:00]\n", encoding="utf-8")
    question = read_question(file).question
    assert (question.prompt, question.reference, question.hints) == ("no", "3.10", ("on", "12:30:00"))


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        file = tmp_path / "track" / "topic" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("prompt: a\nlevl: 1\n", encoding="utf-8")
    with pytest.raises(BadQuestionFile) as caught:
        load(tmp_path)
    assert len(caught.value.faults) == 4
