"""Many people at once: signed requests at a steady rate, whether or not earlier ones are answered; how long each took."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.fakes.slack import Delivery, FakeSlack, Slacker
from tests.fakes.slack_state import Message

GOOD = "The core is sweet and the skin is red."
PEOPLE = 60


@dataclass
class Load:
    """What came back: seconds by kind of request, and what was not acknowledged."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lost: list[Delivery] = field(default_factory=list[Delivery])

    def at(self, share: float, kind: str | None = None) -> float:
        """A percentile in milliseconds, of one kind or of all."""
        chosen = self.seconds[kind] if kind else [one for kinds in self.seconds.values() for one in kinds]
        return sorted(chosen)[min(len(chosen) - 1, int(share * len(chosen)))] * 1_000


async def press(slack: FakeSlack, person: Slacker, questions: dict[str, Message]) -> Delivery:
    """Skip the newest question of a person, or ask for the progress where there is none yet."""
    question = questions.get(person.dm.id)
    return await (person.press(question, "Skip") if question else person.command("progress"))


def crowd(slack: FakeSlack, url: str) -> list[Slacker]:
    """Some hundred people."""
    return [slack.slacker(f"p{number}", slack.over_http(url)) for number in range(PEOPLE)]


async def meet(people: Sequence[Slacker], rate: float = 30) -> None:
    """Have everybody ask for help once, so that Slack is asked who they are before anything is measured."""
    for person in people:
        await person.command("help")
        await asyncio.sleep(1 / rate)


async def load(slack: FakeSlack, people: Sequence[Slacker], seconds: float, rate: float = 100) -> Load:
    """Send `rate` requests a second: starts, answers, hints, presses and progress of these people in turn."""
    found, running = Load(), set[asyncio.Task[None]]()
    questions: dict[str, Message] = {}
    loop = asyncio.get_running_loop()
    seen = 0

    async def one(kind: str, do: Callable[[], Awaitable[Delivery]]) -> None:
        delivery = await do()
        found.seconds[kind].append(delivery.seconds)
        if not delivery.ok:
            found.lost.append(delivery)

    begun = loop.time()
    for number in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, begun + number / rate - loop.time()))
        for message in slack.space.messages[seen:]:
            if "Question" in message.text and message.by_bot and not message.seen_by:
                questions[message.channel.id] = message
        seen = len(slack.space.messages)
        person = people[number % len(people)]
        steps: list[tuple[str, Callable[[], Awaitable[Delivery]]]] = [
            ("command", lambda who=person: who.command("fruit 5")),
            ("message", lambda who=person: who.message(GOOD)),
            ("command", lambda who=person: who.command("hint")),
            ("button", lambda who=person: press(slack, who, questions)),
            ("message", lambda who=person: who.message(GOOD)),
            ("command", lambda who=person: who.command("progress")),
        ]
        step = (
            number // len(people) + number
        )  # everybody goes through all of them, and neighbours are at different ones
        task = asyncio.create_task(one(*steps[step % len(steps)]))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return found
