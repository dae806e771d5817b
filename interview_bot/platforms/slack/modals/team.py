"""The forms about a team: a suggested question, and the team's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import slackblocks as kit

from interview_bot.platforms.slack.pieces import escaped
from interview_bot.platforms.slack.words import Words

SUGGEST, SETTINGS = "ib:suggest", "ib:settings"
TOPIC, PROMPT, REFERENCE, SOURCES = "ib:topic", "ib:prompt", "ib:reference", "ib:sources"
REVIEWERS, GRADER, BUDGET, KEEP = "ib:reviewers", "ib:grader", "ib:budget", "ib:keep"
USUAL = "usual"

LONGEST_PROMPT = 2_000
LONGEST_REFERENCE = 3_000
MOST_TOPICS = 100


def suggest_form(topics: Sequence[str], words: Words) -> dict[str, Any]:
    """Topic, question, what a strong answer says, and addresses to read."""
    options = [kit.Option(kit.PlainText(escaped(one, 75)), one[:75]) for one in topics[:MOST_TOPICS]]
    blocks: list[kit.Block] = [
        kit.InputBlock(
            kit.PlainText(words.word("slack.start-topic")),
            kit.StaticSelectMenu("topic", options),
            block_id=TOPIC,
        ),
        _text(words, "slack.suggest-prompt", PROMPT, LONGEST_PROMPT),
        _text(words, "slack.suggest-reference", REFERENCE, LONGEST_REFERENCE),
        _text(words, "slack.suggest-sources", SOURCES, 1_000, optional=True),
    ]
    return _modal(SUGGEST, words, "slack.suggest-title", "slack.form-send", blocks)


def settings_form(facts: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Reviewers' channel, grader, budget and days that words are kept; `facts` are those that `admin` tells."""
    graders = [kit.Option(kit.PlainText(words.word(f"slack.grader-{one}")), one) for one in (USUAL, "rubric")]
    budget, days = facts.get("budget"), facts.get("keep_days")
    blocks: list[kit.Block] = [
        kit.SectionBlock(
            kit.PlainText(
                words.word("slack.settings-spent").format(spent=f"{facts['spent']:.2f}", number=facts["open"])
            )
        ),
        kit.InputBlock(
            kit.PlainText(words.word("slack.settings-reviewers")),
            kit.ConversationSelectMenu(
                "reviewers",
                initial_conversation=facts.get("reviewers"),
                filter=kit.ConversationFilter(include=["public", "private"], exclude_bot_users=True),
            ),
            hint=kit.PlainText(words.word("slack.settings-invite")),
            block_id=REVIEWERS,
            optional=True,
        ),
        kit.InputBlock(
            kit.PlainText(words.word("slack.settings-grader")),
            kit.RadioButtonGroup("grader", graders, initial_option=graders[1 if facts.get("grader") else 0]),
            block_id=GRADER,
        ),
        kit.InputBlock(
            kit.PlainText(words.word("slack.settings-budget").format(most=f"{facts['most_budget']:.2f}")),
            kit.NumberInput(
                True,
                "budget",
                initial_value=None if budget is None else f"{budget:.2f}",
                placeholder=words.word("slack.grader-usual"),
                min_value="0",
                max_value=f"{facts['most_budget']:g}",
            ),
            block_id=BUDGET,
            optional=True,
        ),
        kit.InputBlock(
            kit.PlainText(words.word("slack.settings-keep")),
            kit.NumberInput(
                False,
                "keep",
                initial_value=None if days is None else str(days),
                placeholder=words.word("slack.grader-usual"),
                min_value="1",
                max_value=str(facts["most_days"] or 3_650),
            ),
            block_id=KEEP,
            optional=True,
        ),
    ]
    return _modal(SETTINGS, words, "slack.settings-title", "slack.save", blocks)


def _text(words: Words, label: str, block_id: str, most: int, *, optional: bool = False) -> kit.InputBlock:
    field = kit.PlainTextInput(action_id="text", multiline=True, max_length=most)
    return kit.InputBlock(kit.PlainText(words.word(label)), field, block_id=block_id, optional=optional)


def _modal(callback: str, words: Words, title: str, submit: str, blocks: list[kit.Block]) -> dict[str, Any]:
    return kit.ModalView(
        kit.PlainText(words.word(title)),
        blocks,
        submit=kit.PlainText(words.word(submit)),
        close=kit.PlainText(words.word("slack.form-cancel")),
        callback_id=callback,
    ).to_dict()
