"""Our Slack room between the fake Slack and a bot that only plays a part."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.types import ASGIApp

from interview_bot.chat import wording
from interview_bot.chat.messages import Card, Choice, Line, Message, Reply
from interview_bot.core.ports import Outgoing
from interview_bot.platforms.slack.app import make_app
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.http import slack_routes
from interview_bot.platforms.slack.install.tokens import OneToken
from interview_bot.platforms.slack.room import Room as SlackRoom
from interview_bot.platforms.slack.socket import PING_EVERY, connect
from interview_bot.platforms.slack.voice import SlackVoice
from tests.fakes.slack import FakeSlack, Slacker

TEXTS = {language: wording.texts(language) for language in ("en", "de")}

NOT_SAVED = (
    "This is not saved: I cannot reach my database. "
    "Your text stays here; please press the button again in a moment."
)

QUESTION = Card(
    lines=(
        Line(text="Question {n} of 3", blanks={"n": "1"}, style="heading"),
        Line(text="*{prompt}*", blanks={"prompt": "What is a container? <b> & `c`"}),
    ),
    choices=(
        Choice(label="Answer", command="answer", turn="t1", asks=True, style="primary"),
        Choice(label="Hint", command="hint", turn="t1"),
        Choice(label="Stop", command="stop", turn="t1", style="danger"),
    ),
)


def note(text: str) -> Card:
    """A card of one line."""
    return Card(lines=(Line(text="{text}", blanks={"text": text}, style="note"),))


@dataclass
class Part:
    """What the bot plays: it remembers what it hears, and answers as it was told, or fails."""

    heard: list[Message] = field(default_factory=list)
    whispered: list[tuple[Message, tuple[Card, ...]]] = field(default_factory=list)
    reply: Callable[[Message], Reply] = lambda message: Reply()
    trouble: Exception | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, message: Message) -> Reply:
        self.heard.append(message)
        self.changed.set()
        if self.trouble:
            raise self.trouble
        return self.reply(message)

    published: list[tuple[Message, tuple[Card, ...]]] = field(default_factory=list)

    async def publish(self, message: Message, cards: tuple[Card, ...]) -> None:
        self.published.append((message, cards))

    async def whisper(self, message: Message, cards: tuple[Card, ...]) -> None:
        self.whispered.append((message, cards))

    async def heard_so_many(self, count: int) -> None:
        """Wait until it has heard so much."""
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self.changed.clear()
                await self.changed.wait()

    @property
    def last(self) -> Message:
        return self.heard[-1]


@dataclass
class Room:
    """Everything on stage."""

    slack: FakeSlack
    part: Part
    app: AsyncApp
    ada: Slacker
    url: str = ""

    async def say(self, card: Card, *, surface: str = "") -> None:
        """Have a card said to Ada in her direct messages, or on another surface."""
        said = outgoing(self.ada, card)
        if surface:
            said = said._replace(address={**said.address, "surface": surface}, card={"cards": [said.card]})
        await new_voice(self.slack).say(said)


def outgoing(
    slacker: Slacker,
    card: Card,
    number: int = 1,
    sent_as: str | None = None,
    *,
    to: Mapping[str, str] | None = None,
    attempts: int = 1,
) -> Outgoing:
    """A message of the outbox: to a person, or to where `to` says."""
    team = slacker.person.team.id
    where = to or {"platform": "slack", "team": team, "user": slacker.id}
    said = card.model_dump(mode="json")
    return Outgoing(number, f"slack:{team}", "lane", where, said, 1, sent_as, 1, attempts)


def new_app(slack: FakeSlack, part: Part) -> AsyncApp:
    """The room's app, pointed at the fake."""
    room = SlackRoom(part.receive, TEXTS, ("docker", "networking"), part.whisper, part.publish)
    tokens = OneToken(slack.bot_token)
    return make_app(room, tokens, signing_secret=slack.signing_secret, api_url=slack.api_url)


def new_voice(slack: FakeSlack) -> SlackVoice:
    """The room's voice, pointed at the fake."""
    return SlackVoice(Clients(OneToken(slack.bot_token), slack.api_url))


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncGenerator[str]:
    """The app on a free port; its origin."""
    config = uvicorn.Config(app, "127.0.0.1", 0, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def room_over_http(slack: FakeSlack) -> AsyncGenerator[Room]:
    """The room behind signed requests."""
    part = Part()
    app = new_app(slack, part)
    async with served(Starlette(routes=slack_routes(app))) as origin:
        url = f"{origin}/slack/events"
        yield Room(slack, part, app, slack.slacker("ada", slack.over_http(url)), url)


@asynccontextmanager
async def room_over_socket(slack: FakeSlack, ping_every: float = PING_EVERY) -> AsyncGenerator[Room]:
    """The room behind a WebSocket."""
    part = Part()
    app = new_app(slack, part)
    handler = await connect(app, slack.app_token, slack.api_url, ping_every=ping_every)
    try:
        yield Room(slack, part, app, slack.slacker("ada", slack.over_socket()))
    finally:
        await handler.close_async()
