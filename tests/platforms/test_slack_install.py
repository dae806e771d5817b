"""Many workspaces: installed over Slack's OAuth, each spoken to with its own token, renewed, revoked, and kept apart."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from interview_bot.core.errors import BadSetting
from interview_bot.core.ports import Job, SendLater
from interview_bot.platforms.slack.app import make_app
from interview_bot.platforms.slack.clients import Clients
from interview_bot.platforms.slack.http import slack_routes
from interview_bot.platforms.slack.install.flow import States, make_flow
from interview_bot.platforms.slack.install.installed import Installed, Place, Renew
from interview_bot.platforms.slack.manifest import scopes
from interview_bot.platforms.slack.room import Room as SlackRoom
from interview_bot.platforms.slack.voice import SlackVoice
from interview_bot.settings import Settings
from interview_bot.storage import tables as t
from interview_bot.storage.database import Database
from interview_bot.storage.installations import Installations
from interview_bot.wiring import House
from interview_bot.wiring.slack import SlackSide
from interview_bot.work.purge import PurgeWork
from tests.fakes.slack import FakeSlack, Slacker
from tests.platforms.slack_process import write_bank
from tests.platforms.slack_room import TEXTS, Part, note, outgoing, served

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@dataclass
class Shop:
    """Everything about installing, on one database."""

    database: Database
    slack: FakeSlack
    now: datetime = NOW
    promised: list[tuple[Place, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shelf = Installations(self.database, [KEY])
        self.installed = Installed(self.shelf, self.promise, lambda: self.now)
        self.clients = Clients(self.installed, self.slack.api_url)

    async def promise(self, place: Place, at: datetime, expires: int) -> None:
        self.promised.append((place, at))


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(scopes=scopes()) as fake:
        yield fake
        assert fake.faults == []


@pytest.fixture
def shop(database: Database, slack: FakeSlack) -> Shop:
    return Shop(database, slack)


def installation(
    team: str | None, token: str = "xoxb-1", *, enterprise: str | None = None, **more
) -> Installation:
    whole: dict[str, Any] = {
        "is_enterprise_install": team is None,
        "user_id": "U1",
        "bot_id": "B1",
        "bot_user_id": "U2",
    }
    return Installation(team_id=team, enterprise_id=enterprise, bot_token=token, **(whole | more))


async def test_a_workspace_is_added_with_slacks_consent_and_answered_with_its_own_token(shop: Shop) -> None:
    slack, part = shop.slack, Part()
    other = slack.add_team("globex", scopes=scopes())
    client = shop.clients.with_token(None)
    flow = make_flow("1.2", "secret", scopes(), shop.installed, client, shop.now.timestamp)
    room = SlackRoom(part.receive, TEXTS, ("docker",), part.whisper)
    app = make_app(room, shop.installed, signing_secret=slack.signing_secret, api_url=slack.api_url)
    async with served(Starlette(routes=slack_routes(app, install=flow))) as origin:
        ben = slack.slacker("ben", slack.over_http(f"{origin}/slack/events"), team=other)
        refused = await ben.command("docker")
        assert part.heard == []
        assert refused.status == 200

        went = await slack.browse(f"{origin}/slack/install")
        consent = parse_qs(urlsplit(went.link).query)
        assert consent["scope"] == [",".join(scopes())]
        assert consent["client_id"] == ["1.2"]
        code = slack.consent(other)
        back = f"{origin}/slack/oauth_redirect?code={code}&state={consent['state'][0]}"
        assert (await slack.browse(back)).status == 400  # another browser
        assert (await slack.browse(back, cookie=went.cookie)).status == 200

        await ben.command("docker")
        assert part.last.who.team == f"slack:{other.id}"
    await SlackVoice(shop.clients).say(outgoing(ben, note("Hello.")))
    assert [call.team for call in slack.calls_to("chat.postMessage")] == [other]
    with pytest.raises(SendLater):
        await SlackVoice(shop.clients).say(outgoing(slack.slacker("ada", ben.transport), note("Hello.")))


async def test_a_state_is_good_for_ten_minutes_and_cannot_be_made_up() -> None:
    time = [1_000_000.0]
    states = States("secret", lambda: time[0])
    state = await states.async_issue()
    assert await states.async_consume(state)
    assert not await States("other", lambda: time[0]).async_consume(state)
    assert not await states.async_consume("1000000.x.y")
    assert not await states.async_consume("")
    time[0] += 601
    assert not await states.async_consume(state)


async def test_tokens_lie_sealed_in_the_database_and_old_keys_open_them(shop: Shop) -> None:
    await shop.installed.async_save(installation("T1", "xoxb-secret"))
    async with shop.database.connect() as on:
        assert "xoxb" not in (await on.scalar(select(t.slack_installation.c.sealed)) or "")
    both = Installations(shop.database, [OTHER, KEY])
    assert (await both.get("", "T1") or {})["bot_token"] == "xoxb-secret"
    with pytest.raises(BadSetting, match=r"^INTERVIEW_BOT_TOKEN_KEYS: no key opens .*T1"):
        await Installations(shop.database, [OTHER]).get("", "T1")
    with pytest.raises(BadSetting, match="INTERVIEW_BOT_TOKEN_KEYS"):
        Installations(shop.database, ["short"])


async def test_an_organisations_token_serves_its_workspaces_and_a_workspaces_own_comes_first(
    shop: Shop,
) -> None:
    await shop.installed.async_save(installation(None, "xoxb-org", enterprise="E1"))
    await shop.installed.async_save(installation("T2", "xoxb-two", enterprise="E1"))
    assert [one and one.token for one in [await shop.installed.of("E1", "T1"), await shop.installed.of("E1", "T2")]] == [
        "xoxb-org", "xoxb-two",
    ]  # fmt: skip
    assert (await shop.installed.of("E1", None) or ("",))[0] == "xoxb-org"
    assert await shop.installed.of(None, "T1") is None
    assert await shop.installed.of("E2", "T1") is None


async def test_a_token_is_remembered_for_a_minute_and_a_revoked_one_forgotten_at_once(shop: Shop) -> None:
    await shop.installed.async_save(installation("T1", "xoxb-1"))
    elsewhere = Installed(shop.shelf, shop.promise, lambda: shop.now)
    assert (await elsewhere.of(None, "T1") or ("",))[0] == "xoxb-1"
    await shop.installed.forget(Place("", "T1"), shop.now)
    assert await shop.installed.of(None, "T1") is None
    shop.now += timedelta(seconds=59)
    assert (await elsewhere.of(None, "T1") or ("",))[0] == "xoxb-1"
    shop.now += timedelta(seconds=2)
    assert await elsewhere.of(None, "T1") is None


async def test_news_of_a_removal_that_come_late_do_not_hurt_a_new_installation(shop: Shop) -> None:
    await shop.installed.async_save(installation("T1", "xoxb-new"))
    await shop.installed.forget(Place("", "T1"), shop.now - timedelta(minutes=1))
    assert (await shop.installed.of(None, "T1") or ("",))[0] == "xoxb-new"


async def test_a_token_that_expires_is_renewed_once_two_hours_before(shop: Shop) -> None:
    expires = int((NOW + timedelta(hours=12)).timestamp())
    old = installation("T1", "xoxe.xoxb-1", bot_refresh_token="xoxe-1", bot_token_expires_at=expires)
    await shop.installed.async_save(old)
    assert shop.promised == [(Place("", "T1"), NOW + timedelta(hours=10))]
    shop.slack.refreshes["xoxe-1"] = ("xoxe.xoxb-2", "xoxe-2")
    rotator = AsyncTokenRotator(client_id="1.2", client_secret="secret", client=shop.clients.with_token(None))
    renew = Renew(shop.shelf, shop.installed, rotator)
    job = Job(1, "slack-token", "k", {"enterprise": "", "team": "T1", "expires": expires}, 1, 1)
    await renew(job)
    assert (await shop.installed.of(None, "T1") or ("",))[0] == "xoxe.xoxb-2"
    await renew(job)  # a job that is done again finds another token
    assert len(shop.slack.calls_to("oauth.v2.access")) == 1
    assert shop.promised[-1][0] == Place("", "T1")
    await renew(job._replace(payload={"enterprise": "", "team": "T9", "expires": 1}))


def test_without_an_install_flow_there_are_no_install_pages(slack: FakeSlack, shop: Shop) -> None:
    app = make_app(SlackRoom(Part().receive, TEXTS), shop.installed, signing_secret="s")
    with TestClient(Starlette(routes=slack_routes(app))) as client:
        assert client.get("/slack/install").status_code == 404


def new_house(slack: FakeSlack, database_url: str, folder: Path) -> House:
    """Our house, open to many workspaces."""
    return House(
        Settings(
            database_url=database_url,
            questions=write_bank(folder / "bank"),
            slack_client_id="1.2",
            slack_client_secret=SecretStr("secret"),
            slack_signing_secret=SecretStr(slack.signing_secret),
            slack_api_url=slack.api_url,
            token_keys=SecretStr(KEY),
        )  # pyright: ignore[reportCallIssue]
    )


async def test_a_team_that_takes_the_app_away_is_forgotten_at_once_and_purged_in_a_month(
    slack: FakeSlack, sqlite_url: str, tmp_path: Path
) -> None:
    house = new_house(slack, sqlite_url, tmp_path)
    side = SlackSide(house)
    async with served(Starlette(routes=side.routes())) as origin:
        went = await slack.browse(f"{origin}/slack/install")
        state = parse_qs(urlsplit(went.link).query)["state"][0]
        back = f"{origin}/slack/oauth_redirect?code={slack.consent(slack.team)}&state={state}"
        assert (await slack.browse(back, cookie=went.cookie)).status == 200
        ada = slack.slacker("ada", slack.over_http(f"{origin}/slack/events"))
        await ada.command("fruit 1 seed 1")
        assert "open in our direct messages" in slack.messages[-1].text
        await house.worker({"slack": side.voice}, side.jobs).until_idle()
        assert "Question 1 of 1" in slack.messages[-1].text
        told = await ada.event({"type": "tokens_revoked", "tokens": {"oauth": [ada.id]}})
        assert told.ok
        await ada.command("help")
        assert "Practise for interviews" in slack.messages[-1].text
        slack.advance(2)  # Slack tells whole seconds
        for _ in range(2):
            assert (await ada.event({"type": "app_uninstalled"})).ok
        assert (await ada.command("help")).ok
    async with house.database.connect() as on:
        assert await on.scalar(select(func.count()).select_from(t.slack_installation)) == 0
        due = (
            await on.execute(select(t.job.c.payload, t.job.c.due_at).where(t.job.c.kind == "purge"))
        ).first()
    assert due is not None
    purge = PurgeWork(house.database)
    await purge(Job(1, "purge", "k", {**due.payload, "gone_at": "2020-01-01T00:00:00+00:00"}, 1, 1))
    async with house.database.connect() as on:
        assert await on.scalar(select(func.count()).select_from(t.candidate)) == 1, "used since"
    await purge(Job(1, "purge", "k", {**due.payload, "gone_at": "2100-01-01T00:00:00+00:00"}, 1, 1))
    async with house.database.connect() as on:
        for table in (t.team, t.candidate, t.interview, t.outbox, t.delivery):
            assert await on.scalar(select(func.count()).select_from(table)) == 0
    await house.close()


@dataclass
class Grid:
    """An organisation whose workspaces share one installation, but for `own`, and a workspace of nobody's."""

    house: House
    installed: Installed
    people: dict[str, Slacker]

    async def teams(self) -> set[str]:
        """The names of the teams of which something is kept."""
        async with self.house.database.connect() as on:
            kept = {one.removeprefix("slack:") for one in await on.scalars(select(t.team.c.id))}
        return {name for name, one in self.people.items() if one.person.team.id in kept}

    async def doomed(self) -> set[str]:
        """The names of the teams that are promised to be purged, a month from now."""
        async with self.house.database.connect() as on:
            jobs = await on.execute(select(t.job.c.payload, t.job.c.due_at).where(t.job.c.kind == "purge"))
            found = {job.payload["team"].removeprefix("slack:"): job for job in jobs}
        for job in found.values():
            assert job.due_at - datetime.fromisoformat(job.payload["gone_at"]) == timedelta(days=30)
        return {name for name, one in self.people.items() if one.person.team.id in found}

    async def purge(self) -> None:
        """Do what was promised, as if a month were over."""
        async with self.house.database.connect() as on:
            jobs = (await on.execute(select(t.job.c.payload).where(t.job.c.kind == "purge"))).all()
        for job in jobs:
            later = {**job.payload, "gone_at": "2100-01-01T00:00:00+00:00"}
            await PurgeWork(self.house.database)(Job(1, "purge", "k", later, 1, 1))


