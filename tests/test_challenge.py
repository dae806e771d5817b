"""A grade that is challenged: a person's verdict wins, and everything that hangs on it is corrected."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from interview_bot.chat.messages import Message, plain
from interview_bot.cli.challenges import _write_gold
from interview_bot.core.errors import OperatorError
from interview_bot.core.interview import Who
from interview_bot.core.questions import Question
from interview_bot.graders.benchmark.labelled import read_gold
from interview_bot.storage import tables
from tests.bench import ADDRESS, ANN, FRUIT, PLACE, Bench, question

REVIEWER = Who("local", "rae", "Rae")


async def challenged(bench: Bench) -> tuple[str, str]:
    """Ann's answer misses the core; she challenges it: the turn of the card, the turn of the reviewers' button."""
    await bench.hear("/admin reviewers here", who=REVIEWER)
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("Its skin is red and the inside tastes of honey.")
    card = next(one for one in bench.said if any(choice.command == "challenge" for choice in one.choices))
    turn = next(choice.turn for choice in card.choices if choice.command == "challenge")
    assert turn
    shown = await bench.hear("Honey is sweet, is it not?", turn=turn)
    assert any("Honey is sweet, is it not?" in text for text in shown)
    assert any("Your challenge is with the reviewers" in text for text in shown)
    button = next(choice.turn for one in bench.said for choice in one.choices if choice.command == "decide")
    assert button
    return turn, button


async def points(bench: Bench) -> int:
    text = "\n".join(await bench.hear("/leaderboard"))
    found = re.search(r"Ann — (\d+) points", text)
    assert found
    return int(found[1])


async def test_a_changed_verdict_corrects_score_standing_and_mastery(bench: Bench) -> None:
    _, button = await challenged(bench)
    before = await points(bench)
    shown = "\n".join(await bench.hear("core met: Honey is sweet indeed.", who=REVIEWER, turn=button))
    assert "A reviewer changed your grade" in shown
    assert "Honey is sweet indeed." in shown
    assert await points(bench) > before
    async with bench.database.begin() as work:
        assert await work.standings.verify() == []
        known = await work.memory.known(ANN, bench.clock.now())
    assert [(one.asked, one.met) for one in known] == [(2, 2)]
    async with bench.database.connect() as on:
        assert (
            len((await on.execute(select(tables.audit).where(tables.audit.c.what.like("challenge%")))).all())
            == 1
        )


async def test_an_upheld_grade_stays_and_the_candidate_hears_why(bench: Bench) -> None:
    _, button = await challenged(bench)
    before = await points(bench)
    shown = "\n".join(await bench.hear("uphold: Say sweet when you mean sweet.", who=REVIEWER, turn=button))
    assert "Say sweet when you mean sweet." in shown
    assert await points(bench) == before


async def test_two_reviewers_decide_once(bench: Bench) -> None:
    _, button = await challenged(bench)
    await bench.hear("core met: Yes.", who=REVIEWER, turn=button)
    late = await bench.hear("uphold: No.", who=Who("local", "sam", "Sam"), turn=button)
    assert late == ["That challenge is decided, or gone."]


async def test_two_reviewers_at_the_same_moment_decide_once(bench: Bench) -> None:
    _, button = await challenged(bench)
    words = {"rae": "core met: Yes.", "sam": "uphold: No."}
    replies = await asyncio.gather(
        *(
            bench.bot.receive(Message(Who("local", name, name), name, text, None, button, ADDRESS, PLACE))
            for name, text in words.items()
        )
    )
    told = [plain(card) for reply in replies for card in reply.cards]
    assert told == ["That challenge is decided, or gone."]
    async with bench.database.begin() as work:
        decided = [one for state in ("upheld", "changed") for one in await work.challenges.all(state)]
        assert len(decided) == 1
        assert await work.standings.verify() == []


async def test_a_reason_may_begin_with_the_criteria_that_it_is_about(bench: Bench) -> None:
    await bench.hear("/admin reviewers here", who=REVIEWER)
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("Its skin is red and the inside tastes of honey.")
    assert any("About: core" in text for text in await bench.hear("/challenge core: honey is sweet"))


async def test_a_question_that_was_edited_since_is_decided_as_it_was_asked(bench: Bench) -> None:
    _, button = await challenged(bench)
    edited = question("apple").model_dump() | {"criteria": [{"id": "new", "point": "N", "heard": ["new"]}]}
    edited["misconceptions"] = []
    later = Bench(
        bench.database, tuple(Question.model_validate(edited | {"slug": one.slug}) for one in FRUIT)
    )
    later.deliveries = 100
    assert "no decision" in (await later.hear("new met: Yes.", who=REVIEWER, turn=button))[0]
    shown = "\n".join(await later.hear("core met: Yes.", who=REVIEWER, turn=button))
    assert "A reviewer changed your grade: 100 of 100" in shown


async def test_nobody_decides_on_a_grade_of_their_own(bench: Bench) -> None:
    _, button = await challenged(bench)
    assert await bench.hear("core met: Of course.", turn=button) == [
        "Somebody else has to decide on your grade."
    ]


async def test_one_challenge_of_a_grade_is_open_at_a_time(bench: Bench) -> None:
    turn, button = await challenged(bench)
    assert await bench.hear("Again.", turn=turn) == ["This grade is challenged already."]
    await bench.hear("uphold: No.", who=REVIEWER, turn=button)
    assert any("with the reviewers" in text for text in await bench.hear("Once more.", turn=turn))


async def test_a_deleted_candidate_leaves_nothing_to_decide(bench: Bench) -> None:
    _, button = await challenged(bench)
    await bench.hear("/privacy delete yes")
    assert await bench.hear("core met: Yes.", who=REVIEWER, turn=button) == [
        "That challenge is decided, or gone."
    ]


async def test_another_teams_reviewer_cannot_decide(bench: Bench) -> None:
    _, button = await challenged(bench)
    stranger = Who("slack:T9", "eve", "Eve")
    assert "gone" in (await bench.hear("core met: Yes.", who=stranger, turn=button))[0]


async def test_a_decision_that_cannot_be_read_says_how_it_is_written(bench: Bench) -> None:
    _, button = await challenged(bench)
    for words in ("core met", "coree met: yes", "core great: yes", ": yes"):
        assert "core met: why" in (await bench.hear(words, who=REVIEWER, turn=button))[0], words


async def test_without_reviewers_a_typed_challenge_is_kept_for_the_operator(bench: Bench) -> None:
    await bench.hear("/fruit 1 seed 1")
    assert "no grade" in (await bench.hear("/challenge It was right."))[0]
    await bench.hear("Its skin is red.")
    assert "interview-bot challenges" in (await bench.hear("/challenge It was right."))[0]


async def test_decided_challenges_are_labelled_answers_that_the_benchmark_reads(
    bench: Bench, tmp_path: Path
) -> None:
    _, button = await challenged(bench)
    await bench.hear("core met: Honey is sweet.", who=REVIEWER, turn=button)
    async with bench.database.begin() as work:
        (decided,) = await work.challenges.all("changed")
        interview = await work.interview(decided.interview)
        assert interview
        told = [(decided, interview.turn, await work.challenges.text(decided.turn))]
    slug = interview.turn.question.slug
    _write_gold(tmp_path / "gold", told, bench.catalogue.questions)
    read = read_gold(tmp_path / "gold", bench.catalogue.questions.__getitem__)
    (answer,) = read[slug][1]
    assert answer.answer == "Its skin is red and the inside tastes of honey."
    assert answer.verdicts == {"core": "met", "skin": "met"}
    with pytest.raises(OperatorError, match="expected a new folder"):
        _write_gold(tmp_path / "gold", told, bench.catalogue.questions)
    changed = {slug: interview.turn.question.model_copy(update={"criteria": ()})}
    _write_gold(tmp_path / "other", told, changed)
    assert not list((tmp_path / "other").glob("*.jsonl"))
