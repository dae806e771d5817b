"""What people write is shown as they wrote it: it is never markup, a masked link, a mention or a trick."""

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_bot.chat.messages import Bar, Card, Chart, Choice, Line, fill
from interview_bot.platforms.discord.layout import MOST_TEXT, V2, components
from interview_bot.platforms.discord.text import clean, shown
from tests.fakes.discord_checks import check_message
from tests.fakes.discord_plain import labels, plain, read

STYLES = ["heading", "text", "quote", "note", "met", "partial", "missed", "wrong"]


def line(text: str, style: str = "text", template: str = "{it}") -> Line:
    return Line.model_validate({"text": template, "blanks": {"it": text}, "style": style})


def checked(*cards: Card) -> dict[str, Any]:
    """A message of these cards, as strict as Discord takes it."""
    body = {"components": components(cards), "flags": V2, "allowed_mentions": {"parse": []}}
    check_message(body)
    return body


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("**bold** _it_ ~~no~~ ||spoiler||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|spoiler\|\|"),
        ("[bank](https://evil.example)", r"\[bank\](https\://evil.example)"),
        ("<@1> <#2> </x:3> <t:1:R>", r"\<@1\> \<#2\> \</x:3\> \<t:1:R\>".replace("#", r"\#")),
        ("`rm -rf`", r"\`rm -rf\`"),
        ("@everyone @here", "@\u2060everyone @\u2060here"),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("e\u200dveryone", "everyone"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("# big", r"\# big"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("\\*", r"\\\*"),
        ("-# small", r"-\# small"),
    ],
)
def test_words_of_people_are_no_markup(typed: str, sent: str) -> None:
    assert shown(line(typed, "quote")) == f"> {sent}"


def test_our_own_markup_is_markup_and_its_blanks_are_not() -> None:
    told = shown(Line(text="*{a}* says _so_ in snake_case", blanks={"a": "*x*"}))
    assert told == r"**\*x\*** says _so_ in snake\_case"


def test_signs_stand_at_the_words_and_not_at_spaces() -> None:
    assert shown(line(" two\nrows ", template="*{it}*")) == "**two\nrows**"


def test_a_listing_cannot_be_left_early() -> None:
    told = shown(line("FROM x\n```\n@everyone", "code"))
    assert told.count("```") == 2
    assert read(told).replace("\u2060", "").startswith("FROM x\n```")


def test_an_address_of_ours_is_a_link_and_one_in_an_answer_is_not() -> None:
    assert (
        shown(line("Docs https://docs.docker.com/a_b.", "note")) == "-# Docs <https://docs.docker.com/a_b>."
    )
    assert "<https" not in shown(line("see https://x.example", "quote"))


@given(st.text(max_size=300), st.sampled_from(STYLES))
def test_any_text_is_read_as_it_was_written(text: str, style: str) -> None:
    told = read(shown(line(text, style)))
    whole = "".join(clean(text).split())
    assert "".join(told.split())[-len(whole) :] == whole if whole else True


@given(st.lists(st.text(min_size=1, max_size=5_000), min_size=1, max_size=40), st.sampled_from(STYLES))
async def test_any_card_fits_into_discords_limits(texts: list[str], style: str) -> None:
    choices = tuple(Choice(label="Go " * 40, command="hint", turn="t") for _ in range(20))
    card = Card(lines=tuple(line(text, style) for text in texts), choices=choices)
    body = checked(card, card)
    assert sum(len(one["content"]) for one in _texts(body)) <= MOST_TEXT


def _texts(body: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def walk(node: object) -> None:
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if node.get("type") == 10:
                found.append(node)
            walk(node.get("components"))

    walk(body["components"])
    return found


async def test_quotes_are_cut_before_verdicts() -> None:
    verdicts = [line(f"Heard: point {number} " + "x" * 90, "met") for number in range(15)]
    quotes = [line("“" + "word " * 60 + "”", "quote") for _ in range(15)]
    both = tuple(one for pair in zip(verdicts, quotes, strict=True) for one in pair)
    told = plain(checked(Card(lines=both)))
    assert all(fill(verdict) in told for verdict in verdicts)
    assert told.count("…") == 15


async def test_a_chart_is_drawn_with_text() -> None:
    chart = Chart(title="Score by topic", bars=(Bar(label="networking", value=0.5),))
    told = plain(checked(Card(lines=(line("That was it"),), chart=chart)))
    assert "Score by topic" in told
    assert "networking  50 % ██████░░░░░░" in told


async def test_a_button_says_what_it_stands_for_and_nothing_about_anybody() -> None:
    choice = Choice(label="Answer", command="answer", turn="4f2a", asks=True, style="primary")
    button = labels(checked(Card(lines=(line("x"),), choices=(choice,))))["Answer"]
    assert button["custom_id"].endswith("|a|4f2a|answer")
    assert button["style"] == discord.ButtonStyle.primary.value
