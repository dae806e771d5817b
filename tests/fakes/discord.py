"""A Discord on loopback: REST interface, gateway, and the people who use the bot.

    async with FakeDiscord() as discord:
        ada = discord.member("Ada")
        await ada.slash("start", topic="docker")
        question = await discord.message_where(lambda m: "Question 1" in m.text)
        await ada.press(question, "Hint")
        assert discord.faults == []

It is as strict as Discord is known to be (`discord_checks`), keeps every call (`calls`) and every refusal
(`faults`), and fails on request (`fail`).
"""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from .discord_gateway import Gateway
from .discord_rest import Call, Rest, Trouble
from .discord_state import DM, PRIVATE_THREAD, TEXT, Channel, Interaction, Json, Message, Person, snowflake
from .discord_user import Member, interaction_told

__all__ = ["Channel", "FakeDiscord", "Interaction", "Member", "Message"]


class FakeDiscord:
    """The server and all it remembers. Use it as an async context manager.

    `message_content`: whether the privileged intent is granted. `answer_within`: seconds that an interaction
    waits; `least_shards`: with fewer, the gateway closes.
    """

    def __init__(
        self, *, message_content: bool = False, answer_within: float = 3.0, least_shards: int = 1
    ) -> None:
        self.token = "fake.discord.token"
        self.message_content, self.answer_within, self.least_shards = (
            message_content,
            answer_within,
            least_shards,
        )
        self.application = snowflake()
        self.bot = Person("Bot", id=self.application, bot=True)
        self.commands: list[Json] = []
        self.calls: list[Call] = []
        self.faults: list[str] = []
        self.troubles: list[Trouble] = []
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.interactions: dict[str, Interaction] = {}
        self.guilds: list[str] = []
        self.people: dict[str, Person] = {}
        self.gateway = Gateway(self)
        self.guild = self.add_guild()
        self.general = self.add_channel(self.guild)
        self.origin = ""
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=26 * 1024**2)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_route("*", "/api/v10/{path:.+}", Rest(self).serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.gateway.drop()
        if self._runner:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        """Where the REST interface is."""
        return f"http://{self.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"ws://{self.origin}/gateway/"

    def add_guild(self) -> str:
        """A new server with the bot in it."""
        self.guilds.append(snowflake())
        return self.guilds[-1]

    def add_channel(self, guild: str, permissions: int | None = None) -> Channel:
        """A new text channel."""
        channel = Channel(TEXT, guild, "general")
        if permissions is not None:
            channel.permissions = permissions
        self.channels[channel.id] = channel
        return channel

    def member(
        self, name: str, *, locale: str = "en-US", channel: Channel | None = None, takes_dms: bool = True
    ) -> Member:
        """A new person."""
        person = Person(name, locale, takes_dms)
        self.people[person.id] = person
        return Member(self, person, channel or self.general)

    def dm(self, person: Person) -> Channel:
        """The direct messages of the bot with a person."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.person is person:
                return channel
        channel = Channel(DM, person=person)
        self.channels[channel.id] = channel
        return channel

    @property
    def threads(self) -> list[Channel]:
        """All private threads, oldest first."""
        return [one for one in self.channels.values() if one.kind == PRIVATE_THREAD]

    def guild_told(self, guild: str) -> Json:
        """A server as the gateway tells of it."""
        here = [one for one in self.channels.values() if one.guild == guild and not one.gone]
        everyone = {"id": guild, "name": "@everyone", "color": 0, "hoist": False, "position": 0, "managed": False,
                    "permissions": "1071698660929", "mentionable": False, "flags": 0}  # fmt: skip
        return {"id": guild, "name": "Team", "icon": None, "owner_id": "1", "roles": [everyone], "emojis": [],
                "stickers": [], "features": [], "members": [self.bot.member()], "member_count": 3, "presences": [],
                "channels": [one.told() for one in here if one.kind == TEXT], "voice_states": [],
                "threads": [one.told() for one in here if one.kind == PRIVATE_THREAD], "large": False,
                "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [], "mfa_level": 0,
                "verification_level": 0, "default_message_notifications": 1, "explicit_content_filter": 0,
                "afk_timeout": 300, "premium_tier": 0, "nsfw_level": 0, "system_channel_flags": 0,
                "preferred_locale": "en-US", "premium_progress_bar_enabled": False}  # fmt: skip

    async def deliver(self, interaction: Interaction) -> None:
        """Tell the bot of an interaction."""
        self.interactions[interaction.token] = interaction
        told = interaction_told(interaction, self.application, None)
        if not await self.gateway.tell("INTERACTION_CREATE", told, interaction.channel.guild):
            self.faults.append("nobody is connected to hear of an interaction")

    async def tell_message(self, message: Message, intents: int) -> None:
        """Tell the bot of words that somebody typed."""
        self.messages.append(message)
        told = message.told()
        if message.channel.guild:
            told["member"] = {key: value for key, value in message.author.member().items() if key != "user"}
        await self.gateway.tell("MESSAGE_CREATE", told, message.channel.guild, intents)

    def fail(
        self,
        path: str,
        *,
        times: int = 1,
        status: int = 503,
        code: int = 0,
        retry_after: float = 0.0,
        **more: bool,
    ) -> None:
        """Have calls to paths that contain `path` fail; `lost=True` does what is asked, and loses the reply."""
        self.troubles.append(Trouble(path, times, status, code, retry_after, **more))

    async def changed(self) -> None:
        """Wake everybody who waits."""
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, fact: Callable[[], object], within: float = 10) -> None:
        """Wait until something is true."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(fact)
        except TimeoutError:
            seen = "\n---\n".join(one.text for one in self.messages[-5:])
            raise AssertionError(
                f"it did not come to pass; last messages:\n{seen}\nfaults: {self.faults}"
            ) from None

    async def connected(self, count: int = 1, within: float = 10) -> None:
        """Wait until so many sessions have a link."""
        await self.wait_for(lambda: len(self.gateway.links) >= count, within)

    async def message_where(self, fact: Callable[[Message], object], within: float = 10) -> Message:
        """The newest message for which something is true, as soon as there is one."""

        def found() -> Message | None:
            return next(
                (one for one in reversed(self.messages) if one.author is self.bot and fact(one)), None
            )

        await self.wait_for(found, within)
        message = found()
        assert message
        return message

    async def settle(self, seconds: float = 0.05) -> None:
        """Let what is under way arrive."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.Event().wait()
