"""The Discord fake is strict: what Discord refuses, it refuses, with Discord's own numbers."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord_checks import Rejected, check_commands, check_message, check_modal
from tests.fakes.discord_plain import read
from tests.fakes.discord_state import V2, Interaction

Json = dict[str, Any]
AGENT = {"User-Agent": "DiscordBot (https://example.org, 1)"}


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def button(label: str = "Go", name: str = "x") -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": name}


def row(*buttons: Json) -> Json:
    return {"type": 1, "components": list(buttons)}


def box(*inside: Json) -> Json:
    return {"type": 17, "components": list(inside)}


def message(*components: Json, **more: Any) -> Json:
    return {"components": list(components), "flags": V2, "allowed_mentions": {"parse": []}, **more}


def test_a_good_message_passes() -> None:
    check_message(message(box(text("a"), row(button(), button(name="y")))))
    check_message({"content": "a", "allowed_mentions": {"parse": []}})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (message(text("a"), content="b"), "content beside"),
        (message(), "no components"),
        (message(text(" ")), "empty text"),
        (message(text("a" * 4001)), "4001 characters"),
        (message(*[text("a")] * 41), "41 components"),
        (message(row(button(), button())), "custom_id twice"),
        (message(row(button(name="x" * 101))), "length of a custom_id"),
        (message(row(button("L" * 81))), "label"),
        (message(row(*(button(name=str(number)) for number in range(6)))), "children"),
        (message(row()), "children"),
        (message(box(box(text("a")))), "inside"),
        (message(button()), "inside"),
        (message(text("a\u202eb")), "nobody sees"),
        (message(text("a"), allowed_mentions={"parse": ["users"]}), "mention nobody"),
        ({"components": [text("a")], "flags": V2}, "mention nobody"),
        (message(text("a"), flags=V2 | 64), "ephemeral"),
        (message(text("a"), embeds=[]), "unwanted"),
        (message(text("a"), nonce="n" * 26), "nonce"),
        (message(text("a"), flags=0), "without the flag"),
        ({"content": "a" * 2001, "allowed_mentions": {"parse": []}}, "longer than 2000"),
        ({"allowed_mentions": {"parse": []}}, "empty message"),
    ],
)
def test_a_bad_message_is_refused(body: Json, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        check_message(body)


def field(**more: Any) -> Json:
    return {
        "type": 18,
        "label": "Answer",
        "component": {"type": 4, "style": 2, "custom_id": "a", "max_length": 4000, **more},
    }


@pytest.mark.parametrize(
    "change",
    [
        {"title": "t" * 46},
        {"custom_id": "x" * 101},
        {"components": []},
        {"components": [field()] * 6},
        {"components": [field(max_length=4001)]},
        {"components": [field() | {"label": "l" * 46}]},
        {"components": [row(button())]},
    ],
)
def test_a_bad_form_is_refused(change: Json) -> None:
    good: Json = {"title": "Answer", "custom_id": "x", "components": [text("q"), field()]}
    check_modal(good)
    with pytest.raises(Rejected):
        check_modal(good | change)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Mock Interview"},
        {"name": "UPPER"},
        {"description": ""},
        {"description": "d" * 101},
        {"options": [{"name": "a", "description": "a"}] * 2},
        {"options": [{"name": str(number), "description": "a"} for number in range(26)]},
        {
            "options": [
                {"name": "a", "description": "a"},
                {"name": "b", "description": "b", "required": True},
            ]
        },
        {"name_localizations": {"de": "zu viel Platz"}},
    ],
)
def test_bad_commands_are_refused(change: Json) -> None:
    good: Json = {"name": "mock-interview", "description": "Practise"}
    check_commands([good])
    with pytest.raises(Rejected):
        check_commands([good | change])


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(answer_within=0.2) as fake:
        yield fake


async def call(
    discord: FakeDiscord, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    """A call as a bot makes it."""
    sent = {"Authorization": f"Bot {discord.token}", **AGENT, **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, discord.api_base + path, json=body, headers=sent) as answer,
    ):
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, await answer.json()


async def test_without_the_token_or_a_name_nothing_is_done(discord: FakeDiscord) -> None:
    assert (await call(discord, "GET", "/users/@me", Authorization="Bot wrong"))[0] == 401
    assert (await call(discord, "GET", "/users/@me", **{"User-Agent": "curl"}))[0] == 400
    assert (await call(discord, "GET", "/nothing"))[0] == 404


async def test_the_same_nonce_says_nothing_twice_and_none_is_refused(discord: FakeDiscord) -> None:
    path = f"/channels/{discord.general.id}/messages"
    assert (await call(discord, "POST", path, message(text("a"))))[0] == 400
    body = message(text("a"), nonce="1", enforce_nonce=True)
    _, first = await call(discord, "POST", path, body)
    _, second = await call(discord, "POST", path, body)
    assert first["id"] == second["id"]
    assert len(discord.messages) == 1


async def test_an_interaction_is_answered_once_in_time_and_in_a_way_that_fits(discord: FakeDiscord) -> None:
    ada = discord.member("Ada")

    def new(kind: int) -> tuple[Interaction, str]:
        one = Interaction(kind, ada.person, discord.general, {})
        discord.interactions[one.token] = one
        return one, f"/interactions/{one.id}/{one.token}/callback"

    shown: Json = {"type": 4, "data": {"content": "a", "flags": 64, "allowed_mentions": {"parse": []}}}
    one, path = new(2)
    assert (await call(discord, "POST", f"/webhooks/{discord.application}/{one.token}", shown["data"]))[1][
        "code"
    ] == 10015
    assert (await call(discord, "POST", path, shown))[0] == 200
    assert (await call(discord, "POST", path, shown))[1]["code"] == 40060
    late, path = new(2)
    late.at -= 1
    assert (await call(discord, "POST", path, shown))[1]["code"] == 10062
    for kind, wrong in ((2, 6), (4, 4), (3, 8), (5, 9), (5, 6)):
        _, path = new(kind)
        assert (await call(discord, "POST", path, {"type": wrong}))[1]["code"] == 50035
    _, path = new(3)
    in_public = {"type": 4, "data": {"content": "a", "allowed_mentions": {"parse": []}}}
    assert (await call(discord, "POST", path, in_public))[1]["code"] == 50035


async def test_places_that_are_gone_closed_or_forbidden_are_told_apart(discord: FakeDiscord) -> None:
    body = message(text("a"), nonce="1", enforce_nonce=True)
    shy = discord.member("Ada", takes_dms=False)
    thread: Json = {"name": "t", "type": 12, "auto_archive_duration": 1440}
    _, made = await call(discord, "POST", f"/channels/{discord.general.id}/threads", thread)
    discord.threads[0].locked = True
    hidden = discord.add_channel(discord.guild, permissions=0)
    mute = discord.add_channel(discord.guild, permissions=1 << 10)
    expected = {"1": 10003, shy.dm.id: 50007, made["id"]: 160005, hidden.id: 50001, mute.id: 50013}
    for channel, code in expected.items():
        assert (await call(discord, "POST", f"/channels/{channel}/messages", body))[1]["code"] == code
    assert (await call(discord, "POST", f"/channels/{mute.id}/threads", thread))[1]["code"] == 50013
    assert (await call(discord, "PATCH", f"/channels/{discord.general.id}/messages/1", body))[1][
        "code"
    ] == 10008


def test_markdown_is_read_as_a_person_reads_it() -> None:
    told = "## **Bold** and _so_\n-# small \\*star\\*\n> see <https://x.example/a_b>\n```\n*code*\n```"
    assert read(told) == "Bold and so\nsmall *star*\nsee https://x.example/a_b\n*code*"
