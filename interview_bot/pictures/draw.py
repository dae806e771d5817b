"""Draws charts as SVG: bars by topic, a line over time, a calendar; readable on dark and light, without telling by hue alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import pygal
from pygal.style import Style

from interview_bot.chat.charts import share, step, weeks_of
from interview_bot.chat.messages import Bar, Chart

# pygal leaves an importer behind, for plugins that we have none of; Python 3.11 warns of it at every import that fails.
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != "PluginImportFixer"]

WIDTH = 900
PAPER, INK, FAINT = "#F7F7F5", "#1F2328", "#C9CDD2"
"""A paper of its own: whatever theme is behind it, the contrast is the same."""
BLUE = "#0B5CAD"
RAMP = ("#E4E7EA", "#B3D1EC", "#6FA8DC", "#2F74B5", "#0A3A6B")
"""None, few, ..., most: each is darker than the one before, so that it needs no eye for colours."""
MOST_BARS = 20
LONGEST_LABEL = 24
TIME_LABELS = 8
FONT = "DejaVu Sans"


class _Sheet(NamedTuple):
    """What all three kinds have in common."""

    title: str
    height: int

    def options(self, **more: Any) -> dict[str, Any]:
        style = Style(
            background=PAPER,
            plot_background=PAPER,
            foreground=INK,
            foreground_strong=INK,
            foreground_subtle=FAINT,
            guide_stroke_color=FAINT,
            major_guide_stroke_color=FAINT,
            guide_stroke_dasharray="1,0",
            major_guide_stroke_dasharray="1,0",
            opacity="1",
            colors=(BLUE,),
            value_colors=(INK,),
            font_family=f"{FONT}, sans-serif",
            title_font_size=22,
            label_font_size=16,
            major_label_font_size=16,
            value_font_size=16,
        )
        usual: dict[str, Any] = {
            "style": style,
            "js": (),  # the default loads a script from elsewhere
            "title": self.title,
            "width": WIDTH,
            "height": self.height,
            "margin": 24,
            "show_legend": False,
            "pretty_print": False,
            "disable_xml_declaration": True,
        }
        return usual | more


def svg(chart: Chart) -> str:
    """A chart as SVG: no script, nothing loaded from elsewhere, the same text for the same chart."""
    drawn = {"bars": _bars, "trend": _trend, "days": _days}[chart.kind](chart)
    text = re.sub(r"<!--.*?-->|<script.*?</script>", "", str(drawn.render()), flags=re.DOTALL)
    own = sha256(chart.model_dump_json().encode()).hexdigest()[:12]
    text = re.sub(r"chart-[0-9a-f-]{36}", f"chart-{own}", text)
    # A picture is read as one thing: its name is its title, and the parts are left out.
    return text.replace("<svg ", '<svg role="img" ', 1)


def _bars(chart: Chart) -> Any:
    """Best known at the top: pygal fills from below."""
    bars = list(reversed(chart.bars[:MOST_BARS]))
    drawn: Any = pygal.HorizontalBar(
        **_Sheet(chart.title, 110 + 44 * max(1, len(bars))).options(
            range=(0, 100),
            y_labels=_labels(),
            value_formatter=_whole,
        )
    )
    drawn.x_labels = [f"{_short(bar.label)}  {percent(bar):>3}" for bar in bars]
    drawn.add("", [percent(bar) for bar in bars])
    return drawn


def _trend(chart: Chart) -> Any:
    drawn: Any = pygal.Line(
        **_Sheet(chart.title, 380).options(
            range=(0, 100),
            y_labels=_labels(),
            dots_size=5,
            css=("file://style.css", "file://graph.css", "inline:.line.reactive{stroke-width:4 !important}"),
            value_formatter=_whole,
            show_minor_x_labels=False,
            truncate_label=-1,
        )
    )
    names = [bar.label for bar in chart.bars]
    drawn.x_labels = names
    drawn.x_labels_major = names[:: max(1, -(-len(names) // TIME_LABELS))]
    drawn.add("", [percent(bar) for bar in chart.bars])
    return drawn


def _days(chart: Chart) -> Any:
    """A column for each week from its Monday on, stacked from below: Sunday first."""
    weeks = weeks_of(chart.bars)
    most = max((bar.value for bar in chart.bars), default=0.0)
    drawn: Any = pygal.StackedBar(
        **_Sheet(chart.title, 290).options(
            spacing=3,
            rounded_bars=3,
            show_y_guides=False,
            show_minor_x_labels=False,
            truncate_label=-1,
            y_labels=[
                {"label": name, "value": 6.5 - number} for number, name in enumerate(chart.rows) if name
            ],
        )
    )
    # pygal tells labels apart by their text, so each week has its own.
    drawn.x_labels = [_named(week) for week in weeks]
    drawn.x_labels_major = [_named(week) for week in weeks if week[0][0].day <= 7]
    for weekday in reversed(range(7)):
        drawn.add("", [{"value": 1, "color": shade(week[weekday][1], most)} for week in weeks])
    return drawn


def shade(value: float | None, most: float) -> str:
    """The colour of a day: paper for one that is not shown, else darker for more."""
    return PAPER if value is None else RAMP[step(value, most)]


def _named(week: Sequence[tuple[date, float | None]]) -> str:
    """A month by its first Monday, any other week by its own."""
    monday = week[0][0].isoformat()
    return monday[:7] if week[0][0].day <= 7 else monday


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _labels() -> list[int]:
    return [0, 25, 50, 75, 100]


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def percent(bar: Bar) -> int:
    """A share as whole percent."""
    return round(100 * share(bar))
