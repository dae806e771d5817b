"""The table of faults (docs/faults.md) names tests that exist, leaves no fault out, and hides nothing that is not proved."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "faults.md"
FAULTS = 50
NOT_PROVED = 0
"""Rows that say so; lower it when one is proved."""


class Row(NamedTuple):
    number: int
    fault: str
    happens: str
    proof: str
    on: str

    @property
    def tests(self) -> Iterator[tuple[str, str, bool]]:
        """Each test that is named: its file, its name, and whether it is said to be a long one."""
        file = ""
        for named, soak in re.findall(r"`([\w/]+(?:\.py)?)`( \(soak\))?", self.proof):
            if named.endswith(".py"):
                file = named
            else:
                yield file, named, bool(soak)


def rows() -> list[Row]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(int(number), *rest) for number, *rest in cells]


@cache
def defined(file: str) -> dict[str, bool]:
    """The tests of a file, and whether each is a long one."""
    body = ast.parse((TESTS / file).read_text(encoding="utf-8")).body
    functions = [one for one in body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return {one.name: any("soak" in ast.unparse(mark) for mark in one.decorator_list) for one in functions}


def test_every_fault_has_its_row() -> None:
    assert [row.number for row in rows()] == list(range(1, FAULTS + 1))
    assert all(len(row) == 5 for row in rows())


def test_every_test_that_is_named_exists_and_says_if_it_is_long() -> None:
    wrong = [
        f"{row.number}: {file}::{name}"
        for row in rows()
        for file, name, soak in row.tests
        if not (TESTS / file).is_file() or defined(file).get(name) is not soak
    ]
    assert wrong == []


def test_what_is_not_proved_says_so_and_never_grows() -> None:
    open_ = [row.number for row in rows() if "not proved" in row.happens]
    print(f"{len(open_)} of {FAULTS} are not proved: {open_}")
    assert len(open_) <= NOT_PROVED
    assert [row.number for row in rows() if not [*row.tests] and row.number not in open_] == []
    assert {row.on for row in rows()} <= {"both", "SQLite", "PostgreSQL", "–"}
