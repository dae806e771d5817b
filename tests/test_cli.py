"""The command line as people and scripts use it: a real process, real input, real exit codes."""

import asyncio
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from interview_bot.health.logs import configure_logs
from tests.fakes.openai import KEY, FakeOpenAI, reply, says, serving
from tests.plain_logs import plain_logs
from tests.processes import start

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with a database of its own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "INTERVIEW_BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}",
    }


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(home: dict[str, str], *arguments: str, typed: str = "") -> Done:
    process = start(*arguments, environment=home, typed=typed)
    return Done(process.end(), *process.said())


SITTING = ("practice", "docker", "--questions", "3", "--seed", "3", "--plain")


def test_a_whole_interview_can_be_piped(home: dict[str, str]) -> None:
    done = run(home, *SITTING, typed="I would look at the logs\nfirst.\n.\n/skip\n/skip\n/skip\n/stop\n")
    assert done.returncode == 0, done.stderr
    assert "Question 1 of 3" in done.stdout
    assert "of 100" in done.stdout
    assert "Band:" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Your progress" in run(home, "progress").stdout
    assert "place 1" in run(home, "leaderboard").stdout


def test_an_answer_may_begin_with_a_path(home: dict[str, str]) -> None:
    done = run(home, *SITTING, typed="/proc/meminfo is that of the host.\n.\n/stop\n")
    assert "Not heard" in done.stdout
    assert "no number" not in done.stdout


