"""The forms that start an interview: from anywhere, or about somebody's message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import slackblocks as kit

from interview_bot.core.picking import USUAL_LENGTH
from interview_bot.platforms.slack.pieces import escaped
from interview_bot.platforms.slack.words import Words

START, NEAR = "ib:start", "ib:near"
TOPIC, LEVEL, NUMBER, CHOICE = "ib:topic", "ib:level", "ib:number", "ib:choice"

MOST_TOPICS = 100
_OPTION = 75
_LEVELS = ("1", "2", "3")


def start_form(topics: Sequence[str], words: Words, most: int) -> dict[str, Any]:
    """Which topic, at which level, how many questions; only the topic is needed.

    Args:
        topics: what can be asked about, the usual one first.
        words: the room's sentences.
        most: the longest sitting.
    """
    options = [
        kit.Option(kit.PlainText(escaped(one, _OPTION)), one[:_OPTION]) for one in topics[:MOST_TOPICS]
    ]
    usual = words.word("slack.number-usual").format(usual=USUAL_LENGTH, most=most)
    levels = [kit.Option(kit.PlainText(words.word(f"slack.level-{one}")), one) for one in _LEVELS]
    return _modal(
        START,
        words,
        "slack.start-title",
        [
            kit.InputBlock(
                kit.PlainText(words.word("slack.start-topic")),
                kit.StaticSelectMenu("topic", options, initial_option=options[0]),
                block_id=TOPIC,
            ),
            kit.InputBlock(
                kit.PlainText(words.word("slack.start-level")),
                kit.StaticSelectMenu("level", levels, placeholder=words.word("slack.level-any")),
                block_id=LEVEL,
                optional=True,
            ),
            kit.InputBlock(
                kit.PlainText(words.word("slack.start-number")),
                kit.NumberInput(False, "number", min_value=1, max_value=most, placeholder=usual),
                block_id=NUMBER,
                optional=True,
            ),
        ],
    )


def near_form(found: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    """One of the questions that were found; `found` holds slug, topic, level and prompt of each."""
    blocks: list[kit.Block] = []
    options: list[kit.Option] = []
    for number, one in enumerate(found, 1):
        prompt = " ".join(str(one["prompt"]).split())
        blocks.append(kit.SectionBlock(kit.PlainText(escaped(f"{number}. {prompt}", 1_000))))
        about = escaped(f"{one['topic']} · {words.word('slack.level')} {one['level']}", _OPTION)
        options.append(
            kit.Option(
                kit.PlainText(escaped(f"{number}. {prompt}", _OPTION)), str(one["slug"]), kit.PlainText(about)
            )
        )
    choice = kit.RadioButtonGroup("choice", options, initial_option=options[0])
    asked = kit.InputBlock(kit.PlainText(words.word("slack.near-choice")), choice, block_id=CHOICE)
    return _modal(NEAR, words, "slack.near-title", [*blocks, asked])


def _modal(callback: str, words: Words, title: str, blocks: list[kit.Block]) -> dict[str, Any]:
    return kit.ModalView(
        kit.PlainText(words.word(title)),
        blocks,
        submit=kit.PlainText(words.word("slack.start")),
        close=kit.PlainText(words.word("slack.form-cancel")),
        callback_id=callback,
    ).to_dict()
