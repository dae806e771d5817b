"""A sitting is a mix of levels and kinds, topics in turn, and nothing twice while there is something new."""

from itertools import pairwise
from random import Random

import pytest

from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import NoQuestions, UnknownTopic
from interview_bot.core.picking import Past, plan
from tests.bench import FRUIT, question

MANY = Catalogue(
    question(f"q{number}", f"t{number % 5}", 1 + number % 3, kind)
    for number, kind in enumerate(["concept", "flow", "scenario", "design", "read-output", "compare"] * 7)
)


@pytest.mark.parametrize("number", [1, 3, 5, 8, 12])
@pytest.mark.parametrize("seed", range(5))
def test_a_plan_has_the_length_asked_for_and_no_topic_twice_in_a_row(number: int, seed: int) -> None:
    picked = plan(MANY, "fruit", number, Random(seed))
    assert len({one.slug for one in picked}) == number
    assert all(one.topic != after.topic for one, after in pairwise(picked))


def test_a_plan_of_eight_has_warm_ups_a_flow_a_scenario_something_to_read_and_a_senior_one() -> None:
    picked = plan(MANY, "fruit", 8, Random(4))
    assert sum(one.level == 1 for one in picked) >= 2
    assert {"flow", "scenario", "read-output"} <= {one.kind for one in picked}
    assert any(one.level == 3 or one.kind == "design" for one in picked)


def test_the_same_seed_picks_the_same_questions() -> None:
    assert plan(MANY, "fruit", 8, Random(7)) == plan(MANY, "fruit", 8, Random(7))


def test_what_was_seen_comes_back_only_when_nothing_else_is_left() -> None:
    catalogue = Catalogue(FRUIT)
    assert [
        one.slug
        for one in plan(catalogue, "fruit", 1, Random(1), past=Past(["apple", "pear", "plum", "cherry"]))
    ] == ["quince"]
    assert len(plan(catalogue, "fruit", 12, Random(1), past=Past(["apple"]))) == len(FRUIT)


def test_a_level_and_a_topic_narrow_the_choice() -> None:
    assert {one.level for one in plan(MANY, "fruit", 8, Random(1), level=2)} == {2}
    assert {one.topic for one in plan(MANY, "t3", 3, Random(1))} == {"t3"}
    with pytest.raises(NoQuestions):
        plan(Catalogue(FRUIT), "rare", 3, Random(1), level=1)
    with pytest.raises(UnknownTopic):
        plan(MANY, "vegetables", 3, Random(1))


def test_a_harder_mix_has_no_warm_up_and_an_easier_one_no_senior() -> None:
    harder = plan(MANY, "fruit", 8, Random(4), past=Past(lean=3))
    usual = plan(MANY, "fruit", 8, Random(4))
    easier = plan(MANY, "fruit", 8, Random(4), past=Past(lean=1))
    means = [sum(one.level for one in picked) / 8 for picked in (easier, usual, harder)]
    assert means == sorted(means)
    assert len(set(means)) == 3
