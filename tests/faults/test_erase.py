"""Somebody has everything deleted while an answer of theirs is being graded, or a card of theirs said: nothing comes back."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from interview_bot.chat.messages import Message
from interview_bot.core.grades import Assessment
from interview_bot.core.ports import Outgoing, Sent
from interview_bot.core.questions import Question
from interview_bot.graders.rubric import RubricGrader
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database
from tests.bench import ADDRESS, ANN, PLACE, Bench
from tests.faults.history import History, flat
from tests.faults.indoors import GOOD, PATIENCE, street

SECRET = "x49152y"


class Gate:
    """Holds up whoever comes, until it is opened."""

    def __init__(self) -> None:
        """Closed."""
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def come(self) -> None:
        """Knock, and wait."""
        self.reached.set()
        async with asyncio.timeout(PATIENCE):
            await self.opened.wait()


class HeldGrader:
    """A grader that thinks until the gate is opened."""

    def __init__(self, gate: Gate) -> None:
        """Think at this gate."""
        self.gate, self.rubric, self.name = gate, RubricGrader(), "held"

    async def grade(self, question: Question, answer: str) -> Assessment:
        """Wait, then grade."""
        await self.gate.come()
        return await self.rubric.grade(question, answer)


class HeldVoice(Bench):
    """A bench whose voice waits at a gate with each card that holds the secret."""

    gate: Gate

    async def say(self, outgoing: Outgoing) -> Sent:
        """Wait, then say it."""
        if SECRET in flat(outgoing.card):
            await self.gate.come()
        return await super().say(outgoing)


async def type_(bench: Bench, text: str, command: str | None = None) -> None:
    bench.deliveries += 1
    message = Message(ANN, f"e{bench.deliveries}", text, command, None, ADDRESS, PLACE)
    await bench.bot.receive(message)


async def left_of_a_person(database: Database) -> list[str]:
    """The tables that still hold something, but for the team and jobs, which name nobody by name."""
    async with database.connect() as on:
        rows = {table.name: (await on.execute(select(table))).all() for table in t.metadata.sorted_tables}
    assert SECRET not in str(rows)
    return [name for name, found in rows.items() if found and name not in {"team", "job"}]


async def test_an_answer_that_is_deleted_while_it_is_graded_leaves_nothing_behind(database: Database) -> None:
    gate = Gate()
    bench = Bench(database, model=HeldGrader(gate))
    await bench.hear("/fruit 2 seed 1")
    await type_(bench, GOOD.format(SECRET))
    grading = asyncio.create_task(bench.worker.until_idle())
    async with asyncio.timeout(PATIENCE):
        await gate.reached.wait()
    await type_(bench, "", "privacy delete yes")
    assert await left_of_a_person(database) == []
    gate.opened.set()
    await grading
    assert await left_of_a_person(database) == []
    assert await History().broken(database) == []
    assert not any(SECRET in flat(card.model_dump()) for card in bench.said)


async def test_a_card_that_is_said_while_its_person_is_deleted_leaves_nothing_behind(
    database: Database,
) -> None:
    bench = HeldVoice(database)
    bench.gate = Gate()
    await bench.hear("/fruit 2 seed 1")
    await type_(bench, GOOD.format(SECRET))
    saying = asyncio.create_task(bench.worker.until_idle())
    async with asyncio.timeout(PATIENCE):
        await bench.gate.reached.wait()
    await type_(bench, "", "privacy delete yes")
    bench.gate.opened.set()
    await saying
    assert await left_of_a_person(database) == []
    assert await History().broken(database) == []


@pytest.mark.parametrize("way", ["command", "button"])
async def test_a_person_who_deletes_everything_in_slack_is_not_met_again_by_the_reply(
    database_url: str, tmp_path: Path, way: str
) -> None:
    async with street(database_url, tmp_path) as road, road.home() as home:
        ada = await road.asked(road.person("ada", home.url), questions=2)
        await road.answer(ada, SECRET)
        await road.slack.message_where(lambda m: "100 of 100" in m.text, timeout=PATIENCE)
        assert await road.broken() == []
        if way == "command":
            await ada.command("privacy delete yes")
        else:
            await ada.command("privacy delete")
            sure = await road.slack.message_where(lambda m: bool(m.seen_by), timeout=PATIENCE)
            await ada.press(sure, "Delete everything")
        await road.slack.message_where(lambda m: "deleted" in m.text, timeout=PATIENCE)
        road.answers.clear()
        assert await road.broken() == []
        left = await left_of_a_person(road.database)
        assert left == []
