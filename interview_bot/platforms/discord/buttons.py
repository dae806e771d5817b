"""Buttons that carry the command they stand for, and the form for a longer answer; both outlive a restart."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Protocol, Self, cast

import discord
from discord import ui

from interview_bot.chat.messages import Choice

LONGEST_ANSWER = 4_000
"""Discord's own limit for a text field."""
LONGEST_LABEL = 80
FORM = "ib:form:"
FIELD = "answer"

_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}
_LONGEST_QUESTION = 2_000


class Pressed(NamedTuple):
    """What a button stands for; `asks`: a form comes first. Nothing in it says who presses: Discord does."""

    command: str
    turn: str | None
    asks: bool


class Presses(Protocol):
    """What a press is handed to."""

    async def pressed(self, interaction: discord.Interaction, button: Pressed) -> None:
        """Do what the button stands for."""
        ...


class Press(
    ui.DynamicItem[ui.Button[Any]], template=r"ib:\d+:(?P<asks>[ac]):(?P<turn>[^:]*):(?P<command>.+)"
):
    """A button known by its id alone, so that one from before a restart still works."""

    def __init__(self, button: ui.Button[Any], pressed: Pressed) -> None:
        """A button, and what it stands for."""
        super().__init__(button)
        self.pressed = pressed

    @classmethod
    def standing_for(cls, choice: Choice, number: int) -> Press:
        """The button of a choice; `number` tells apart two that stand for the same."""
        name = f"ib:{number}:{'a' if choice.asks else 'c'}:{choice.turn or ''}:{choice.command}"[:100]
        button: ui.Button[Any] = ui.Button(
            style=_STYLES[choice.style], label=choice.label[:LONGEST_LABEL], custom_id=name
        )
        return cls(button, Pressed(choice.command, choice.turn, choice.asks))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the id of a pressed button."""
        pressed = Pressed(match["command"], match["turn"] or None, match["asks"] == "a")
        return cls(cast("ui.Button[Any]", item), pressed)

    async def callback(self, interaction: discord.Interaction) -> Any:
        """Hand the press on."""
        await cast("Presses", interaction.client).pressed(interaction, self.pressed)


class Form(ui.Modal):
    """The form for an answer: the question on top, one field, and the turn that it belongs to."""

    def __init__(self, title: str, label: str, turn: str | None, question: str) -> None:
        """A form for one turn; `question` is shown above the field."""
        super().__init__(title=title[:45], custom_id=f"{FORM}{turn or ''}", timeout=None)
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=FIELD, style=discord.TextStyle.paragraph, min_length=1, max_length=LONGEST_ANSWER
        )
        if question:
            self.add_item(ui.TextDisplay(question))
        self.add_item(ui.Label(text=label[:45], component=field))
        # discord.py would keep the form in memory and lose it with a restart; the id says everything.
        self.stop()


def question_of(message: discord.Message | None) -> str:
    """The words of the message that a button stands on."""
    texts: list[str] = []
    for box in message.components if message else ():
        inside = box.children if isinstance(box, discord.components.Container) else [box]
        texts += [part.content for part in inside if isinstance(part, discord.components.TextDisplay)]
    whole = "\n".join(texts)
    return whole if len(whole) <= _LONGEST_QUESTION else whole[:_LONGEST_QUESTION].rpartition("\n")[0]


class Filled(NamedTuple):
    """A form that was sent."""

    text: str
    turn: str | None


def filled_in(interaction: discord.Interaction) -> Filled | None:
    """What was typed into a sent form; None if it is not ours."""
    data = cast("dict[str, Any]", interaction.data or {})
    name = str(data.get("custom_id", ""))
    if interaction.type is not discord.InteractionType.modal_submit or not name.startswith(FORM):
        return None
    for row in data.get("components", []):
        inside = [row["component"]] if "component" in row else row.get("components", [])
        for one in inside:
            if one.get("custom_id") == FIELD:
                return Filled(str(one.get("value") or ""), name.removeprefix(FORM) or None)
    return None
