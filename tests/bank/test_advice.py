"""A bank as a whole: questions alike, names misspelt, sources elsewhere, lines without use."""

from pathlib import Path

import pytest
import yaml

from interview_bot.bank.advice import advise, read_hosts, table
from interview_bot.bank.files import load
from interview_bot.cli import run

BANK = Path(__file__).resolve().parents[2] / "questions"
END = {
    "id": "end",
    "weight": 2,
    "point": "The main process ended.",
    "heard": ["process + end", "process + gnaw"],
}
FILE = {
    "prompt": "Why does a container stop?",
    "reference": "The main process ended.",
    "criteria": [
        END,
        {"id": "code", "weight": 1, "point": "It has an exit code.", "heard": ["exit code"]},
        {"id": "logs", "weight": 1, "point": "The logs say why.", "heard": ["logs"]},
    ],
    "sources": [{"title": "Docker docs", "url": "https://docs.docker.com/x"}],
}


def bank(folder: Path, **files: dict) -> Path:
    for slug, changed in files.items():
        path = folder / "docker" / "runtime" / f"{slug}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(FILE | changed, sort_keys=False))
    return folder


def found(folder: Path) -> list[str]:
    return [one.text for one in advise(load(folder), frozenset({"docs.docker.com"}))]


def test_the_shipped_bank_has_nothing_to_mend() -> None:
    assert [str(one) for one in advise(load(BANK), read_hosts(BANK)) if not one.advice] == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"reference": "The kubernetes node stopped it."}, ["`kubernetes`, expected Kubernetes"]),
        ({"reference": "Buildkit calls RunC."}, ["`RunC`, expected runc", "`Buildkit`, expected BuildKit"]),
        ({"prompt": "Read this:\n\n    FROM kubernetes/x\n    RUN docker-compose up\n"}, []),
        ({"reference": "See github.com/kubernetes/kubernetes and docker-compose.yml."}, []),
        (
            {"sources": [{"title": "A blog", "url": "https://blog.example/docker"}]},
            ["blog.example is not in hosts.txt, expected an official source"],
        ),
        (
            {
                "criteria": [
                    {**END, "weight": 3},
                    {"id": "code", "weight": 1, "point": "A code.", "heard": ["exit code"]},
                ]
            },
            ["`end` weighs 3 of 4, expected at most 60%"],
        ),
    ],
)
def test_what_stands_out_is_named(tmp_path: Path, changed: dict, expected: list[str]) -> None:
    assert found(bank(tmp_path, one=changed)) == expected


def test_two_files_that_ask_the_same_are_found(tmp_path: Path) -> None:
    folder = bank(
        tmp_path,
        one={},
        two={"prompt": "A container: why does it stop?"},
        three={"prompt": "What is a layer?"},
    )
    assert found(folder) == ["asks the same as one (93 of 100 alike), expected one of them"]


def test_the_table_counts_by_topic_level_and_kind(tmp_path: Path) -> None:
    folder = bank(tmp_path, one={}, two={"prompt": "Draw it.", "kind": "design", "level": 3})
    lines = [line.split() for line in table(one.question for one in load(folder)).splitlines()]
    assert lines == [
        ["topic", "all", "L1", "L2", "L3", "concept", "design"],
        ["docker/runtime", "2", "0", "1", "1", "1", "1"],
        ["all", "2", "0", "1", "1", "1", "1"],
    ]


def test_lines_that_match_no_answer_are_advice(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("INTERVIEW_BOT_QUESTIONS", str(bank(tmp_path / "bank", one={})))
    (tmp_path / "one.jsonl").write_text(
        '{"id": "1", "answer": "The process ended, the logs and the exit code say why."}\n'
    )
    run(["questions", "check", "--answers", str(tmp_path)])
    out = capsys.readouterr().out
    assert "advice: `end`: no labelled answer matches `process + gnaw`" in out
    assert "`logs`" not in out
