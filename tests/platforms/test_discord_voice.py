"""Cards are said once and in a place that is there: a private thread, a new one, or direct messages."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from interview_bot.chat.messages import Bar, Card, Chart, Picture
from interview_bot.core.ports import SendLater, SendNever
from interview_bot.platforms.discord.rest import Rest
from interview_bot.platforms.discord.voice import DiscordVoice
from tests.fakes.discord import FakeDiscord, Member
from tests.fakes.discord_state import ALL_PERMISSIONS
from tests.platforms.discord_stage import outgoing
from tests.platforms.slack_room import QUESTION, note

ATTACH_FILES = 1 << 15


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest.fixture
async def voice(discord: FakeDiscord) -> AsyncIterator[DiscordVoice]:
    rest = Rest(discord.token, discord.api_base)
    yield DiscordVoice(rest)
    await rest.close()


def lane(discord: FakeDiscord, ada: Member) -> dict[str, str]:
    """The address of an interview that was started in a server."""
    return {
        "user": ada.person.id,
        "parent": discord.general.id,
        "guild": discord.guild,
        "title": "Interview of Ada",
    }


async def test_the_first_card_opens_a_thread_and_the_next_goes_on_in_it(
    discord: FakeDiscord, voice: DiscordVoice
) -> None:
    ada = discord.member("Ada")
    first = await voice.say(outgoing(QUESTION, lane(discord, ada)))
    await voice.say(outgoing(note("next"), first.address, 2))
    assert [one.channel for one in discord.messages] == discord.threads * 2
    edited = await voice.say(outgoing(note("changed"), first.address, 2, discord.messages[1].id))
    assert edited.sent_as == discord.messages[1].id
    assert [one.text for one in discord.messages][1] == "changed"
    assert discord.faults == []


async def test_a_lost_reply_says_nothing_twice_and_opens_no_second_thread(
    discord: FakeDiscord, voice: DiscordVoice
) -> None:
    ada = discord.member("Ada")
    for path in ("/threads", "/messages"):
        discord.fail(path, lost=True)
    for attempt in (1, 2):
        with pytest.raises(SendLater):
            await voice.say(outgoing(QUESTION, lane(discord, ada), attempts=attempt))
    await voice.say(outgoing(QUESTION, lane(discord, ada), attempts=3))
    assert len(discord.threads) == len(discord.messages) == 1


@pytest.mark.parametrize("trouble", ["deleted", "locked"])
async def test_a_thread_that_is_gone_is_followed_by_another(
    discord: FakeDiscord, voice: DiscordVoice, trouble: str
) -> None:
    ada = discord.member("Ada")
    first = await voice.say(outgoing(QUESTION, lane(discord, ada)))
    discord.threads[0].gone, discord.threads[0].locked = trouble == "deleted", trouble == "locked"
    again = await voice.say(outgoing(note("on"), first.address, 1, first.sent_as))
    assert again.address["channel"] == discord.threads[1].id
    assert discord.threads[1].members == {ada.person.id}


async def test_without_permission_it_goes_on_in_direct_messages(
    discord: FakeDiscord, voice: DiscordVoice
) -> None:
    ada = discord.member("Ada")
    first = await voice.say(outgoing(QUESTION, lane(discord, ada)))
    discord.general.permissions = discord.threads[0].permissions = 0
    again = await voice.say(outgoing(note("on"), first.address, 2))
    assert discord.messages[-1].channel is ada.dm
    assert again.address["channel"] == ada.dm.id


async def test_a_deleted_message_is_said_anew(discord: FakeDiscord, voice: DiscordVoice) -> None:
    ada = discord.member("Ada")
    first = await voice.say(outgoing(QUESTION, {"user": ada.person.id}))
    deleted = discord.messages.pop()
    changed = outgoing(note("anew"), first.address, 1, first.sent_as)
    again = await voice.say(changed._replace(revision=2))
    assert again.sent_as != deleted.id
    assert [one.text for one in discord.messages] == ["anew"]


async def test_somebody_who_takes_no_direct_messages_is_given_up(
    discord: FakeDiscord, voice: DiscordVoice
) -> None:
    closed = discord.member("Ada", takes_dms=False)
    with pytest.raises(SendNever, match="50007"):
        await voice.say(outgoing(QUESTION, {"user": closed.person.id}))


async def test_a_limit_holds_up_its_own_channel_only(discord: FakeDiscord, voice: DiscordVoice) -> None:
    ada, bob = discord.member("Ada"), discord.member("Bob")
    first = await voice.say(outgoing(QUESTION, {"user": ada.person.id}))
    discord.fail(ada.dm.id, status=429, retry_after=30.0)
    with pytest.raises(SendLater) as told:
        await voice.say(outgoing(note("x"), first.address, 2))
    assert told.value.seconds == 30
    calls = len(discord.calls)
    with pytest.raises(SendLater):
        await voice.say(outgoing(note("x"), first.address, 2))
    assert len(discord.calls) == calls
    await voice.say(outgoing(note("y"), {"user": bob.person.id}, 3))


async def test_a_limit_of_the_whole_bot_holds_up_everybody(discord: FakeDiscord, voice: DiscordVoice) -> None:
    discord.fail("/users/@me/channels", status=429, retry_after=30.0, everywhere=True)
    for name in ("Ada", "Bob"):
        with pytest.raises(SendLater):
            await voice.say(outgoing(QUESTION, {"user": discord.member(name).person.id}))
    assert len(discord.calls) == 1


async def test_a_process_calls_40_times_a_second_and_the_rest_waits_without_being_refused(
    discord: FakeDiscord,
) -> None:
    rest = Rest(discord.token, discord.api_base)
    told = await asyncio.gather(*(rest.call("GET", "/users/@me") for _ in range(50)), return_exceptions=True)
    waits = [one.seconds for one in told if isinstance(one, SendLater)]
    assert len(discord.calls) == 40
    assert len(waits) == 10
    assert all(0 < seconds <= 1 for seconds in waits)
    assert not any(one.tried for one in told if isinstance(one, SendLater)), "waiting buries no message"
    await rest.close()


@pytest.mark.parametrize("who", ["this process", "another one"])
async def test_a_limit_that_others_used_up_is_learned_from_one_refusal(
    discord: FakeDiscord, who: str
) -> None:
    one, other = Rest(discord.token, discord.api_base), Rest(discord.token, discord.api_base)
    discord.fail("/users/@me", times=2, status=429, retry_after=5, everywhere=True)
    with pytest.raises(SendLater):
        await one.call("GET", "/users/@me")
    for _ in range(3):
        with pytest.raises(SendLater) as asked:
            await (one if who == "this process" else other).call("GET", "/users/@me")
        assert asked.value.seconds > 4
    assert len(discord.calls) == (1 if who == "this process" else 2)
    await one.close()
    await other.close()


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_trouble_on_discords_side_is_waited_for(
    discord: FakeDiscord, voice: DiscordVoice, status: int
) -> None:
    discord.fail("/messages", status=status)
    ada = discord.member("Ada")
    with pytest.raises(SendLater) as told:
        await voice.say(outgoing(QUESTION, {"user": ada.person.id}, attempts=3))
    assert told.value.seconds == 8
    await voice.say(outgoing(QUESTION, {"user": ada.person.id}, attempts=4))
    assert len(discord.messages) == 1


async def test_a_revoked_token_is_not_hammered(discord: FakeDiscord, voice: DiscordVoice) -> None:
    discord.token = "another"
    for _ in range(3):
        with pytest.raises(SendLater):
            await voice.say(outgoing(QUESTION, {"user": discord.member("Ada").person.id}))
    assert len(discord.calls) == 1


async def test_a_discord_that_cannot_be_reached_is_waited_for() -> None:
    rest = Rest("token", "http://127.0.0.1:9/api/v10")
    with pytest.raises(SendLater):
        await DiscordVoice(rest).say(outgoing(QUESTION, {"user": "1"}))
    await rest.close()


async def test_a_chart_is_a_picture_with_a_description_also_when_it_is_edited(discord: FakeDiscord) -> None:
    ada, rest = discord.member("Ada"), Rest(discord.token, discord.api_base)
    chart = Chart(title="By topic", bars=(Bar(label="storage", value=0.4),))
    card = note("Your progress").model_copy(update={"chart": chart})
    voice = DiscordVoice(rest, lambda chart: Picture(b"png of " + chart.title.encode(), "", "storage 40"))
    first = await voice.say(outgoing(card, lane(discord, ada)))
    await voice.say(outgoing(card, first.address, 1, first.sent_as))
    await rest.close()
    (shown,) = discord.messages
    assert shown.files == {"chart-0.png": b"png of By topic"}
    gallery = shown.body["components"][0]["components"][1]
    assert gallery["items"][0]["media"]["url"] == "attachment://chart-0.png"
    assert gallery["items"][0]["description"] == "storage 40"
    assert shown.edits == 1
    assert discord.faults == []


async def test_a_limit_after_a_thread_was_opened_opens_no_second_one(
    discord: FakeDiscord, voice: DiscordVoice
) -> None:
    ada = discord.member("Ada")
    discord.fail("/thread-members", status=429, retry_after=0.05)
    with pytest.raises(SendLater) as asked:
        await voice.say(outgoing(QUESTION, lane(discord, ada)))
    assert asked.value.tried, "the next try looks for the thread"
    await discord.settle(0.1)
    await voice.say(outgoing(QUESTION, lane(discord, ada), attempts=2))
    assert len(discord.threads) == len(discord.messages) == 1


async def test_where_nothing_may_be_attached_a_chart_is_told_with_text(discord: FakeDiscord) -> None:
    ada, rest = discord.member("Ada"), Rest(discord.token, discord.api_base)
    discord.general.permissions = ALL_PERMISSIONS & ~ATTACH_FILES
    card = Card(lines=(), chart=Chart(title="By topic", bars=(Bar(label="storage", value=0.4),)))
    voice = DiscordVoice(rest, lambda _: Picture(b"png", "", "storage 40"))
    first = await voice.say(outgoing(card, lane(discord, ada)))
    await voice.say(outgoing(card, first.address, 1, first.sent_as))
    await rest.close()
    (shown,) = discord.messages
    assert (shown.channel, shown.files, shown.edits) == (discord.threads[0], {}, 1)
    assert "storage" in shown.text
    assert "attachments" not in shown.body


async def test_a_chart_that_cannot_be_drawn_is_told_with_text(discord: FakeDiscord) -> None:
    ada, rest = discord.member("Ada"), Rest(discord.token, discord.api_base)
    card = Card(lines=(), chart=Chart(title="By topic", bars=(Bar(label="storage", value=0.4),)))
    await DiscordVoice(rest, lambda _: None).say(outgoing(card, lane(discord, ada)))
    await rest.close()
    assert "storage" in discord.messages[0].text
    assert discord.messages[0].files == {}
