"""Reads a database URL: which database, which driver, and what may stand behind the question mark."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from interview_bot.core.errors import BadSetting

SETTING = "INTERVIEW_BOT_DATABASE_URL"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_ALLOWED = frozenset({"host", "port", "user", "password", "passfile", "ssl", "target_session_attrs"})
_NEEDLESS = frozenset({"channel_binding", "gssencmode"})
"""Hosting companies write these for libpq; asyncpg negotiates the one and has no use for the other."""


def address(url: str) -> URL:
    """The URL with the asyncio driver of its database.

    `postgres://` is as good as `postgresql://`, and `sslmode=` as good as `ssl=`, because that is how hosting
    companies write them.

    Raises:
        BadSetting: it is neither SQLite's nor PostgreSQL's, or holds an unknown option.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise BadSetting(
            f"{SETTING} is no database URL, expected postgresql://... or sqlite:///..."
        ) from None
    name = parsed.drivername.split("+")[0]
    if name in {"postgresql", "postgres"}:
        return _options(parsed).set(drivername="postgresql+asyncpg")
    if name == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    raise BadSetting(f"{SETTING} names {name}, expected postgresql://... or sqlite:///...")


def _options(url: URL) -> URL:
    options = {key: value for key, value in url.query.items() if key not in _NEEDLESS}
    if "sslmode" in options:
        options["ssl"] = options.pop("sslmode")
    for key in options:
        if key not in _ALLOWED:
            raise BadSetting(f"{SETTING} has the option {key}, expected one of {', '.join(sorted(_ALLOWED))}")
    if options.get("ssl", "prefer") not in SSL_MODES:
        raise BadSetting(f"{SETTING} has an unknown sslmode, expected one of {', '.join(SSL_MODES)}")
    return url.set(query=options)


def plain(url: URL) -> str:
    """Where the database is, for people and logs: never a password, not even one among the options."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    host = url.host or url.query.get("host") or "localhost"
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{host}{port}/{url.database or ''}"


def is_file(url: URL) -> bool:
    """Whether it is an SQLite database on disk."""
    return url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
