"""Lines that hear what was not said are found by the references of quite other questions."""

from pathlib import Path

import yaml

from interview_bot.bank.files import Loaded, load
from interview_bot.bank.finding import Finding
from interview_bot.bank.loose import too_loose
from interview_bot.graders.rubric import RubricGrader


def bank(folder: Path, heard: str) -> list[Loaded]:
    asked = {
        "prompt": "Why does a container stop?",
        "reference": "The main process ended.",
        "criteria": [{"id": "end", "weight": 2, "point": "The main process ended.", "heard": [heard]}],
        "misconceptions": [
            {"id": "vm", "claim": "A VM boots.", "correction": "None does.", "heard": ["system + boot"]}
        ],
    }
    others = {
        name: {"prompt": f"What about {name}?", "reference": f"Every {name} needs a process of its own."}
        for name in ("image", "volume", "network")
    }
    others["kernel"] = {"prompt": "What about kernels?", "reference": "A whole system has to boot there."}
    for name, told in {"exit": asked, **others}.items():
        path = folder / "docker" / name / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(told, sort_keys=False))
    return load(folder)


def advice(folder: Path, heard: str) -> list[Finding]:
    loaded = bank(folder, heard)
    return list(too_loose(loaded, [one.question for one in loaded], RubricGrader().grade_now))


def test_a_line_of_one_common_word_is_heard_elsewhere(tmp_path: Path) -> None:
    (line, wrong) = advice(tmp_path, "process")
    assert line.text.startswith('`end` is heard in 3 references of other topics, the first time in "process"')
    assert wrong.text == "`vm` is heard in the right answer to kernel"
    assert line.advice
    assert wrong.advice


def test_a_second_item_makes_the_line_speak_of_its_own_question_alone(tmp_path: Path) -> None:
    assert [one.text for one in advice(tmp_path, "process + end | exit")] == [
        "`vm` is heard in the right answer to kernel"
    ]
