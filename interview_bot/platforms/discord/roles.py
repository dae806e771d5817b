"""Who may do what in a server: admins and reviewers are whom Discord's own permissions make so."""

from __future__ import annotations

import discord

from interview_bot.platforms.discord import payloads

OF_MANAGERS = {"admin", "daily", "team"}
"""Commands about a whole server or channel: for who may manage the server."""
OF_REVIEWERS = {"decide", "decline", "suggestions"}
"""Commands, and what stands before the point in a form's turn: for who may manage messages there, too."""


class NotAllowed(Exception):
    """Discord's permissions of the sender do not reach; `key` is the sentence that says so."""

    def __init__(self, key: str) -> None:
        """Keep the sentence."""
        super().__init__(key)
        self.key = key


def check(interaction: discord.Interaction, team: str, words: str, turn: str | None = None) -> bool:
    """Whether the sender may manage the team, as far as this very command, press or form goes.

    Args:
        interaction: tells who asks, and what they may do where they are.
        team: whose settings it would change.
        words: the command; empty for a form.
        turn: what the form was opened for.

    Raises:
        NotAllowed: it is for people with more rights.
    """
    # Read as the bot reads it: otherwise a topic called "/Admin" would be a way round.
    first = (words or (turn or "").partition(".")[0]).split(maxsplit=1)
    name = first[0].lower().lstrip("/") if first else ""
    manages = _manages(interaction, team)
    if name in OF_MANAGERS and not manages:
        raise NotAllowed("discord.not-allowed")
    if name not in OF_REVIEWERS:
        return manages
    if not manages and not (interaction.guild_id and interaction.permissions.manage_messages):
        raise NotAllowed("discord.not-a-reviewer")
    return True


def _manages(interaction: discord.Interaction, team: str) -> bool:
    """In direct messages Discord tells nothing of a server's permissions: only a team of one's own is managed there."""
    if interaction.guild_id is None:
        return team == payloads.alone(interaction.user.id)
    return interaction.permissions.manage_guild
