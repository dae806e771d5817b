"""The manifest asks for what is used, and for nothing else."""

import re
from pathlib import Path
from typing import get_args

import interview_bot.platforms.slack as room
from interview_bot.platforms.slack.manifest import (
    ASSISTANT,
    COMMAND,
    EVENTS,
    METHODS,
    Method,
    manifest,
    scopes,
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
    assert called_methods() == {*METHODS, *ASSISTANT} == set(get_args(Method))


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
    one = manifest("https://bot.example/slack/events")
    assert "redirect_urls" not in one["oauth_config"]
    assert not one["settings"]["org_deploy_enabled"]


def test_the_view_for_assistants_costs_one_scope_and_only_where_it_is_wanted() -> None:
    told = manifest(assistant=True)
    assert set(told["oauth_config"]["scopes"]["bot"]) - set(scopes()) == {"assistant:write"}
    assert set(told["settings"]["event_subscriptions"]["bot_events"]) - set(EVENTS) == {
        "assistant_thread_started"
    }
    assert told["features"]["assistant_view"]["assistant_description"]
    assert "assistant_view" not in manifest()["features"]
