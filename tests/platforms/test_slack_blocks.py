"""Whatever a card says, Slack takes it, nobody is pinged, and nothing is markup that should be text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_bot.chat.charts import rows_of
from interview_bot.chat.messages import Bar, Card, Chart, Choice, Line
from interview_bot.platforms.slack.blocks import render
from interview_bot.platforms.slack.pieces import Piece, chunks, cut, fit, length, pieces
from tests.fakes.slack import plain
from tests.fakes.slack_checks import check_message

STYLES = ["heading", "text", "quote", "code", "note", "met", "partial", "missed", "wrong"]
ODD = [
    "<!channel>",
    "<@U1>",
    "&amp;",
    "*_~`",
    "> quoted",
    "\x00",
    "\u202e",
    "\ud800",
    "https://a.b/_c_",
    "{x}",
    "\n",
]
words = st.one_of(
    st.text(max_size=60),
    st.sampled_from(ODD),
    st.builds(
        lambda one, times: one * times, st.sampled_from(["word ", "x", "<", "&", "🐳"]), st.integers(0, 5_000)
    ),
)
lines = st.builds(
    lambda style, blank: Line(text="Said: {it} *and _more_*", blanks={"it": blank}, style=style),
    st.sampled_from(STYLES),
    words,
)
choices = st.builds(
    Choice,
    label=words,
    command=st.text(max_size=200),
    turn=st.none() | st.just("t1"),
    asks=st.booleans(),
    style=st.sampled_from(["plain", "primary", "danger"]),
)
bars = st.builds(Bar, label=words, value=st.floats(-1, 2))
cards = st.builds(
    Card,
    lines=st.lists(lines, max_size=80).map(tuple),
    choices=st.lists(choices, max_size=30).map(tuple),
    chart=st.none() | st.builds(Chart, title=words, bars=st.lists(bars, max_size=25).map(tuple)),
)


def text_in(node: object) -> int:
    """Characters in all texts of some blocks."""
    if isinstance(node, list):
        return sum(text_in(child) for child in node)
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(text_in(child) for child in node.values())
    return 0


def seen(node: object) -> object:
    """Blocks without the values of buttons, which nobody sees."""
    if isinstance(node, list):
        return [seen(child) for child in node]
    if isinstance(node, dict):
        return {name: seen(child) for name, child in node.items() if name != "value"}
    return node


@settings(max_examples=150, deadline=None)
@given(st.lists(cards, min_size=1, max_size=3), st.booleans())
def test_slack_takes_every_card(several: list[Card], charts: bool) -> None:
    shown = render(several[:1] if charts else several, charts=charts)
    check_message({"text": shown.text, "blocks": shown.blocks}, text_limit=4_000)
    assert len(shown.blocks) <= 50
    assert text_in(shown.blocks) < 10_000
    said = json.dumps(seen(list(shown)), ensure_ascii=False)
    assert "<!" not in said
    assert "<@" not in said


@given(cards)
@settings(max_examples=30, deadline=None)
def test_the_same_card_makes_the_same_blocks(card: Card) -> None:
    assert render([card], mark="7.1") == render([card], mark="7.1")
    ids = [block["block_id"] for block in render([card], mark="7.1").blocks]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {block["block_id"] for block in render([card], mark="7.2").blocks}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "spoof",
    [
        "<!channel>", "<!here|here>", "<!everyone>", "<@U12345>", "<@U12345|ada>", "<#C1>", "<!subteam^S1>",
        "<!date^1^{date}|x>", "<<!channel>>", "&lt;!channel&gt;", "<\x00!channel>", "<\x0b@U1>",
        "*bold* _it_ ~gone~ `code`", "> quote", "<https://evil.example|https://good.example>",
    ],
)  # fmt: skip
def test_words_of_people_never_ping_and_never_turn_into_markup(spoof: str, style: str) -> None:
    card = Card(
        lines=(Line(text="{name} — 10 points", blanks={"name": spoof}, style=style),),  # pyright: ignore[reportArgumentType]
        choices=(Choice(label=spoof, command="x"),),
        chart=Chart(title=spoof, bars=(Bar(label=spoof, value=1), Bar(label=f"{spoof} 2", value=0))),
    )
    for charts in (True, False):
        shown = render([card], charts=charts)
        said = json.dumps(shown, ensure_ascii=False)
        assert "<!" not in said
        assert "<@" not in said
        assert '"mrkdwn"' not in json.dumps(shown.blocks)
        kinds = {element["type"] for element in elements(shown.blocks)}
        assert kinds <= {"text", "link"}
        own_look = style == "note" or not charts  # a note with a link, and a chart's title
        assert own_look or not any(element.get("style") for element in elements(shown.blocks))


def elements(blocks: list[dict]) -> list[dict]:
    """All pieces of rich text."""
    found = [inner for block in blocks if block["type"] == "rich_text" for inner in block["elements"]]
    return [piece for inner in found for piece in inner["elements"]]


def test_commands_and_config_are_shown_as_they_were_written() -> None:
    said = "run `docker run --cap-add=NET_ADMIN -v /a:/b:ro` && *check* memory_limit_in_bytes <tag>"
    for style in ("text", "quote", "code", "note", "met", "heading"):
        shown = render([Card(lines=(Line(text="{said}", blanks={"said": said}, style=style),))])
        assert said in plain({"blocks": shown.blocks})


def test_the_template_is_markup_and_only_the_template() -> None:
    line = Line(text="*{prefix}docker* starts _now_ snake_case", blanks={"prefix": "/mock_it *x* "})
    assert pieces(line) == [
        Piece("/mock_it *x* docker", bold=True),
        Piece(" starts "),
        Piece("now", italic=True),
        Piece(" snake_case"),
    ]


def test_an_address_in_a_blank_can_be_clicked_but_not_in_a_quote() -> None:
    blanks = {"source": "Docker docs § 3 https://docs.docker.com/a_b/?x=1&y=2."}
    assert pieces(Line(text="To read: {source}", blanks=blanks))[1:] == [
        Piece("https://docs.docker.com/a_b/?x=1&y=2", url="https://docs.docker.com/a_b/?x=1&y=2"),
        Piece("."),
    ]
    assert len(pieces(Line(text="{source}", blanks=blanks, style="quote"))) == 1


def test_an_address_that_must_be_split_or_cut_is_text_and_no_broken_link() -> None:
    link = Piece("https://a.b/" + "c" * 40, url="https://a.b/" + "c" * 40)
    assert [piece.url for portion in chunks([link], 30) for piece in portion] == [None, None]
    assert {piece.url for piece in cut([Piece("see "), link], 30)} == {None}
    assert [piece.url for piece in cut([Piece("see "), link], 100)] == [None, link.url]


def test_verdicts_have_a_sign_before_their_word() -> None:
    lines = [Line(text="Heard: a", style="met"), Line(text="Not heard: b", style="missed")]
    lines += [Line(text="Partly heard: c", style="partial"), Line(text="Not true: d", style="wrong")]
    said = plain({"blocks": render([Card(lines=tuple(lines))]).blocks}).split("\n")
    assert said == ["✓ Heard: a", "○ Not heard: b", "◐ Partly heard: c", "✗ Not true: d"]


def test_a_quote_stands_with_its_verdict_and_a_correction_with_what_is_wrong() -> None:
    lines = [Line(text="Heard: a", style="met"), Line(text="“a”", style="quote"), Line(text="Next time: b")]
    lines += [
        Line(text="Not true: c", style="wrong"),
        Line(text="“c”", style="quote"),
        Line(text="Rather: d"),
    ]
    blocks = render([Card(lines=tuple(lines))]).blocks
    assert [plain({"blocks": [block]}) for block in blocks] == [
        "✓ Heard: a\n> “a”",
        "Next time: b",
        "✗ Not true: c\n> “c”\nRather: d",
    ]


def test_a_button_carries_its_command_and_whether_it_asks() -> None:
    card = Card(
        lines=(),
        choices=(
            Choice(label="Answer", command="answer", turn="t1", asks=True, style="primary"),
            Choice(label="Go on", command="resume"),
        ),
    )
    [row] = render([card]).blocks
    first, second = row["elements"]
    assert json.loads(first["value"]) == {"command": "answer", "turn": "t1", "asks": True}
    assert json.loads(second["value"]) == {"command": "resume", "turn": None}
    assert (first["action_id"], second["action_id"]) == ("ib:0", "ib:1")
    assert first["style"] == "primary"
    assert "style" not in second


def test_a_button_that_cannot_carry_its_command_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="a button cannot stand for"):
        render([Card(lines=(), choices=(Choice(label="x", command="y" * 2_100),))])


def test_a_chart_is_a_picture_with_its_numbers_in_the_fallback() -> None:
    chart = Chart(
        title="Score by topic, in percent",
        bars=(Bar(label="networking", value=0.7), Bar(label="a" * 30, value=1)),
    )
    shown = render([Card(lines=(), chart=chart)])
    [block] = shown.blocks
    assert block["type"] == "data_visualization"
    assert [point["value"] for point in block["chart"]["series"][0]["data"]] == [70, 100]
    assert "networking" in shown.text
    assert "70" in shown.text
    drawn = render([Card(lines=(), chart=chart)], charts=False)
    assert {block["type"] for block in drawn.blocks} == {"rich_text"}


def test_a_chart_of_one_bar_is_a_line_of_text_with_its_number_before_the_bar() -> None:
    chart = Chart(title="Score by topic, in percent", bars=(Bar(label="networking", value=0.75),))
    shown = render([Card(lines=(), chart=chart)])
    assert {block["type"] for block in shown.blocks} == {"rich_text"}
    assert "networking  75 % █████████░░░" in shown.text


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=20))
def test_a_chart_of_text_is_no_wider_than_a_phone_shows_in_one_line(labels: list[str]) -> None:
    rows = rows_of(Chart(title="t", bars=tuple(Bar(label=label, value=1) for label in labels)))
    assert max(map(len, rows)) <= 39


def test_a_long_card_loses_its_quotes_first() -> None:
    quote, point = "q" * 2_000, "p" * 1_000
    pair = (Line(text=point, style="met"), Line(text=quote, style="quote"))
    said = plain({"blocks": render([Card(lines=pair * 6)]).blocks})
    assert said.count(point) == 6
    assert quote not in said
    assert "…" in said


def test_very_many_lines_still_fit_into_fifty_blocks_and_none_is_lost() -> None:
    lines = [Line(text=f"Note {n}.", style="note" if n % 2 else "missed") for n in range(200)]
    shown = render([Card(lines=tuple(lines))])
    said = plain({"blocks": shown.blocks})
    assert len(shown.blocks) <= 50
    assert all(f"Note {n}." in said for n in range(200))


def test_a_card_that_says_nothing_is_still_a_message() -> None:
    shown = render([Card(lines=(Line(text=" "),))])
    check_message({"text": shown.text, "blocks": shown.blocks})


@given(
    st.lists(st.tuples(st.sampled_from(["quote", "text"]), st.integers(0, 3_000)), max_size=100),
    st.integers(1_000, 9_000),
)
def test_lines_are_shortened_to_what_there_is_room_for(sizes: list[tuple[str, int]], most: int) -> None:
    given_lines = [(style, [Piece("x" * size)]) for style, size in sizes]
    fitted = fit(given_lines, most)
    assert sum(length(line) for _, line in fitted) <= most
    if sum(size for _, size in sizes) <= most:
        assert [length(line) for _, line in fitted] == [size for _, size in sizes]


@given(st.lists(st.text(max_size=50).map(Piece), max_size=10), st.integers(1, 40))
def test_pieces_are_cut_and_split_without_losing_a_character(parts: list[Piece], most: int) -> None:
    whole = "".join(piece.text for piece in parts)
    portions = chunks(parts, most)
    assert "".join(piece.text for portion in portions for piece in portion) == whole
    assert all(length(portion) <= most for portion in portions)
    assert length(cut(parts, most)) <= max(most, 1) + (most == 1)
