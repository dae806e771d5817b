"""The manifest asks for what is used, and for nothing else."""

import copy
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

import interview_bot.platforms.slack as room
from interview_bot.cli.groups import app
from interview_bot.platforms.slack.manifest import (
    AGENT_SCOPE,
    COMMAND,
    EVENTS,
    METHODS,
    Method,
    manifest,
    scopes,
)

URL = "https://bot.example/slack/events"
SCHEMA = Draft202012Validator(
    json.loads(Path(__file__).with_name("slack_manifest.schema.json").read_text(encoding="utf-8"))
)
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in Path(room.__path__[0]).rglob("*.py")}


def called_methods() -> set[str]:
    """Every Web API method that the source of the room names, whichever way it is called."""
    told = "\n".join(text for name, text in SOURCES.items() if name != "manifest.py")
    named = set(
        re.findall(
            r'"((?:assistant|auth|chat|conversations|files|oauth|team|users|views)\.[a-zA-Z0-9.]+)"', told
        )
    )
    spelled = re.findall(r"client\.((?:chat|conversations|views|users|auth|files|team)_[a-zA-Z_]+)\(", told)
    return named | set(spelled)


def test_every_method_that_is_called_is_in_the_table_and_no_other() -> None:
    assert called_methods() == METHODS.keys() == set(get_args(Method))


def test_the_scopes_are_those_of_the_methods_events_and_commands() -> None:
    assert scopes() == ["chat:write", "commands", "im:history", "im:write", "users:read"]
    assert manifest()["oauth_config"] == {"scopes": {"bot": scopes()}}


def test_without_an_address_it_is_socket_mode() -> None:
    told = manifest()
    assert told["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in told["settings"]["event_subscriptions"]
    assert told["settings"]["interactivity"] == {"is_enabled": True}
    assert "url" not in told["features"]["slash_commands"][0]


def test_with_an_address_everything_goes_there() -> None:
    url = "https://bot.example/slack/events"
    told = manifest(url)
    assert told["settings"]["socket_mode_enabled"] is False
    assert told["settings"]["event_subscriptions"] == {
        "request_url": url,
        "bot_events": sorted(EVENTS),
    }
    assert told["settings"]["interactivity"]["request_url"] == url
    assert told["features"]["slash_commands"][0]["url"] == url


def test_people_can_write_to_the_bot_and_its_texts_are_as_long_as_slack_allows() -> None:
    told = manifest()
    home, command = told["features"]["app_home"], told["features"]["slash_commands"][0]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert command["command"] == COMMAND
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000
    assert len(told["display_information"]["name"]) <= 35
    assert len(told["display_information"]["description"]) <= 140
    assert told["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)


def test_an_app_for_many_workspaces_is_installed_over_http_and_renews_its_tokens() -> None:
    told = manifest("https://bot.example/slack/events", many=True)
    assert told["oauth_config"]["redirect_urls"] == ["https://bot.example/slack/oauth_redirect"]
    assert told["settings"]["org_deploy_enabled"]
    assert told["settings"]["token_rotation_enabled"]
    events = told["settings"]["event_subscriptions"]["bot_events"]
    assert events == sorted({*EVENTS, "team_access_revoked"})
    one = manifest("https://bot.example/slack/events")
    assert "redirect_urls" not in one["oauth_config"]
    assert not one["settings"]["org_deploy_enabled"]


def test_a_place_among_slacks_agents_costs_one_scope_and_only_where_it_is_wanted() -> None:
    told = manifest(agent=True)
    assert set(told["oauth_config"]["scopes"]["bot"]) - set(scopes()) == {AGENT_SCOPE}
    assert told["settings"] == manifest()["settings"]
    assert len(told["features"]["agent_view"]["suggested_prompts"]) <= 4
    assert "agent_view" not in manifest()["features"]


def trouble(told: Any) -> list[str]:
    """What Slack would not take, each as where and why."""
    return [f"{found.json_path}: {found.message}" for found in SCHEMA.iter_errors(told)]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--agent",),
        ("--request-url", URL),
        ("--request-url", URL, "--agent"),
        ("--request-url", URL, "--many"),
        ("--request-url", URL, "--many", "--agent"),
    ],
    ids=" ".join,
)
def test_slack_takes_every_manifest_that_the_command_prints(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    app(("slack", "manifest", *options), result_action="return_value")
    told = json.loads(capsys.readouterr().out)
    assert trouble(told) == []
    assert ("agent_view" in told["features"]) == ("--agent" in options)
    assert told["settings"]["socket_mode_enabled"] == ("--request-url" not in options)
    assert told["settings"]["org_deploy_enabled"] == ("--many" in options)


MANIFESTS = {
    "socket": manifest(),
    "http": manifest(URL),
    "many": manifest(URL, many=True),
    "agent": manifest(agent=True),
}


@pytest.mark.parametrize(
    ("kind", "where", "what"),
    [
        ("socket", "display_information.name", "M" * 36),
        ("socket", "display_information.name", None),
        ("socket", "display_information.description", "M" * 141),
        ("socket", "display_information.long", "no such field"),
        ("socket", "features.bot_user.display_name", ""),
        ("socket", "features.slash_commands", []),
        ("socket", "features.slash_commands.0.command", "mock-interview"),
        ("socket", "features.slash_commands.0.command", "/" + "m" * 32),
        ("socket", "features.slash_commands.0.usage_hint", "m" * 1001),
        ("socket", "features.slash_commands.0.url", URL),
        ("socket", "features.shortcuts.0.name", "Practise for a job interview"),
        ("socket", "features.shortcuts.0.type", "anywhere"),
        ("socket", "features.shortcuts.1.callback_id", None),
        ("socket", "features.assistant_view", {"assistant_description": "of old"}),
        ("socket", "oauth_config.scopes.bot", ["chat:write", "chat:write"]),
        ("socket", "oauth_config.scopes.bot.0", "chat write"),
        ("socket", "settings.event_subscriptions.request_url", URL),
        ("socket", "settings.event_subscriptions.bot_events.0", "m" * 51),
        ("socket", "settings.socket_mode_enabled", "yes"),
        ("http", "settings.interactivity.request_url", None),
        ("http", "settings.event_subscriptions.request_url", "http://bot.example/slack/events"),
        ("http", "features.slash_commands.0.url", None),
        ("http", "settings.socket_mode_enabled", True),
        ("many", "oauth_config.redirect_urls", None),
        ("agent", "oauth_config.scopes.bot", ["chat:write", "commands"]),
        ("agent", "features.agent_view.agent_description", "m" * 301),
        ("agent", "features.agent_view.suggested_prompts.0.message", None),
        ("agent", "features.app_home.messages_tab_enabled", False),
    ],
)
def test_a_manifest_with_a_fault_is_found_out(kind: str, where: str, what: object) -> None:
    told: Any = copy.deepcopy(MANIFESTS[kind])
    part, *path = told, *where.split(".")
    for step in path[:-1]:
        part = part[int(step) if step.isdecimal() else step]
    last = int(path[-1]) if path[-1].isdecimal() else path[-1]
    if what is None:
        del part[last]
    else:
        part[last] = what
    assert trouble(told) != []
