"""A person on Discord: types commands and words, presses buttons, sends forms."""

import asyncio
import itertools
from typing import Any, Protocol

from .discord_state import DM, Channel, Interaction, Json, Message, Person, snowflake

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12


class Host(Protocol):
    """What a person needs of the fake."""

    commands: list[Json]
    answer_within: float
    faults: list[str]

    def dm(self, person: Person) -> Channel: ...
    async def deliver(self, interaction: Interaction) -> None: ...
    async def tell_message(self, message: Message, intents: int) -> None: ...


class Member:
    """One person. What they do returns the `Interaction`, answered or given up."""

    def __init__(self, host: Host, person: Person, channel: Channel) -> None:
        self.person = person
        self.channel = channel
        """Where commands are typed unless told otherwise."""
        self._host = host

    @property
    def dm(self) -> Channel:
        """Direct messages with the bot."""
        return self._host.dm(self.person)

    async def slash(self, name: str, channel: Channel | None = None, **filled: str | int) -> Interaction:
        """Use `/mock-interview NAME`."""
        data = self._data(name, [{"name": key, "type": 3 if isinstance(value, str) else 4, "value": value}
                                 for key, value in filled.items()])  # fmt: skip
        return await self._do(Interaction(COMMAND, self.person, channel or self.channel, data))

    async def fills_in(self, name: str, option: str, typed: str) -> list[str]:
        """Type into an option that asks for suggestions; what is suggested."""
        told = next(one for one in self._subcommand(name)["options"] if one["name"] == option)
        assert told.get("autocomplete"), f"{option} asks for no suggestions"
        data = self._data(name, [{"name": option, "type": 3, "value": typed, "focused": True}], partly=True)
        done = await self._do(Interaction(AUTOCOMPLETE, self.person, self.channel, data))
        return [one["value"] for one in done.choices]

    async def press(self, message: Message, label: str) -> Interaction:
        """Press a button."""
        assert message.seen_by in {None, self.person.id}, "somebody else's message"
        button = message.buttons[label]
        data = {"custom_id": button["custom_id"], "component_type": 2}
        return await self._do(Interaction(COMPONENT, self.person, message.channel, data, message))

    async def submit(self, opened: Interaction, text: str) -> Interaction:
        """Fill in the form that an interaction opened, and send it."""
        assert opened.modal, "no form was opened"
        numbers = itertools.count(1)
        rows: list[Json] = []
        for one in opened.modal["components"]:
            if one["type"] == 18:
                field = one["component"]
                assert len(text) <= field["max_length"], "longer than the field"
                value = {"type": 4, "id": next(numbers), "custom_id": field["custom_id"], "value": text}
                rows.append({"type": 18, "id": next(numbers), "component": value})
            else:
                rows.append({"type": one["type"], "id": next(numbers)})
        data = {"custom_id": opened.modal["custom_id"], "components": rows}
        return await self._do(Interaction(MODAL, self.person, opened.channel, data, opened.message))

    async def types(self, text: str, channel: Channel | None = None) -> Message:
        """Type words into a conversation."""
        where = channel or self.dm
        message = Message(where, self.person, {"content": text, "allowed_mentions": {"parse": []}})
        await self._host.tell_message(message, DIRECT_MESSAGES if where.kind == DM else GUILD_MESSAGES)
        return message

    async def again(self, interaction: Interaction) -> Interaction:
        """Have Discord deliver an interaction once more, as two connections of one shard would get it."""
        await self._host.deliver(interaction)
        return interaction

    def _subcommand(self, name: str) -> Json:
        group = next(one for one in self._host.commands if one["name"] == "mock-interview")
        return next(one for one in group["options"] if one["name"] == name)

    def _data(self, name: str, filled: list[Json], *, partly: bool = False) -> Json:
        known = {one["name"]: one for one in self._subcommand(name).get("options", [])}
        for one in filled:
            told = known[one["name"]]
            assert one["type"] == told["type"], f"type of {one['name']}"
            assert not told.get("choices") or one["value"] in [choice["value"] for choice in told["choices"]]
            if one["type"] == 4 and not told.get("choices"):
                assert told.get("min_value", 0) <= one["value"] <= told.get("max_value", 1 << 53)
        needed = {key for key, told in known.items() if told.get("required")}
        assert partly or needed <= {one["name"] for one in filled}, f"{name} needs {needed}"
        options = [{"name": name, "type": 1, "options": filled}]
        return {"id": snowflake(), "name": "mock-interview", "type": 1, "options": options}

    async def _do(self, interaction: Interaction) -> Interaction:
        await self._host.deliver(interaction)
        try:
            async with asyncio.timeout(self._host.answer_within):
                await interaction.changed.wait()
        except TimeoutError:
            self._host.faults.append(f"interaction {interaction.kind} {interaction.data} was not answered")
        return interaction


def interaction_told(interaction: Interaction, application: str, guild_told: Any) -> Json:
    """An interaction as the gateway tells of it."""
    channel = interaction.channel
    told: Json = {"id": interaction.id, "application_id": application, "type": interaction.kind, "version": 1,
                  "token": interaction.token, "data": interaction.data, "channel_id": channel.id,
                  "channel": channel.told(), "locale": interaction.person.locale, "entitlements": [],
                  "app_permissions": str(channel.permissions), "attachment_size_limit": 10485760,
                  "authorizing_integration_owners": {"0": channel.guild or "0"},
                  "context": 0 if channel.guild else 1}  # fmt: skip
    if channel.guild:
        told |= {"guild_id": channel.guild, "member": interaction.person.member(), "guild_locale": "en-US",
                 "guild": {"id": channel.guild, "locale": "en-US", "features": []}}  # fmt: skip
    else:
        told["user"] = interaction.person.told()
    if interaction.message:
        told["message"] = interaction.message.told()
    return told
