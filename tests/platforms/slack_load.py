"""Many people at once, in a burst or at a steady rate: what was acknowledged, and how long each request took."""

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


def people_of(slack: FakeSlack, url: str) -> list[Slacker]:
    """Some dozens of people."""
    return [slack.slacker(f"p{number}", slack.over_http(url)) for number in range(PEOPLE)]


async def meet(people: Sequence[Slacker], rate: float = 30) -> None:
    """Have everybody ask for help once, so that Slack is asked who they are before anything is measured."""
    for person in people:
        await person.command("help")
        await asyncio.sleep(1 / rate)


class Crowd:
    """What everybody does in turn, and what came back."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._questions: dict[str, Message] = {}
        self._seen = 0
        self.found = Load()

    async def step(self, person: Slacker, number: int) -> None:
        """Start, answer, ask for a hint, press, answer or look at the progress: the step of this number."""
        self._look()
        steps: list[tuple[str, Callable[[], Awaitable[Delivery]]]] = [
            ("command", lambda: person.command("fruit 5")),
            ("message", lambda: person.message(GOOD)),
            ("command", lambda: person.command("hint")),
            ("button", lambda: press(self._slack, person, self._questions)),
            ("message", lambda: person.message(GOOD)),
            ("command", lambda: person.command("progress")),
        ]
        kind, do = steps[number % len(steps)]
        delivery = await do()
        self.found.seconds[kind].append(delivery.seconds)
        if not delivery.ok:
            self.found.lost.append(delivery)

    def _look(self) -> None:
        messages = self._slack.space.messages
        for message in messages[self._seen :]:
            if "Question" in message.text and message.by_bot and not message.seen_by:
                self._questions[message.channel.id] = message
        self._seen = len(messages)


async def burst(slack: FakeSlack, people: Sequence[Slacker], steps: int) -> Load:
    """Everybody at once, each as fast as answers come; a machine may be as slow as it likes."""
    crowd = Crowd(slack)

    async def one(person: Slacker) -> None:
        for number in range(steps):
            await crowd.step(person, number)

    await asyncio.gather(*(one(person) for person in people))
    return crowd.found


async def load(slack: FakeSlack, people: Sequence[Slacker], seconds: float, rate: float = 100) -> Load:
    """Send `rate` requests a second of these people in turn, whether or not earlier ones are answered."""
    crowd = Crowd(slack)
    running: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, begun + number / rate - loop.time()))
        # Everybody goes through all of them, and neighbours are at different ones.
        step = number // len(people) + number
        task = asyncio.create_task(crowd.step(people[number % len(people)], step))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return crowd.found
