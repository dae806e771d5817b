"""A model in the whole bot: cards, costs, budgets, and what happens when it is slow or gone."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

from interview_bot.chat.messages import Message, plain
from interview_bot.core.grades import Assessment
from interview_bot.core.interview import Who
from interview_bot.graders.llm.endpoint import Patience
from interview_bot.graders.llm.panel import Panel
from interview_bot.graders.rubric import RubricGrader
from interview_bot.storage.database import Database
from tests.bench import ADDRESS, ANN, Bench
from tests.fakes.openai import Asked, FakeOpenAI, Json, completion, reply, says
from tests.graders.llm_room import HASTY, model_grader

JOE = Who("slack:T0SECRET", "U0SECRET", "Josephine Secretname")
ANSWER = "The core is sweet and the skin is red."
USAGE = {"prompt_tokens": 10, "completion_tokens": 1}
DOWN = says("{}", 500)
UNHURRIED = Patience()
"""A busy machine is no slow model."""


def honest(asked: Asked) -> Json:
    return reply(asked, {"core": ("met", ANSWER), "skin": ("met", ANSWER)})


@asynccontextmanager
async def benched(
    database: Database, fake: FakeOpenAI, budget: float = 1.0, patience: Patience = UNHURRIED
) -> AsyncGenerator[Bench]:
    async with model_grader(fake, patience, price_in=1000.0) as model:
        yield Bench(database, model=Panel(RubricGrader(), model), budget=budget)


async def assessment_of(bench: Bench, who: Who) -> Assessment:
    async with bench.database.begin() as work:
        found = await work.last_interview(who)
    assert found is not None
    assert found.turns[0].assessment is not None
    return found.turns[0].assessment


async def test_the_card_says_who_graded_and_nobody_is_named_to_the_endpoint(database: Database) -> None:
    fake = FakeOpenAI(honest, secret=("SECRET", "Josephine", "Secretname", "slack:"))
    async with benched(database, fake) as bench:
        await bench.hear("/fruit 1 seed 1", who=JOE)
        heard = "\n".join(await bench.hear(ANSWER, who=JOE))
        assert "100 of 100" in heard
        assert "Graded by the rubric and test-model-2026-01-01 side by side." in heard
        told = await assessment_of(bench, JOE)
    assert (told.grader, told.model, told.cost) == ("panel", "test-model-2026-01-01", 1.0)
    assert told.prompt
    assert told.confidence == 1.0
    assert len(fake.asked) == 1


async def test_without_the_endpoint_the_card_is_the_rubrics_and_says_so(database: Database) -> None:
    async with benched(database, FakeOpenAI(honest, [DOWN] * 4), patience=HASTY) as bench:
        await bench.hear("/fruit 1 seed 1")
        heard = "\n".join(await bench.hear(ANSWER))
        assert "100 of 100" in heard
        assert "The language model was not available; graded offline by the rubric." in heard
        told = await assessment_of(bench, ANN)
    assert (told.grader, told.model, told.flags) == ("rubric", None, ("offline-fallback",))


async def test_a_team_that_spent_its_budget_is_graded_offline_and_others_are_not(database: Database) -> None:
    fake = FakeOpenAI(honest)
    async with benched(database, fake, budget=1.0) as bench:
        await bench.hear("/fruit 3 seed 1")
        assert "side by side" in "\n".join(await bench.hear(ANSWER))
        second = "\n".join(await bench.hear("The core is quite sweet and the skin is all red."))
        assert "budget for the language model is used up for today" in second
        assert "100 of 100" in second
        await bench.hear("/fruit 1 seed 1", who=JOE)
        assert "side by side" in "\n".join(await bench.hear(ANSWER + " Yes.", who=JOE))
    assert len(fake.asked) == 2


async def test_a_budget_of_nothing_never_asks(database: Database) -> None:
    fake = FakeOpenAI(honest)
    async with benched(database, fake, budget=0.0) as bench:
        await bench.hear("/fruit 1 seed 1")
        assert "100 of 100" in "\n".join(await bench.hear(ANSWER))
    assert fake.asked == []


async def test_an_answer_that_has_its_card_is_not_paid_for_again(database: Database) -> None:
    fake = FakeOpenAI(lambda asked: reply(asked, {}))
    async with benched(database, fake) as bench:
        await bench.hear("/fruit 1 seed 1")
        await bench.hear("It grows on trees, I would say, and many people like to eat it.")
        asked = len(fake.asked)
        async with database.begin() as work:
            interview = await work.last_interview(ANN)
            assert interview is not None
            assert interview.turn.follow_up
        async with database.connect() as on:
            await on.exec_driver_sql("UPDATE job SET done_at = NULL, lease_until = NULL")
        bench.said.clear()
        await bench.worker.until_idle()
    assert (len(fake.asked), bench.said) == (asked, [])


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_nobody_waits_for_anybody_elses_model_and_a_line_says_that_it_reads(database: Database) -> None:
    async def slow(writer: asyncio.StreamWriter, asked: Asked) -> None:
        asking.append(1)
        most.append(len(asking))
        await asyncio.sleep(1.5)
        asking.pop()
        await says(completion(json.dumps(honest(asked)), USAGE))(writer, asked)

    asking, most = list[int](), list[int]()
    fake = FakeOpenAI(honest, [slow] * 4)
    people = [Who("local", f"p{number}", f"P{number}") for number in range(4)]
    async with benched(database, fake) as bench:
        for who in people:
            await bench.hear("/fruit 1 seed 1", who=who)
        bench.said.clear()
        bench.worker.hold_every = 0.02
        working = asyncio.create_task(bench.worker.run())
        await asyncio.sleep(0.05)
        begun = time.perf_counter()
        for number, who in enumerate(people):
            text = ANSWER + " Yes." * number
            await bench.bot.receive(Message(who, f"a{number}", text, None, None, ADDRESS))
        while sum("of 100" in plain(card) for card in bench.said) < 8:
            await asyncio.sleep(0.01)
            assert time.perf_counter() - begun < 15
        assert max(most) == 4, "asked at the same time"
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    assert sum("Reading your answer" in plain(card) for card in bench.said) == 4
    assert len(fake.asked) == 4
