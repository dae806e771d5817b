"""A crew does side by side what it finds or is given; while it rests, one of it looks, and not all."""

import asyncio
from collections import deque
from contextlib import suppress
from time import perf_counter

from interview_bot.work.crew import POLL_SECONDS, Crew
from tests.faults.indoors import PATIENCE


class Pile:
    """Things to do, how often somebody looked for one, and who does one now."""

    def __init__(self, many: int) -> None:
        """A crew of so many, and nothing to do."""
        self.things = deque[str]()
        self.looked = 0
        self.doing = list[str]()
        self.go_on = asyncio.Event()
        self.begun = asyncio.Queue[str]()
        self.crew = Crew(self.find, self.do, many)

    async def find(self, most: int) -> list[str]:
        """The next things."""
        self.looked += 1
        return [self.things.popleft() for _ in range(min(most, len(self.things)))]

    async def do(self, what: str) -> list[str]:
        """Take as long as it takes."""
        self.doing.append(what)
        self.begun.put_nowait(what)
        await self.go_on.wait()
        self.doing.remove(what)
        return []

    async def next_begun(self) -> str:
        """What somebody begins."""
        async with asyncio.timeout(PATIENCE):
            return await self.begun.get()


async def resting(pile: Pile) -> asyncio.Task[None]:
    """A crew that runs, and of which one has looked."""
    running = asyncio.create_task(pile.crew.run())
    await asyncio.sleep(0.01)
    return running


async def ended(pile: Pile, running: asyncio.Task[None]) -> None:
    pile.go_on.set()
    pile.crew.stop()
    async with asyncio.timeout(PATIENCE):
        await running


async def test_of_a_crew_that_rests_one_looks_untold() -> None:
    pile = Pile(8)
    running = await resting(pile)
    assert pile.looked == 1
    await asyncio.sleep(6.5 * POLL_SECONDS)
    assert 1 < pile.looked <= 1 + 7
    pile.things.append("untold")
    assert await pile.next_begun() == "untold"
    pile.things.append("untold as well")  # who looked is busy now
    assert await pile.next_begun() == "untold as well"
    await ended(pile, running)


async def test_who_finds_something_calls_the_next() -> None:
    pile = Pile(3)
    running = await resting(pile)
    pile.things.extend("abcd")
    pile.crew.call()
    assert [await pile.next_begun() for _ in range(3)] == ["a", "b", "c"]
    assert pile.doing == ["a", "b", "c"]
    await ended(pile, running)


async def test_what_is_given_is_done_without_being_looked_for() -> None:
    pile = Pile(2)
    running = await resting(pile)
    before = pile.looked
    with pile.crew.kept() as nothing:
        with pile.crew.kept() as given:
            assert given is not None
            with pile.crew.kept() as more:
                assert more is None
            pile.things.append("found")
            pile.crew.call()  # nobody who is kept for something else
            given.append("given")
        assert await pile.next_begun() == "given"
        assert pile.looked == before
        assert nothing == []
    assert await pile.next_begun() == "found"
    with pile.crew.kept() as more:
        assert more is None
    await ended(pile, running)


async def test_nothing_is_given_where_the_block_fails() -> None:
    pile = Pile(1)
    running = await resting(pile)
    with suppress(ValueError), pile.crew.kept() as given:
        assert given is not None
        given.append("given")
        raise ValueError
    await asyncio.sleep(0.01)  # it was called, for what it was kept from
    with pile.crew.kept() as again:
        assert again == []
    await ended(pile, running)
    assert pile.begun.empty()


async def test_what_was_given_is_done_before_a_crew_ends_and_nothing_new_is_taken() -> None:
    pile = Pile(1)
    running = await resting(pile)
    with pile.crew.kept() as given:
        assert given is not None
        pile.things.append("found")
        given.append("given")
    await ended(pile, running)
    assert pile.begun.get_nowait() == "given"
    assert pile.begun.empty()
    with pile.crew.kept() as given:
        assert given is None


async def test_what_is_parked_is_done_again_and_at_the_end_at_once() -> None:
    pile = Pile(1)
    assert not pile.crew.park("nobody runs", 0.01)
    running = await resting(pile)
    begun = perf_counter()
    assert pile.crew.park("soon", 0.05)
    assert pile.crew.park("much later", 60)
    assert await pile.next_begun() == "soon"
    assert perf_counter() - begun >= 0.05
    await ended(pile, running)
    assert pile.begun.get_nowait() == "much later"
    assert not pile.crew.park("nobody runs", 0.01)
