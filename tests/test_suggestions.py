"""A suggested question goes into its team's queue, is decided once, and leaves as a file that the bank reads."""

from pathlib import Path

import pytest
import yaml

from interview_bot.bank.drafts import write_imported
from interview_bot.bank.files import load
from interview_bot.chat.suggestions import question_file
from interview_bot.core.catalogue import Catalogue
from interview_bot.core.errors import BadSuggestion, SuggestionTooLong, UnknownTopic
from interview_bot.core.interview import Who
from interview_bot.core.near import nearest
from interview_bot.core.suggestion import Draft, question_of, read_suggestion, written
from tests.bench import ANN, FRUIT, Bench

BANK = Catalogue(FRUIT)
BEA, EVE = Who("local", "bea", "Bea"), Who("slack:T2", "eve", "Eve")
TEXT = "stones What does a *peach* hide? -- A stone.\n\nInside the flesh.\nhttps://example.org/peach"


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.replace(" -- ", "\n--\n"), TEXT.replace("stones ", "Stones:\n"), TEXT.replace(" -- ", " — ")],
)
def test_a_suggestion_is_read_however_it_is_broken_into_lines(text: str) -> None:
    sources = ("https://example.org/peach",)
    draft = Draft("stones", "What does a *peach* hide?", "A stone.\n\nInside the flesh.", sources)
    assert read_suggestion(text, BANK) == draft
    assert read_suggestion(written(draft), BANK) == draft


@pytest.mark.parametrize("text", ["", "stones", "stones --", "stones What?", "stones What? -- https://a.b/c"])
def test_a_suggestion_that_lacks_a_part_is_refused(text: str) -> None:
    with pytest.raises(BadSuggestion):
        read_suggestion(text, BANK)


def test_an_unknown_topic_and_a_novel_are_refused() -> None:
    with pytest.raises(UnknownTopic):
        read_suggestion("stone What? -- That.", BANK)
    with pytest.raises(SuggestionTooLong):
        read_suggestion("stones What? -- " + "x" * 3_001, BANK)


async def test_a_queue_belongs_to_one_team_and_is_decided_once(bench: Bench) -> None:
    await bench.hear(f"/suggest {TEXT}", who=BEA, delivery="once")
    assert await bench.hear(f"/suggest {TEXT}", who=BEA, delivery="once") == []
    async with bench.database.begin() as work:
        [waiting] = await work.suggestions.all("open", "local")
    assert await bench.hear("/suggestions", who=EVE) == ["No suggested question is waiting."]
    gone = ["That suggestion is decided, or gone."]
    assert await bench.hear(f"/suggestions accept {waiting.id}", who=EVE) == gone
    refused = await bench.hear("/suggestions", may_manage=False)
    assert refused == ["Only people who manage this team can do that."]
    accepted = "\n".join(await bench.hear(f"/suggestions accept {waiting.id}", who=ANN))
    assert f"questions/fruit/stones/{waiting.slug}.yaml" in accepted
    assert "Your question is accepted: What does a *peach* hide?" in accepted
    assert await bench.hear(f"/suggestions decline {waiting.id} no", who=ANN) == gone


async def test_a_form_declines_with_the_reason_that_the_author_reads(bench: Bench) -> None:
    await bench.hear(TEXT, who=BEA, turn="suggest.new")
    async with bench.database.begin() as work:
        [waiting] = await work.suggestions.all("open")
    told = await bench.hear("We have that one.", turn=f"decline.{waiting.id}")
    assert told == ["Your question is not taken: What does a *peach* hide?\nWe have that one."]


async def test_what_one_has_suggested_is_exported_and_deleted_with_all_else(bench: Bench) -> None:
    await bench.hear(f"/suggest {TEXT}", who=BEA)
    assert "peach" in "\n".join(await bench.hear("/privacy export", who=BEA))
    await bench.hear("/privacy delete yes", who=BEA)
    async with bench.database.begin() as work:
        assert list(await work.suggestions.all("open")) == []


async def test_an_accepted_suggestion_is_a_question_file_that_can_be_asked(
    bench: Bench, tmp_path: Path
) -> None:
    await bench.hear(f"/suggest {TEXT}", who=BEA)
    async with bench.database.begin() as work:
        [waiting] = await work.suggestions.all("open")
    write_imported(tmp_path, [question_of(waiting, "fruit")])
    [loaded] = load(tmp_path)
    assert (loaded.question.prompt, loaded.question.topic) == ("What does a *peach* hide?", "stones")
    assert yaml.safe_load(question_file(waiting, "fruit")) == yaml.safe_load(loaded.path.read_bytes())


def test_questions_are_found_by_what_is_rare_and_nothing_by_what_is_empty() -> None:
    assert [one.slug for one in nearest("I like the quinces", BANK.listed.values())] == ["quince"]
    assert nearest("you and the what", BANK.listed.values()) == []
    assert nearest("", BANK.listed.values()) == []
    assert len(nearest("apple pear plum cherry quince", BANK.listed.values(), 3)) == 3


async def test_a_team_may_spend_less_and_keep_shorter_than_the_operator_but_not_more(bench: Bench) -> None:
    assert "no sum from 0 to 1.00" in (await bench.hear("/admin budget 1.50"))[0]
    assert "0.40 US dollars today" in (await bench.hear("/admin budget 0.40"))[0]
    await bench.hear("/admin keep 30")
    async with bench.database.begin() as work:
        assert await work.settings.kept_shorter() == {"local": 30}
    assert "kept until somebody deletes them" in (await bench.hear("/admin keep usual"))[0]
    assert (await bench.hear("/admin", may_manage=False)) == ["Only people who manage this team can do that."]
