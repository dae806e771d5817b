"""Many workspaces: each one's token from the database, remembered for a minute, renewed before it expires."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from interview_bot.core.ports import Job
from interview_bot.platforms.slack.install.tokens import Token

Json = Mapping[str, Any]

REMEMBERED = timedelta(seconds=60)
"""How long a token is used without looking; another process hears of a revoked one so much later."""
BEFORE_IT_EXPIRES = timedelta(hours=2)
"""When a token is renewed; Slack's last twelve hours."""
RENEW = "slack-token"
"""The kind of the jobs that renew tokens."""

_FOR_EVER = 60 * 24 * 365 * 100
log = structlog.get_logger()


class Place(NamedTuple):
    """Where the app is installed: in one workspace, or (no team) in all of an organisation."""

    enterprise: str
    team: str


class Shelf(Protocol):
    """Keeps what is secret."""

    async def put(self, place: Place, kept: Json, at: datetime) -> None:
        """Keep an installation in the place of the one before."""
        ...

    async def get(self, enterprise: str, team: str) -> Json | None:
        """The installation of a team, else of its whole organisation, or None."""
        ...

    async def drop(self, place: Place, before: datetime) -> None:
        """Forget an installation, unless it is newer."""
        ...

    async def reach(self, enterprise: str, team: str) -> None:
        """Remember that an organisation's installation serves a workspace."""
        ...

    async def reached(self, enterprise: str) -> Sequence[str]:
        """The workspaces that an organisation's installation served; but those with one of their own."""
        ...


Promise = Callable[[Place, datetime, int], Awaitable[None]]


class Installed(AsyncInstallationStore):
    """The tokens of all workspaces; Bolt's install flow saves into it."""

    def __init__(self, shelf: Shelf, promise: Promise, now: Callable[[], datetime]) -> None:
        """Keep tokens on a shelf.

        Args:
            shelf: the database.
            promise: has a place's token, which expires at some Unix second, renewed at a time.
            now: the time.
        """
        self._shelf = shelf
        self._promise = promise
        self._now = now
        self._read: dict[tuple[str, str], tuple[Token, datetime]] = {}

    async def of(self, enterprise: str | None, team: str | None) -> Token | None:
        """The token for a workspace of an organisation; None if the app is not installed there."""
        key, now = (enterprise or "", team or ""), self._now()
        known, read_at = self._read.get(key, (None, now))
        if known and now - read_at < REMEMBERED:
            return known
        self._read.pop(key, None)
        kept = await self._shelf.get(*key)
        if kept is None:
            return None
        found = Installation(**kept)
        await self._promise_renewal(found)
        if team and enterprise and not place_of(found).team:
            await self._shelf.reach(enterprise, team)
        token = Token(found.bot_token or "", found.bot_id or "", found.bot_user_id or "")
        self._read[key] = (token, now)
        return token

    async def async_save(self, installation: Installation) -> None:
        """Keep a new installation, or one whose token was renewed."""
        place = place_of(installation)
        await self._shelf.put(place, _kept(installation), self._now())
        self._forget(place)
        await self._promise_renewal(installation)

    async def forget(self, place: Place, before: datetime) -> Sequence[str]:
        """The app was taken away there; Slack may say so late, when it is installed again.

        Returns:
            The workspaces that may be without the app now, each time that it is told of: all of an organisation's.
        """
        self._forget(place)
        await self._shelf.drop(place, before)
        if place.team:
            return [place.team]
        installed_again = await self._shelf.get(place.enterprise, "")
        return [] if installed_again else await self._shelf.reached(place.enterprise)

    def _forget(self, place: Place) -> None:
        gone = [
            one for one in self._read if (place.team and one[1] == place.team) or one[0] == place.enterprise
        ]
        for one in gone:
            del self._read[one]

    async def _promise_renewal(self, installation: Installation) -> None:
        if installation.bot_token_expires_at:
            expires = datetime.fromtimestamp(installation.bot_token_expires_at, UTC)
            at = expires - BEFORE_IT_EXPIRES
            await self._promise(place_of(installation), at, installation.bot_token_expires_at)


def _kept(installation: Installation) -> dict[str, Any]:
    """An installation as JSON: Slack's model takes times as seconds too."""
    told: dict[str, Any] = installation.to_dict_for_copying()
    for name, value in told.items():
        if isinstance(value, datetime):
            told[name] = value.timestamp() if name == "installed_at" else int(value.timestamp())
    return told


def place_of(installation: Installation) -> Place:
    """Where an installation counts."""
    team = "" if installation.is_enterprise_install else installation.team_id or ""
    return Place(installation.enterprise_id or "", team)


class Renew:
    """Does the jobs that renew tokens: a job is leased by one worker, and a refresh token is good once."""

    def __init__(self, shelf: Shelf, installed: Installed, rotator: AsyncTokenRotator) -> None:
        """Renew with Slack's own rotator."""
        self._shelf = shelf
        self._installed = installed
        self._rotator = rotator

    async def __call__(self, job: Job) -> None:
        """Renew the token that the job names, if nobody has since."""
        place = Place(job.payload["enterprise"], job.payload["team"])
        kept = await self._shelf.get(*place)
        if kept is None:
            return
        installation = Installation(**kept)
        if place_of(installation) != place or installation.bot_token_expires_at != job.payload["expires"]:
            return
        bot = installation.to_bot()
        try:
            renewed = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=_FOR_EVER
            )
        except SlackTokenRotationError as refused:
            log.warning("slack.token_not_renewed", team=place.team, reason=str(refused))
            raise
        if renewed:
            installation.bot_token = renewed.bot_token
            installation.bot_refresh_token = renewed.bot_refresh_token
            installation.bot_token_expires_at = renewed.bot_token_expires_at
            await self._installed.async_save(installation)
