"""The rules of Slack's charts and data tables, which slack_sdk's models do not know yet.

Lengths and counts are in `slack_checks.CAPS`. Every problem comes with its place inside the block.
"""

from collections.abc import Iterator
from typing import Any

Problem = tuple[str, str]

_KEYS = {
    "data_visualization": {"type", "block_id", "title", "chart"},
    "data_table": {"type", "block_id", "rows", "caption", "page_size", "row_header_column_index"},
}
_AXIS_CHART_KEYS = {"type", "series", "axis_config"}
_CHART_KEYS = {
    "pie": {"type", "segments"},
    "bar": _AXIS_CHART_KEYS,
    "area": _AXIS_CHART_KEYS,
    "line": _AXIS_CHART_KEYS,
}


def is_chart_or_table(block: dict[str, Any]) -> bool:
    """Whether this module is the one that knows the block."""
    return block.get("type") in _KEYS


def chart_problems(block: dict[str, Any]) -> Iterator[Problem]:
    """What Slack would refuse in a `data_visualization` or `data_table` block."""
    yield from _unknown_keys(block, _KEYS[block["type"]], "")
    if block["type"] == "data_table":
        yield from _table(block)
        return
    chart = block.get("chart")
    if not block.get("title") or not isinstance(chart, dict):
        yield "missing required field: title or chart", ""
        return
    kind = chart.get("type")
    if kind not in _CHART_KEYS:
        yield f"unsupported type: {kind}", "/chart/type"
        return
    yield from _unknown_keys(chart, _CHART_KEYS[kind], "/chart")
    yield from _pie(chart) if kind == "pie" else _axis_chart(chart)


def _pie(chart: dict[str, Any]) -> Iterator[Problem]:
    for number, segment in enumerate(chart.get("segments") or []):
        if not segment.get("label") or not _is_number(segment.get("value")) or segment["value"] <= 0:
            yield "needs a label and a value greater than 0", f"/chart/segments/{number}"


def _axis_chart(chart: dict[str, Any]) -> Iterator[Problem]:
    categories = (chart.get("axis_config") or {}).get("categories") or []
    series = chart.get("series") or []
    if not categories or not series:
        yield "missing required field: series or axis_config.categories", "/chart"
    if len(set(categories)) != len(categories):
        yield "categories must be unique", "/chart/axis_config/categories"
    if len({one.get("name") for one in series}) != len(series):
        yield "names must be unique", "/chart/series"
    for number, one in enumerate(series):
        points = one.get("data") or []
        if sorted(str(point.get("label")) for point in points) != sorted(categories):
            yield "must have exactly one point for every category", f"/chart/series/{number}/data"
        if not all(_is_number(point.get("value")) for point in points):
            yield "every value must be a number", f"/chart/series/{number}/data"


def _table(block: dict[str, Any]) -> Iterator[Problem]:
    rows = block.get("rows") or []
    if not block.get("caption"):
        yield "missing required field: caption", ""
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 1 <= max(widths) <= 20:
        yield "every row must have the same number of cells, 1 to 20", "/rows"
    if rows and any(cell.get("type") == "rich_text" for cell in rows[0]):
        yield "header cells cannot be rich text", "/rows/0"
    if not 1 <= block.get("page_size", 5) <= 100:
        yield "must be between 1 and 100", "/page_size"


def _unknown_keys(node: dict[str, Any], known: set[str], place: str) -> Iterator[Problem]:
    for key in sorted(set(node) - known):
        yield f"invalid additional property: {key}", place


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
