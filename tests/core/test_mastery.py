"""What is remembered of each criterion."""

from datetime import UTC, datetime, timedelta

from interview_bot.core.grades import Assessment, Heard, Verdict
from interview_bot.core.interview import Turn
from interview_bot.core.mastery import review
from tests.bench import question

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def turn(core: Verdict, skin: Verdict) -> Turn:
    verdicts = {"core": Heard(core), "skin": Heard(skin)}
    return Turn("t", 1, question("apple"), assessment=Assessment(verdicts, (), 0.5, "rubric", "1"))


def test_what_was_missed_is_due_before_what_was_met() -> None:
    missed, met = review(turn(Verdict.MISSED, Verdict.MET), {}, NOW)
    assert (missed.criterion, missed.verdict) == ("core", Verdict.MISSED)
    assert NOW + timedelta(hours=20) < missed.due_at < met.due_at


def test_a_criterion_met_again_and_again_comes_back_ever_later() -> None:
    at, gaps, cards = NOW, [], {}
    for _ in range(4):
        known = review(turn(Verdict.MET, Verdict.MET), cards, at)
        cards = {one.criterion: one.card for one in known}
        gaps.append(known[0].due_at - at)
        at = known[0].due_at
    assert gaps == sorted(gaps)
    assert gaps[-1] > 3 * gaps[0]


def test_the_memory_is_plain_json_and_never_random() -> None:
    first = review(turn(Verdict.PARTIAL, Verdict.MISSED), {}, NOW)
    assert first == review(turn(Verdict.PARTIAL, Verdict.MISSED), {}, NOW)
    assert all(isinstance(value, str | int | float | None) for one in first for value in one.card.values())
