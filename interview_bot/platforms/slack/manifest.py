"""The app manifest: exactly the commands, events and scopes that the code uses."""

from __future__ import annotations

from typing import Any

from interview_bot.platforms.slack.app import COMMAND

METHODS = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.open": "im:write",
    "views.open": None,
}
"""Every Web API method that is called, with the scope that it needs."""

EVENTS = {"message.im": "im:history"}
"""Every event that is listened to, with the scope that it needs."""

FEATURES = ("commands",)
"""Scopes of what is no method and no event."""


def scopes() -> list[str]:
    """The bot's scopes: no more than is used."""
    return sorted({*FEATURES, *EVENTS.values(), *(scope for scope in METHODS.values() if scope)})


def manifest(request_url: str | None = None) -> dict[str, Any]:
    """The manifest for Slack's "Create from manifest"; with no `request_url` the app uses Socket Mode."""
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": "Practise for an interview",
        "usage_hint": "docker | resume | stop | progress | leaderboard | topics | help",
        "should_escape": False,
    }
    interactivity: dict[str, Any] = {"is_enabled": True}
    events: dict[str, Any] = {"bot_events": sorted(EVENTS)}
    if request_url:
        command["url"] = interactivity["request_url"] = events["request_url"] = request_url
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "interview-bot",
            "description": "A mock-interview partner for your team",
        },
        "features": {
            "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "interview-bot", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }
