"""How attempts become standings."""

from datetime import UTC, datetime, timedelta

from interview_bot.core.standings import DAY_CAP, Attempt, Standing, fold, key_of

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def attempt(slug: str, points: int, *, days: float = 0, topic: str = "basics") -> Attempt:
    return Attempt(slug, topic, points, MONDAY + timedelta(days=days))


def test_periods_are_named_by_the_calendar() -> None:
    assert [key_of(one, MONDAY) for one in ("week", "month", "season", "all")] == [
        "2026-W48",
        "2026-11",
        "2026-S4",
        "all",
    ]
    assert key_of("week", datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"
    assert key_of("season", datetime(2027, 1, 1, tzinfo=UTC)) == "2027-S1"


def test_the_first_attempt_of_each_period_counts() -> None:
    folded = fold([attempt("a", 10), attempt("a", 30, days=1), attempt("a", 20, days=7)])
    assert folded["all", ""] == Standing(10, 1)
    assert folded["2026-W48", ""] == Standing(10, 1)
    assert folded["2026-W49", ""] == Standing(20, 1)
    assert folded["2026-11", "basics"] == Standing(10, 1)


def test_the_order_in_which_attempts_are_read_changes_nothing() -> None:
    attempts = [attempt("a", 10), attempt("b", 20, days=2, topic="rare"), attempt("a", 30, days=1)]
    assert fold(attempts) == fold(reversed(attempts))


def test_of_one_day_no_more_than_the_cap_counts() -> None:
    folded = fold([attempt(f"q{n}", 30) for n in range(10)] + [attempt("next", 30, days=1)])
    assert folded["all", ""] == Standing(DAY_CAP + 30, 11)
