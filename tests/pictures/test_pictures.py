"""Pictures of charts: whole in themselves, readable on any background and without an eye for colours."""

import re
import struct
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise

import pytest

from interview_bot.chat.charts import rows_of
from interview_bot.chat.messages import Bar, Chart, described
from interview_bot.pictures.draw import BLUE, FAINT, INK, PAPER, RAMP, svg
from interview_bot.pictures.paint import has_font, picture

PROFILE = Chart(
    title="Mean score by topic",
    bars=(Bar(label="networking", value=0.8), Bar(label="storage", value=0.43), Bar(label="odd", value=1.7)),
)
TREND = Chart(
    title="By week", kind="trend", bars=tuple(Bar(label=f"W{n}", value=n / 30) for n in range(1, 30))
)
CALENDAR = Chart(
    title="By day",
    kind="days",
    about="41 answers on 9 days",
    rows=("Mon", "", "Wed", "", "Fri", "", "Sun"),
    bars=tuple(
        Bar(label=(date(2026, 6, 3) + timedelta(days=n)).isoformat(), value=n % 7) for n in range(100)
    ),
)
ALL = pytest.mark.parametrize("chart", [PROFILE, TREND, CALENDAR], ids=["bars", "trend", "days"])


def _light(colour: str) -> float:
    """How light a colour is to the eye, as WCAG counts it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_light(one), _light(other)))
    return (light + 0.05) / (dark + 0.05)


@ALL
def test_a_picture_has_no_script_and_loads_nothing(chart: Chart) -> None:
    drawn = svg(chart)
    assert "<script" not in drawn
    assert set(re.findall(r"https?://[^\"'\s<>]+", drawn)) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in drawn
    assert ET.fromstring(drawn).get("role") == "img"


@ALL
def test_the_same_chart_is_the_same_picture_with_a_paper_of_its_own(chart: Chart) -> None:
    assert svg(chart) == svg(chart)
    assert f"background-color:{PAPER}" in svg(chart)


@ALL
def test_a_png_is_large_enough_for_a_phone_and_small_enough_to_send(chart: Chart) -> None:
    drawn = picture(chart)
    assert drawn.png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", drawn.png[16:24])
    assert width == 1350
    assert 150 <= height <= 1500
    assert 4_000 < len(drawn.png) < 200_000
    assert drawn.alt == described(chart)
    assert chart.title in drawn.alt


def test_words_stand_out_and_shades_differ_without_their_hue() -> None:
    assert _contrast(INK, PAPER) > 12
    assert _contrast(BLUE, PAPER) > 4.5
    assert _contrast(FAINT, PAPER) < 2, "guides stay behind"
    lights = [_light(shade) for shade in RAMP]
    assert lights == sorted(lights, reverse=True)
    assert all(_contrast(one, other) > 1.25 for one, other in pairwise(RAMP))


def test_what_people_wrote_is_text_in_a_picture() -> None:
    evil = Chart(title="<b>&", bars=(Bar(label="<script>x</script>", value=0.5),))
    drawn = svg(evil)
    assert "<script" not in drawn
    assert "&lt;b&gt;&amp;" in drawn


def test_a_picture_says_in_words_what_it_shows() -> None:
    assert described(PROFILE).startswith("Mean score by topic: networking 80, storage 43")
    assert described(CALENDAR) == "By day: 41 answers on 9 days"


def test_a_machine_without_fonts_is_told_so() -> None:
    assert has_font()
    assert not has_font(installed=False)


def test_a_calendar_is_seven_rows_of_text_with_a_column_for_each_week() -> None:
    rows = rows_of(CALENDAR)
    assert len(rows) == 7
    assert {len(row) for row in rows} == {4 + 15}
    assert rows[0].startswith("Mon  "), "the first Monday is before the first day"
    assert rows[2][4] == "·"


def test_an_empty_calendar_and_an_empty_trend_are_no_trouble() -> None:
    assert rows_of(Chart(title="t", kind="days", bars=())) == [" "] * 7
    assert rows_of(Chart(title="t", kind="trend", bars=())) == []
    assert "<svg" in svg(Chart(title="t", kind="days", bars=()))
    assert "<svg" in svg(Chart(title="t", kind="trend", bars=()))
