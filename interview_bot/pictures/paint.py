"""Paints charts as PNG, with a font of this machine."""

from __future__ import annotations

import resvg_py

from interview_bot.chat.messages import Chart, Picture, described
from interview_bot.pictures.draw import FONT, svg

ZOOM = 1.5
"""Pixels for each unit of the drawing: sharp on a phone, 20 to 60 KB."""
_PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30">{}</text></svg>'


def picture(chart: Chart) -> Picture:
    """A chart as a picture with its description; takes some hundredths of a second of computing."""
    drawn = svg(chart)
    return Picture(_png(drawn, ZOOM), drawn, described(chart))


def has_font(*, installed: bool = True) -> bool:
    """Whether words appear in pictures: without any font the painter leaves them out in silence.

    Args:
        installed: whether the fonts of this machine may be used.
    """
    return _png(_PROBE.format("W"), 1.0, installed) != _png(_PROBE.format(""), 1.0, installed)


def _png(drawn: str, zoom: float, installed: bool = True) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawn,
            zoom=zoom,
            font_family=FONT,
            sans_serif_family=FONT,
            skip_system_fonts=not installed,
        )
    )
