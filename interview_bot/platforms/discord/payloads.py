"""What Discord sends, as Messages."""

from __future__ import annotations

import re

import discord

from interview_bot.chat.messages import Message
from interview_bot.core.interview import Who

_MENTION = re.compile(r"<@!?(\d+)>")
_TYPED = {discord.MessageType.default, discord.MessageType.reply}


def key(number: int) -> str:
    """A delivery's key."""
    return f"discord:{number}"


def team_of(interaction: discord.Interaction, found: str | None) -> str:
    """The team that an interaction belongs to.

    A server is a team. In direct messages it is the team whose interview is held there (`found`); a person who
    talks with the bot alone is a team of one, so that nothing crosses to strangers.
    """
    if interaction.guild_id is not None:
        return team_in(interaction.guild_id)
    return found or alone(interaction.user.id)


def team_in(guild: int) -> str:
    """The team that a server is."""
    return f"discord:{guild}"


def alone(user: int) -> str:
    """The team of a person who talks with the bot in direct messages only."""
    return f"discord:dm:{user}"


def who(interaction: discord.Interaction, team: str) -> Who:
    """Who pressed, typed a command or sent a form."""
    user = interaction.user
    return Who(team, str(user.id), user.display_name, interaction.locale.value)


def direct(interaction: discord.Interaction) -> dict[str, str]:
    """Where something is said to a person alone: in direct messages."""
    return {"platform": "discord", "user": str(interaction.user.id)}


def channel(interaction: discord.Interaction) -> dict[str, str] | None:
    """The text channel in which something was said, or below which its thread stands; None in direct messages."""
    parent = _parent(interaction) if interaction.guild_id is not None else None
    if parent is None:
        return None
    return {"platform": "discord", "guild": str(interaction.guild_id), "channel": str(parent)}


def place(interaction: discord.Interaction, title: str) -> dict[str, str]:
    """Where an interview that starts here takes place: a thread below `parent`, or direct messages."""
    address = direct(interaction)
    if interaction.guild_id is None:
        return address | ({"channel": str(interaction.channel_id)} if interaction.channel_id else {})
    parent = _parent(interaction)
    may = interaction.app_permissions
    if parent and may.create_private_threads and may.send_messages_in_threads:
        return address | {"parent": str(parent), "guild": str(interaction.guild_id), "title": title[:100]}
    return address


def _parent(interaction: discord.Interaction) -> int | None:
    """The text channel below which a private thread can stand."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    is_text = isinstance(channel, discord.TextChannel) and channel.type is discord.ChannelType.text
    return channel.id if is_text and channel else None


def is_typed(message: discord.Message) -> bool:
    """Whether a person typed it: no bot, no notice of Discord's, and words that may be read."""
    return not message.author.bot and message.type in _TYPED and bool(message.content.strip())


def is_direct(message: discord.Message) -> bool:
    """Whether it stands in direct messages; that a server is unknown says nothing, after a resumed session all are."""
    return isinstance(message.channel, discord.DMChannel)


def could_be_ours(message: discord.Message, bot: int | None) -> bool:
    """Whether a conversation of ours may stand there, as far as can be seen without asking the database."""
    channel = message.channel
    if is_direct(message):
        return True
    if isinstance(channel, discord.Thread):
        return channel.is_private() and channel.owner_id == bot
    return isinstance(channel, discord.PartialMessageable)


def from_typed(message: discord.Message, team: str) -> Message:
    """An answer typed in the conversation, with names in the place of mentions."""
    names = {str(user.id): user.display_name for user in message.mentions}
    text = _MENTION.sub(lambda match: f"@{names.get(match[1], match[1])}", message.content)
    author = message.author
    address = {"platform": "discord", "user": str(author.id), "channel": str(message.channel.id)}
    return Message(Who(team, str(author.id), author.display_name), key(message.id), text, address=address)