@pytest.fixture
async def grid(slack: FakeSlack, database_url: str, tmp_path: Path) -> AsyncIterator[Grid]:
    house = new_house(slack, database_url, tmp_path)
    shelf = Installations(house.database, [KEY])
    now = house.clock.now

    async def promise(place: Place, at: datetime, expires: int) -> None:
        raise AssertionError((place, at, expires))

    installed = Installed(shelf, promise, now)
    async with served(Starlette(routes=SlackSide(house).routes())) as origin:
        people: dict[str, Slacker] = {}
        for name, org in (("sales", "E1"), ("support", "E1"), ("own", "E1"), ("other", "")):
            team = slack.add_team(name, scopes=scopes(), enterprise_id=org or None)
            people[name] = slack.slacker(f"of {name}", slack.over_http(f"{origin}/slack/events"), team=team)
            if name in {"own", "other"}:
                await installed.async_save(installation(team.id, f"xoxb-{name}", enterprise=org or None))
        await installed.async_save(installation(None, "xoxb-org", enterprise="E1"))
        for one in people.values():
            await one.command("fruit 1 seed 1")
        stage = Grid(house, installed, people)
        assert await stage.teams() == {"sales", "support", "own", "other"}
        slack.advance(2)  # Slack tells whole seconds
        yield stage
    await house.close()


