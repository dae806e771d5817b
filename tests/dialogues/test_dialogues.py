"""Runs every dialogue: each line after what was said must appear, in order."""

from pathlib import Path

import pytest

from tests.bench import Bench

FOLDER = Path(__file__).parent
DIALOGUES = sorted(path.stem for path in FOLDER.glob("*.txt"))


@pytest.mark.parametrize("name", DIALOGUES)
async def test_the_dialogue_goes_as_written(bench: Bench, name: str) -> None:
    heard = ""
    for row in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("> "):
            heard = "\n".join(await bench.hear(row[2:]))
        elif row and not row.startswith("#"):
            assert row in heard, f"{row!r} is not next in:\n{heard}"
            heard = heard.split(row, 1)[1]
