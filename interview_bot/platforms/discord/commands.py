"""The `/mock-interview` commands as Discord is told of them, and the words that a used one stands for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from interview_bot.core.picking import LONGEST_PLAN

Json = dict[str, Any]
Texts = Mapping[str, Mapping[str, str]]

NAME = "mock-interview"
START = "start"
MOST_SUGGESTIONS = 25

_SUBCOMMAND, _TEXT, _NUMBER = 1, 3, 4
_IN_A_SERVER, _WITH_THE_BOT = 0, 1
_LOCALES = {"en": (), "de": ("de",)}
"""Discord's names of the languages that we speak; English is what it falls back to."""


class _Option(NamedTuple):
    """Something that can be filled in behind a command."""

    name: str
    type: int = _TEXT
    choices: tuple[int | str, ...] = ()
    suggests: bool = False
    required: bool = False
    most: int | None = None


_TOPIC = _Option("topic", suggests=True)
_WORDS = _Option("words")
_BOARD = _Option("board", choices=("improvement", "balanced"))
_OPTIONS: dict[str, tuple[_Option, ...]] = {
    START: (
        _TOPIC._replace(required=True),
        _Option("level", _NUMBER, (1, 2, 3)),
        _Option("questions", _NUMBER, most=LONGEST_PLAN),
    ),
    "leaderboard": (_Option("period", choices=("week", "month", "season", "all")), _TOPIC, _BOARD),
} | dict.fromkeys(
    ("help", "hint", "home", "progress", "resume", "review", "skip", "stop", "team", "topics"), ()
)
"""A command that is not here takes words, as it does where it is typed."""


def commands(names: Sequence[str], texts: Texts) -> list[Json]:
    """What Discord is told: one group with a subcommand for each of the bot's commands.

    Args:
        names: the bot's commands; `start` is added.
        texts: sentences by language and key.
    """
    options = [
        {
            "type": _SUBCOMMAND,
            **_named(name, f"discord.about-{name}", texts),
            "options": [_option(one, texts) for one in _OPTIONS.get(name, (_WORDS,))],
        }
        for name in sorted({START, *names})
    ]
    return [
        {
            "type": 1,
            "name": NAME,
            **_described("discord.about", texts),
            "options": options,
            "contexts": [_IN_A_SERVER, _WITH_THE_BOT],
            "integration_types": [0],
        }
    ]


def mark(told: Sequence[Json]) -> str:
    """What changes when the commands change."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _named(name: str, about: str, texts: Texts) -> Json:
    key = f"discord.name-{name}"
    names = {
        locale: texts[language][key]
        for language, locales in _LOCALES.items()
        for locale in locales
        if key in texts[language] and texts[language][key] != name
    }
    return {"name": name, **({"name_localizations": names} if names else {}), **_described(about, texts)}


def _described(key: str, texts: Texts) -> Json:
    key = key if key in texts["en"] else "discord.about-other"
    others = {
        locale: texts[language][key][:100] for language, locales in _LOCALES.items() for locale in locales
    }
    return {"description": texts["en"][key][:100], "description_localizations": others}


def _option(option: _Option, texts: Texts) -> Json:
    told = {"type": option.type, **_named(option.name, f"discord.about-{option.name}", texts)}
    told["required"] = option.required
    if option.choices:
        told["choices"] = [_choice(option.name, one, texts) for one in option.choices]
    if option.suggests:
        told["autocomplete"] = True
    if option.most:
        told |= {"min_value": 1, "max_value": option.most}
    return told


def _choice(option: str, value: int | str, texts: Texts) -> Json:
    key = f"discord.{option}-{value}"
    names = {
        locale: texts[language].get(key, str(value))
        for language, locales in _LOCALES.items()
        for locale in locales
    }
    return {"name": texts["en"].get(key, str(value)), "name_localizations": names, "value": value}


class Used(NamedTuple):
    """A command as somebody used it."""

    words: str
    focused: str | None
    """What has been typed so far into an option that asks for suggestions."""


def used(data: Mapping[str, Any] | None) -> Used | None:
    """Read a used command; None if it is not ours."""
    if not data or data.get("name") != NAME or not data.get("options"):
        return None
    subcommand = cast("Json", data["options"][0])
    filled: list[Json] = subcommand.get("options") or []
    focused = next((str(one.get("value", "")) for one in filled if one.get("focused")), None)
    values = {str(one["name"]): str(one.get("value", "")).strip() for one in filled}
    if subcommand["name"] != START:
        known = [one.name for one in _OPTIONS.get(subcommand["name"], (_WORDS,))]
        return Used(
            " ".join([subcommand["name"], *(values[name] for name in known if name in values)]), focused
        )
    words = [values.get("topic", "")]
    words += [f"level {values['level']}"] if "level" in values else []
    words += [values["questions"]] if "questions" in values else []
    return Used(" ".join(words), focused)


def suggestions(typed: str, topics: Sequence[str]) -> list[str]:
    """Topics that fit what has been typed: those that begin with it, then those that contain it."""
    word = typed.strip().lower()
    first = [topic for topic in topics if topic.startswith(word)]
    then = [topic for topic in topics if word in topic and topic not in first]
    return [*first, *then][:MOST_SUGGESTIONS]
