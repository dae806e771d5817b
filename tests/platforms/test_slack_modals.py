"""Forms, shortcuts and the App Home: each stands for a command, over HTTP and Socket Mode alike."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_bot.chat.messages import Card, Choice, Line, Message, Reply
from interview_bot.core.interview import Who
from interview_bot.core.records import Profile
from interview_bot.platforms.slack.home import home_view
from interview_bot.platforms.slack.manifest import EVENTS, PRACTISE, PRACTISE_ON, scopes
from interview_bot.platforms.slack.modals.practise import near_form, start_form
from interview_bot.platforms.slack.modals.team import settings_form, suggest_form
from interview_bot.platforms.slack.people import People
from interview_bot.platforms.slack.words import Words
from tests.fakes.slack import FakeSlack, plain
from tests.fakes.slack_checks import check_view
from tests.platforms.slack_room import NOT_SAVED, TEXTS, Room, note, room_over_http, room_over_socket
from tests.platforms.test_slack_blocks import cards, words

FACTS = {"grader": None, "budget": None, "keep_days": None, "reviewers": None, "spent": 0.25, "open": 2}
FACTS |= {"most_budget": 1.0, "most_days": 180}
FOUND = [
    {
        "slug": "container-vs-vm",
        "topic": "basics",
        "level": 1,
        "prompt": "What is a container? <b>\nAnd a VM?",
    }
]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(scopes=scopes(), events=EVENTS) as fake:
        yield fake
        assert fake.faults == []


@pytest.fixture(params=["http", "socket"])
async def room(request: pytest.FixtureRequest, slack: FakeSlack) -> AsyncIterator[Room]:
    way = room_over_http if request.param == "http" else room_over_socket
    async with way(slack) as built:
        yield built


async def test_the_shortcut_from_anywhere_starts_an_interview(room: Room) -> None:
    await room.ada.shortcut(PRACTISE)
    modal = await room.slack.view_where(lambda view: True)
    room.part.reply = lambda message: Reply((note("Your interview is open."),))
    await room.ada.submit(
        modal, {"Topic": "networking", "Level": "2 – working engineer", "Number of questions": "3"}
    )
    assert not modal.is_open
    assert room.part.last.command == "networking level 2 3"
    assert [cards for _, cards in room.part.whispered] == [(note("Your interview is open."),)]
    await room.ada.shortcut(PRACTISE)
    await room.ada.submit(await room.slack.view_where(lambda view: True), {})
    assert room.part.last.command == "docker"


async def test_a_refused_start_stays_in_the_form_with_the_reason(room: Room) -> None:
    await room.ada.shortcut(PRACTISE)
    modal = await room.slack.view_where(lambda view: True)
    room.part.reply = lambda message: Reply((note("There are no questions on that."),), refused=True)
    await room.ada.submit(modal, {"Topic": "networking"})
    assert modal.is_open
    assert list(modal.errors.values()) == ["There are no questions on that."]


async def test_the_shortcut_on_a_message_offers_questions_about_it(room: Room) -> None:
    await room.ada.message("Why did the <container> & its VM die?")
    said = room.slack.messages[-1]
    room.part.reply = lambda message: Reply((note("found"),), {"near": FOUND})
    await room.ada.shortcut(PRACTISE_ON, said)
    assert room.part.last.command == "near Why did the <container> & its VM die?"
    modal = await room.slack.view_where(lambda view: True)
    assert "1. What is a container? <b> And a VM?" in plain(modal)
    room.part.reply = lambda message: Reply()
    await room.ada.submit(modal, {})
    assert room.part.last.command == "container-vs-vm"


async def test_a_message_about_nothing_known_offers_every_topic(room: Room) -> None:
    await room.ada.message("Good morning")
    room.part.reply = lambda message: Reply((note("none"),), {"near": []})
    await room.ada.shortcut(PRACTISE_ON, room.slack.messages[-1])
    modal = await room.slack.view_where(lambda view: True)
    await room.ada.submit(modal, {"Topic": "networking"})
    assert room.part.last.command == "networking"


async def test_suggest_opens_a_form_whose_parts_become_one_text(room: Room) -> None:
    room.part.reply = lambda message: Reply((note("how"),), {"topics": ["images", "networking"]})
    await room.ada.command("suggest")
    assert room.slack.messages == []
    modal = await room.slack.view_where(lambda view: True)
    room.part.reply = lambda message: Reply()
    question, answer = "How do <containers> find each other?", "By *name*.\nThe resolver answers."
    await room.ada.submit(
        modal,
        {
            "Topic": "networking",
            "ib:prompt": question,
            "ib:reference": answer,
            "ib:sources": "https://docs.docker.com/engine/network/",
        },
    )
    assert room.part.last.turn == "suggest.new"
    assert room.part.last.text == (
        f"networking {question}\n--\n{answer}\nhttps://docs.docker.com/engine/network/"
    )


async def test_what_cannot_be_suggested_keeps_every_field(room: Room) -> None:
    room.part.reply = lambda message: Reply((note("how"),), {"topics": ["images"]})
    await room.ada.command("suggest")
    modal = await room.slack.view_where(lambda view: True)
    room.part.trouble = RuntimeError("database away")
    filled = {"Topic": "images", "ib:prompt": "What?", "ib:reference": "That."}
    await room.ada.submit(modal, filled)
    assert modal.is_open
    assert modal.errors == {"ib:prompt": NOT_SAVED}


async def test_admin_opens_the_settings_and_saves_them_as_one_command(room: Room) -> None:
    channel = room.slack.add_channel("reviewers")
    room.part.reply = lambda message: Reply((note("This team"),), FACTS)
    await room.ada.command("admin")
    modal = await room.slack.view_where(lambda view: True)
    assert "0.25 US dollars today" in plain(modal)
    await room.ada.submit(
        modal, {"ib:reviewers": channel.id, "ib:grader": "rubric", "ib:budget": "0.50", "ib:keep": "90"}
    )
    assert room.part.last.command == f"admin reviewers {channel.id} grader rubric budget 0.50 keep 90"
    await room.ada.command("admin")
    await room.ada.submit(await room.slack.view_where(lambda view: True), {})
    assert room.part.last.command == "admin reviewers off grader usual budget usual keep usual"


async def test_a_command_whose_form_does_not_open_is_answered_in_words(room: Room) -> None:
    room.part.reply = lambda message: Reply((note("This team"),), FACTS)
    room.slack.fail("views.open", error="internal_error")
    await room.ada.command("admin")
    assert plain(room.slack.messages[0]) == "This team"


async def test_the_home_is_shown_to_whoever_opens_it_and_again_after_a_button_there(room: Room) -> None:
    page = Card(
        lines=(Line(text="Mock interviews", style="heading"),),
        choices=(Choice(label="Go on", command="resume"),),
    )
    room.part.reply = lambda message: Reply((page,))
    await room.ada.open_home()
    [(message, cards)] = room.part.published
    assert (message.command, message.who.candidate, cards) == ("home", room.ada.id, (page,))
    await room.say(page, surface="home")
    assert room.ada.home is not None
    await room.ada.press(room.ada.home, "Go on")
    assert [one.command for one in room.part.heard] == ["home", "resume", "home"]
    assert "channel" not in room.part.heard[1].address
    assert len(room.part.published) == 2
    assert len(room.part.whispered) == 1


ADA = Who("slack:T1", "U1", "ada")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Known:
    """What was read and promised about people."""

    def __init__(self, profile: Profile | None) -> None:
        self.profile = profile
        self.read = 0
        self.promised: list[bool] = []
        self.now = NOW
        self.people = People(self.recall, self.promise, lambda: self.now)

    async def recall(self, who: Who) -> Profile | None:
        self.read += 1
        return self.profile

    async def promise(self, message: Message, again: bool) -> None:
        self.promised.append(again)


async def test_a_stranger_is_asked_about_and_may_manage_nothing_until_then() -> None:
    known = Known(None)
    message, certain = await known.people.know(Message(ADA, "d1", command="help"))
    assert (certain, message.may_manage, message.who.language, known.promised) == (
        False,
        False,
        "en",
        [False],
    )


async def test_who_is_known_is_read_once_in_a_while_and_asked_about_once_a_day() -> None:
    known = Known(Profile("de-AT", True, NOW))
    for _ in range(2):
        message, certain = await known.people.know(Message(ADA, "d1", command="help"))
        assert (certain, message.may_manage, message.who.language) == (True, True, "de-AT")
    assert (known.read, known.promised) == (1, [])
    known.now += timedelta(minutes=11)
    await known.people.know(Message(ADA, "d2", command="help"))
    assert (known.read, known.promised) == (2, [])
    known.now += timedelta(days=1)
    await known.people.know(Message(ADA, "d3", command="help"))
    assert known.promised == [False]


@pytest.mark.parametrize("language", ["en", "de"])
@given(
    st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,60}", fullmatch=True), min_size=1, max_size=120, unique=True),
    st.lists(st.fixed_dictionaries({"slug": st.just("a"), "topic": words, "level": st.just(1), "prompt": words}),
             min_size=1, max_size=5),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_slack_takes_every_form(language: str, topics: list[str], found: list[dict]) -> None:
    said = Words(TEXTS, language)
    numbered = [one | {"slug": f"q{number}"} for number, one in enumerate(found)]
    for view in (start_form(topics, said, 12), near_form(numbered, said), suggest_form(topics, said)):
        check_view(view)
    check_view(
        settings_form(FACTS | {"grader": "rubric", "budget": 0.5, "keep_days": 9, "reviewers": "C1"}, said)
    )
    check_view(settings_form(FACTS | {"most_days": 0}, said))


@given(st.lists(cards, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_slack_takes_every_home(several: list[Card]) -> None:
    check_view(home_view(several), allowed=("home",))
