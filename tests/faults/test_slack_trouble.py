"""Slack that limits, fails, shuts a door or takes its token back: others go on, order is kept, and nothing is hammered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from interview_bot.core.interview import Who
from interview_bot.core.ports import Outgoing
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.install.tokens import Token
from interview_bot.platforms.slack.manifest import scopes
from interview_bot.platforms.slack.manners import Manners
from interview_bot.platforms.slack.voice import SlackVoice
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database
from interview_bot.work.send import MOST_TRIES, Sender
from tests.bench import HandClock
from tests.fakes.slack import FakeSlack, Slacker, plain
from tests.fakes.slack_state import Team
from tests.platforms.slack_room import note


@dataclass
class Post:
    """An outbox and its sender over a real database, with a clock that goes when it is told to."""

    database: Database
    slack: FakeSlack
    clock: HandClock = field(default_factory=lambda: HandClock(datetime(2026, 11, 27, 12, tzinfo=UTC)))
    unheard: list[int] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        voice = SlackVoice(Clients(self, self.slack.api_url), Manners(self.seconds))
        self.sender = Sender(self.database.queue, {"slack": voice}, self.clock, self.told)
        self.other = self.slack.add_team("globex", scopes=scopes())

    def seconds(self) -> float:
        return self.clock.at.timestamp()

    async def of(self, enterprise: str | None, team: str | None) -> Token | None:
        """The token of a team."""
        given = {one.id: one.bot_token for one in self.slack.space.teams} | self.tokens
        return Token(given[team or ""])

    async def told(self, outgoing: Outgoing) -> None:
        self.unheard.append(outgoing.id)

    def person(self, name: str, team: Team | None = None) -> Slacker:
        return self.slack.slacker(name, self.slack.over_socket(), team=team)

    async def put(self, person: Slacker, *texts: str) -> None:
        """Have texts said in somebody's lane."""
        team = person.person.team.id
        who = Who(f"slack:{team}", person.id, person.person.name)
        async with self.database.begin() as work:
            await work.meet(who)
            await work.open_lane(person.id, who, {"platform": "slack", "team": team, "user": person.id})
            for text in texts:
                card = note(text).model_dump(mode="json", exclude_defaults=True)
                await work.post(person.id, f"{person.id}:{text}", card, self.clock.at)

    async def run(self, seconds: float = 0) -> list[str]:
        """Let time pass second by second and send what is due; what was said meanwhile, in order."""
        before = len(self.slack.messages)
        for _ in range(int(seconds) + 1):
            while await self.sender.mouths.once():
                pass
            self.clock.at += timedelta(seconds=1)
        return [plain(message) for message in self.slack.messages[before:]]

    async def waiting(self) -> int:
        """Messages that are neither said nor given up."""
        unsaid = (t.outbox.c.sent_revision < t.outbox.c.revision) & ~t.outbox.c.buried
        async with self.database.connect() as on:
            return len((await on.execute(select(t.outbox.c.id).where(unsaid))).all())

    async def buried(self) -> int:
        async with self.database.connect() as on:
            return len((await on.execute(select(t.outbox.c.id).where(t.outbox.c.buried))).all())


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    async with FakeSlack(scopes=scopes()) as slack:
        yield Post(database, slack)


async def test_a_limit_of_thirty_seconds_holds_up_its_team_in_order_and_nobody_else(post: Post) -> None:
    ada, bob = post.person("ada"), post.person("bob", post.other)
    post.slack.fail("chat.postMessage", status=429, headers={"Retry-After": "30"})
    await post.put(ada, "a1", "a2", "a3")
    await post.put(bob, "b1", "b2")
    assert await post.run(28) == ["b1", "b2"]
    assert len(post.slack.calls_to("chat.postMessage")) == 3, "one was refused, and none is tried meanwhile"
    assert await post.run(5) == ["a1", "a2", "a3"]
    assert await post.waiting() == 0


@pytest.mark.parametrize("trouble", [{"status": 503}, {"error": "internal_error"}], ids=str)
async def test_a_failing_slack_is_tried_ten_times_ever_more_rarely_then_the_message_is_put_aside(
    post: Post, trouble: dict[str, object]
) -> None:
    ada = post.person("ada")
    post.slack.fail("chat.postMessage", times=MOST_TRIES, when=lambda args: args["text"] == "a1", **trouble)  # type: ignore[arg-type]
    tries: list[float] = []
    await post.put(ada, "a1", "a2")
    while await post.waiting() == 2:
        before = len(post.slack.calls_to("chat.postMessage"))
        post.clock.at = await post.database.queue.next_due() or post.clock.at
        at = post.seconds()
        await post.run()
        tries += [at] * (len(post.slack.calls_to("chat.postMessage")) - before)
    gaps = [round(late - early) for early, late in pairwise(tries)]
    assert gaps[:9] == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert (await post.buried(), await post.waiting()) == (1, 0)
    assert [plain(message) for message in post.slack.messages] == ["a2"], "its lane goes on"
    assert post.unheard == []


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel"])
async def test_a_place_that_is_shut_is_tried_once_and_told_once(post: Post, error: str) -> None:
    ada = post.person("ada")
    post.slack.fail("chat.postMessage", error=error)
    await post.put(ada, "a1", "a2")
    assert await post.run(120) == ["a2"]
    assert len(post.slack.calls_to("chat.postMessage")) == 2
    assert (await post.buried(), len(post.unheard)) == (1, 1)


async def test_a_team_whose_token_is_taken_back_is_left_alone_and_hears_all_when_it_is_given_again(
    post: Post,
) -> None:
    ada, bob = post.person("ada"), post.person("bob", post.other)
    post.slack.team.revoked = True
    await post.put(ada, "a1", "a2")
    await post.put(post.person("ann"), "n1")
    await post.put(bob, "b1")
    assert await post.run(60) == ["b1"]
    assert sum(call.error == "token_revoked" for call in post.slack.calls) == 1
    assert (await post.waiting(), await post.buried()) == (3, 0)
    post.clock.at += timedelta(hours=1)
    await post.run()
    assert sum(call.error == "token_revoked" for call in post.slack.calls) == 2
    post.slack.team.revoked = False
    post.clock.at += timedelta(hours=1)
    assert sorted(await post.run(5)) == ["a1", "a2", "n1"]
    assert post.unheard == []
