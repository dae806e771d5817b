"""Draws charts with text, for terminals and wherever no picture can be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from interview_bot.chat.messages import Bar, Chart

LONGEST_LABEL = 20
MOST_ROWS = 20
BAR = 12
"""Letters of a full bar: with the longest label still one line on a phone."""
SHADES = "·░▒▓█"
"""None, few, ..., most."""


def rows_of(chart: Chart, full: str = "█", empty: str = "░") -> list[str]:
    """A chart as rows of equal letters: a bar for each value, or a calendar with a column for each week."""
    if chart.kind == "days":
        return _calendar(chart)
    bars = chart.bars[-MOST_ROWS:]
    width = min(LONGEST_LABEL, max((len(bar.label) for bar in bars), default=0))
    return [_row(bar, width, full, empty) for bar in bars]


def _row(bar: Bar, width: int, full: str, empty: str) -> str:
    """Name and number first: they are what is read aloud, and what is left where a line is cut."""
    filled = round(BAR * share(bar))
    drawn = full * filled + empty * (BAR - filled)
    return f"{bar.label[:width]:<{width}} {round(100 * share(bar)):>3} % {drawn}"


def share(bar: Bar) -> float:
    """A value within 0 and 1."""
    return min(1.0, max(0.0, bar.value))


def _calendar(chart: Chart) -> list[str]:
    weeks, most = weeks_of(chart.bars), max((bar.value for bar in chart.bars), default=0.0)
    names = [*chart.rows, *[""] * 7][:7]
    width = max(map(len, names))
    return [
        f"{name:<{width}} " + "".join(_shade(week[weekday][1], most) for week in weeks)
        for weekday, name in enumerate(names)
    ]


def _shade(value: float | None, most: float) -> str:
    return " " if value is None else SHADES[step(value, most)]


def step(value: float, most: float) -> int:
    """How much a day's number is, from 0 (none) to 4 (near the most)."""
    return 0 if value <= 0 else 1 + min(3, int(4 * (value - 1) / max(1.0, most)))


def weeks_of(bars: Sequence[Bar]) -> list[list[tuple[date, float | None]]]:
    """Days by week, Monday to Sunday; a day outside of what is shown has None."""
    days = {date.fromisoformat(bar.label): bar.value for bar in bars}
    if not days:
        return []
    monday = min(days) - timedelta(days=min(days).weekday())
    number = (max(days) - monday).days // 7 + 1
    weeks = [[monday + timedelta(days=7 * week + day) for day in range(7)] for week in range(number)]
    return [[(day, days.get(day)) for day in week] for week in weeks]