def test_input_that_ends_early_can_be_resumed(home: dict[str, str]) -> None:
    first = run(home, *SITTING, typed="/skip\n")
    assert "practice --resume" in first.stderr
    again = run(home, "practice", "--resume", typed="/stop\n")
    assert "Question 2 of 3" in again.stdout


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_what_was_answered_survives_an_interruption(home: dict[str, str], end: signal.Signals) -> None:
    command = [sys.executable, "-m", "interview_bot", *SITTING]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("/skip\n")
        process.stdin.flush()
        deadline = time.monotonic() + 20
        for row in process.stdout:
            if "Question 2 of 3" in row or time.monotonic() > deadline:
                break
        process.send_signal(end)
        _, error = process.communicate(timeout=20)
    assert "Traceback" not in error
    assert "Question 2 of 3" in run(home, "practice", "--resume", typed="/stop\n").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("practice", "dokcer"), 2, "Did you mean docker?"),
        (("practice", "docker", "--level", "4"), 2, "level"),
        (("questions", "show", "container-vs-mv"), 1, "Did you mean container-vs-vm?"),
        (("serve",), 1, "SLACK_BOT_TOKEN"),
        (("grade", "--answers", "x", "--output", "y"), 1, "--question"),
    ],
)
def test_bad_use_is_one_line_and_an_exit_code(
    home: dict[str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(home, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreachable_database_is_one_line(home: dict[str, str]) -> None:
    done = run({**home, "INTERVIEW_BOT_DATABASE_URL": "postgresql://me:geheim@127.0.0.1:1/x"}, "progress")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "geheim" not in done.stderr


@pytest.mark.parametrize("text", ["", "\x00\x00", "🐳🐳🐳", "x" * 100_000])
def test_an_unusable_answer_is_refused_in_words_and_not_stored(home: dict[str, str], text: str) -> None:
    done = run(home, *SITTING, typed=f"{text}\n.\n/stop\n")
    assert done.returncode == 0
    assert "Stopped before the first answer." in done.stdout
    assert "Traceback" not in done.stderr


def test_answers_are_graded_by_the_file(home: dict[str, str], tmp_path: Path) -> None:
    answers, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given = [
        {"id": "good", "answer": "Containers share the kernel of the host, a VM boots its own."},
        {"id": "idk", "answer": "I don't know"},
    ]
    answers.write_text("".join(json.dumps(one) + "\n" for one in given), encoding="utf-8")
    done = run(
        home, "grade", "--question", "container-vs-vm", "--answers", str(answers), "--output", str(output)
    )
    assert done.returncode == 0, done.stderr
    good, idk = (json.loads(row) for row in output.read_text(encoding="utf-8").splitlines())
    assert good["verdicts"]["kernel"] == "met"
    (start, end) = good["evidence"]["kernel"][0]
    assert "share" in given[0]["answer"][start:end]
    assert (idk["score"], idk["flags"]) == (0.0, ["no-answer"])
    assert set(good) == {"id", "answer", "score", "verdicts", "misconceptions", "evidence", "flags"}


def test_a_broken_question_file_names_every_line(home: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        "prompt: What?\nlevl: 2\nreference: It is.\ncriteria:\n  - id: a\n    weight: 9\n", encoding="utf-8"
    )
    done = run(home, "questions", "check", str(file))
    assert done.returncode == 1
    assert f"{file}:2: unknown key `levl`, did you mean `level`?" in done.stderr
    assert f"{file}:6:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_with_only_a_reference_can_be_graded(home: dict[str, str], tmp_path: Path) -> None:
    file, answers, output = (tmp_path / name for name in ("plain.yaml", "in.jsonl", "out.jsonl"))
    file.write_text(
        "prompt: What does a bridge do?\nreference: It forwards frames between segments.\n", encoding="utf-8"
    )
    rows = [
        {"id": 1, "answer": "It forwards frames between two segments."},
        {"id": 2, "answer": "It is made of steel."},
    ]
    answers.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    done = run(
        home, "grade", "--question-file", str(file), "--answers", str(answers), "--output", str(output)
    )
    assert done.returncode == 0, done.stderr
    scores = [json.loads(row)["score"] for row in output.read_text(encoding="utf-8").splitlines()]
    assert scores == [1.0, 0.0]


def test_a_reader_that_goes_away_pauses_the_interview(home: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "interview_bot", "practice", "principles", "--seed", "1", "--questions", "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home,
        text=True,
    ) as practice:
        assert practice.stdin
        assert practice.stdout
        assert practice.stderr
        practice.stdout.readline()
        practice.stdout.close()
        practice.stdin.write("A container shares the kernel of the host.\n.\n/skip\n/stop\n")
        practice.stdin.close()
        said = practice.stderr.read()
        practice.wait(timeout=30)
    assert "Traceback" not in said
    assert "practice --resume" in said
    assert "We go on" in run(home, "practice", "--resume", typed="/stop\n").stdout


def test_a_traceback_in_the_log_shows_no_answer() -> None:
    stream = io.StringIO()
    configure_logs(stream)
    try:
        answer = "a secret answer of mine"
        try:
            raise ValueError(len(answer))
        except ValueError:
            structlog.get_logger().exception("job.failed", job=1)
    finally:
        structlog.reset_defaults()
        plain_logs()
    assert "ValueError: 23" in stream.getvalue()
    assert "job.failed" in stream.getvalue()
    assert "of mine" not in stream.getvalue().replace('answer = "a secret answer of mine"', "")


async def test_answers_are_graded_by_a_model_and_what_it_cost_is_said(
    home: dict[str, str], tmp_path: Path
) -> None:
    answers, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": n, "answer": f"Containers share the kernel of the host, number {n}."} for n in range(3)]
    answers.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    fake = FakeOpenAI(
        lambda asked: reply(asked, {"kernel": ("met", "Containers share the kernel of the host")})
    )
    arguments = ("grade", "--question", "container-vs-vm", "--answers", str(answers), "--output", str(output))

    async def graded(grader: str, **settings: str) -> list[dict]:
        model = {"OPENAI_BASE_URL": fake.url, "OPENAI_API_KEY": KEY, "INTERVIEW_BOT_MODEL": "test-model"}
        done = await asyncio.to_thread(run, home | model | settings, *arguments, "--grader", grader)
        assert done.returncode == 0, done.stderr
        return [json.loads(row) for row in output.read_text(encoding="utf-8").splitlines()]

    async with serving(fake):
        for grader in ("llm", "panel"):
            told = await graded(grader, INTERVIEW_BOT_MODEL_PRICE_IN="2")
            assert [one["id"] for one in told] == [0, 1, 2]
            assert {one["grader"] for one in told} == {grader}
            assert all(one["verdicts"]["kernel"] == "met" and one["cost"] > 0 for one in told)
        (poor, *_) = await graded("llm", INTERVIEW_BOT_MODEL_BUDGET="0")
        assert (poor["grader"], poor["flags"]) == ("rubric", ["budget-spent"])
        fake.troubles = [says("{}", 500)] * 20
        gone = await graded("panel", INTERVIEW_BOT_MODEL_PRICE_IN="0")
        assert {one["grader"] for one in gone} == {"rubric"}
        assert all("offline-fallback" in one["flags"] for one in gone)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "INTERVIEW_BOT_MODEL"),
        ({"INTERVIEW_BOT_MODEL": "m"}, "OPENAI_API_KEY"),
        ({"INTERVIEW_BOT_MODEL": "m", "OPENAI_BASE_URL": "localhost:8080"}, "OPENAI_BASE_URL"),
        ({"INTERVIEW_BOT_MODEL": "m", "INTERVIEW_BOT_MODEL_BUDGET": "nan"}, "INTERVIEW_BOT_MODEL_BUDGET"),
        ({"INTERVIEW_BOT_GRADER": "guru"}, "INTERVIEW_BOT_GRADER"),
    ],
)
def test_a_model_that_is_not_set_up_names_what_is_missing(
    home: dict[str, str], tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    answers = tmp_path / "in.jsonl"
    answers.write_text('{"id": 1, "answer": "Containers share the kernel."}\n', encoding="utf-8")
    arguments = ("--question", "container-vs-vm", "--answers", str(answers), "--output", str(tmp_path / "x"))
    done = run(home | settings, "grade", *arguments, "--grader", "panel")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert said in done.stderr


async def test_a_benchmark_never_passes_the_rubric_off_as_a_model(
    home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "labels").mkdir()
    for name in ("container-vs-vm.jsonl", "labels/container-vs-vm.jsonl"):
        shutil.copyfile(ROOT / "benchmarks" / "gold" / name, tmp_path / name)
    fake = FakeOpenAI(troubles=[says("{}", 500)] * 999)
    async with serving(fake):
        settings = {"OPENAI_BASE_URL": fake.url, "OPENAI_API_KEY": KEY, "INTERVIEW_BOT_MODEL": "test-model"}
        arguments = ("benchmark", "grading", "--grader", "llm", "--gold", str(tmp_path))
        done = await asyncio.to_thread(run, home | settings, *arguments)
    assert done.returncode == 1
    assert "Nothing was measured" in done.stderr
    assert "accuracy" not in done.stdout


def test_progress_and_leaderboard_speak_json(home: dict[str, str]) -> None:
    run(
        home,
        "practice",
        "principles",
        "--seed",
        "1",
        "--questions",
        "1",
        typed="A container shares the host's kernel.\n.\n/stop\n",
    )
    told = json.loads(run(home, "progress", "--json").stdout)
    assert [one["answered"] for one in told["topics"]] == [1]
    assert told["topics"][0]["criteria"] >= 4
    board = json.loads(run(home, "leaderboard", "week", "--json").stdout)
    assert (board["period"], board["you"]["place"], len(board["board"])) == ("week", 1, 1)
    assert run(home, "standings", "verify").stdout == "standings hold\n"


def test_what_is_kept_is_exported_and_deleted(home: dict[str, str]) -> None:
    typed = "A container shares the host's kernel.\n.\n/stop\n"
    run(home, "practice", "principles", "--seed", "1", "--questions", "1", typed=typed)
    kept = json.loads(run(home, "privacy", "export", "--json").stdout)
    assert kept["turns"][0]["answer"] == "A container shares the host's kernel."
    assert json.loads(run(home, "privacy", "delete", "yes", "--json").stdout) == {"deleted": True}
    assert json.loads(run(home, "privacy", "export", "--json").stdout)["turns"] == []