async def test_an_organisation_that_takes_the_app_away_is_purged_with_all_its_workspaces_in_a_month(
    grid: Grid,
) -> None:
    sales = grid.people["sales"]
    for event in ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, {"type": "app_uninstalled"}):
        assert (await sales.event(event, of_organisation=True)).ok
    assert await grid.installed.of("E1", sales.person.team.id) is None
    assert (await grid.installed.of("E1", grid.people["own"].person.team.id) or ("",))[0] == "xoxb-own"
    assert await grid.doomed() == {"sales", "support"}
    await grid.purge()
    assert await grid.teams() == {"own", "other"}
    async with grid.house.database.connect() as on:
        assert await on.scalar(select(func.count()).select_from(t.slack_reach)) == 0


async def test_an_organisation_that_installs_the_app_again_before_the_news_arrive_keeps_everything(
    grid: Grid, slack: FakeSlack
) -> None:
    slack.advance(-3600)
    assert (await grid.people["sales"].event({"type": "app_uninstalled"}, of_organisation=True)).ok
    assert await grid.doomed() == set()


async def test_a_workspace_that_its_organisation_keeps_the_app_out_of_is_purged_alone(grid: Grid) -> None:
    support = grid.people["support"]
    revoked = {"type": "team_access_revoked", "team_ids": [support.person.team.id]}
    assert (await support.event(revoked, of_organisation=True)).ok
    assert await grid.doomed() == {"support"}
    assert await grid.installed.of("E1", grid.people["sales"].person.team.id) is not None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"slack_client_id": "1"}, "SLACK_SIGNING_SECRET"),
        ({"slack_client_id": "1", "slack_app_token": "xapp-1"}, "SLACK_SIGNING_SECRET"),
        ({"slack_client_id": "1", "slack_signing_secret": "s"}, "SLACK_CLIENT_SECRET"),
        (
            {"slack_client_id": "1", "slack_signing_secret": "s", "slack_client_secret": "s"},
            "INTERVIEW_BOT_TOKEN_KEYS",
        ),
        (
            {"slack_client_id": "1", "slack_bot_token": "xoxb-1", "slack_signing_secret": "s"},
            "set one of them",
        ),
    ],
)
async def test_settings_that_do_not_go_together_are_told_by_name(
    given: dict[str, Any], named: str, sqlite_url: str
) -> None:
    house = House(Settings.model_validate({"database_url": sqlite_url, **given}))
    with pytest.raises(BadSetting, match=named):
        await house.serve()
    await house.close()
