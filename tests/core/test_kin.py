"""Points that questions share are found, and reviews ask about them in another question."""

from pathlib import Path

from interview_bot.bank.files import catalogue
from interview_bot.core.kin import Point, alike, kin_of, siblings
from tests.bench import question

BANK = catalogue(Path(__file__).parents[2] / "questions").listed


def test_one_point_told_twice_is_found_and_two_points_are_not() -> None:
    assert alike("It runs as a user other than root.", "So one runs as a user other than root, with USER.")
    assert not alike(
        "Memory, processes and CPU are limited.", "A cgroup bounds how much CPU a group may use."
    )
    assert not alike("It is small.", "It is small."), "three words say too little"


def test_questions_of_the_bank_share_points() -> None:
    kin = kin_of(BANK["hardening-list"], BANK.values())
    assert Point("root-in-container", "user") in kin["nonroot"]
    back = kin_of(BANK["root-in-container"], BANK.values())
    assert Point("hardening-list", "nonroot") in back["user"]


def test_a_review_asks_a_sibling_rather_than_the_same_question_again() -> None:
    (asked,) = siblings([Point("hardening-list", "nonroot")], BANK, 5)
    assert asked in {"root-in-container", "review-dockerfile"}


def test_few_questions_cover_much_that_is_due() -> None:
    due = [Point("hardening-list", name) for name, _ in BANK["hardening-list"].points]
    assert siblings(due, BANK, 5) == ["hardening-list"]
    assert len(siblings([*due, Point("cache-order", BANK["cache-order"].points[0][0])], BANK, 5)) == 2


def test_a_question_that_left_the_bank_is_passed_over() -> None:
    few = {"apple": question("apple").listed()}
    assert siblings([Point("gone", "core"), Point("apple", "skin")], few, 5) == ["apple"]
    assert siblings([Point("gone", "core")], few, 5) == []
