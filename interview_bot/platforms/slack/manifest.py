"""What Slack must allow us, as tables; the app manifest that is pasted into Slack is made from them."""

from __future__ import annotations

from typing import Any, Literal

COMMAND = "/mock-interview"
EVENTS_PATH, INSTALL, BACK = "/slack/events", "/slack/install", "/slack/oauth_redirect"
"""Where HTTP is served: what Slack delivers, and the pages where somebody adds the app to a workspace."""

PRACTISE, PRACTISE_ON = "ib:practise", "ib:practise-on"
"""The shortcuts: from anywhere, and from a message."""

Method = Literal[
    "auth.test",
    "chat.postMessage",
    "chat.update",
    "assistant.threads.setStatus",
    "conversations.history",
    "conversations.open",
    "conversations.replies",
    "oauth.v2.access",
    "users.info",
    "views.open",
    "views.publish",
]

METHODS: dict[Method, str | None] = {
    "auth.test": None,
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "assistant.threads.setStatus": "chat:write",
    "conversations.history": "im:history",
    "conversations.open": "im:write",
    "conversations.replies": "im:history",
    "oauth.v2.access": None,
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
}
"""Every Web API method that the bot calls, and the scope that it needs."""

EVENTS: dict[str, str | None] = {
    "app_home_opened": None,
    "app_uninstalled": None,
    "message.im": "im:history",
    "tokens_revoked": None,
}
"""Every event that the bot hears of, and the scope that it needs."""

OF_ORGANISATIONS = {"team_access_revoked"}
"""Events of organisations that have the app in all of their workspaces; without a scope."""

COMMAND_SCOPE = "commands"

AGENT_SCOPE = "assistant:write"
"""Slack gives it to every app that stands among its agents; nothing of ours needs it."""

_DESCRIPTION = "Practise for technical interviews in chat: open questions, an honest verdict, one follow-up."
_PROMPTS = {
    "Start a Docker interview": "docker",
    "Practise what is due": "review",
    "Show my progress": "progress",
    "What can I do here?": "help",
}
"""What Slack offers to press in an agent's conversation, and the words that are then said in the person's place."""
_USAGE = "docker | resume | stop | progress | review | leaderboard | daily | topics | suggest | privacy | admin | help"


def scopes(*, agent: bool = False) -> list[str]:
    """The bot scopes: what the tables need, and nothing else."""
    needed = {COMMAND_SCOPE, *EVENTS.values(), *METHODS.values(), *([AGENT_SCOPE] if agent else [])}
    return sorted(scope for scope in needed if scope)


def manifest(request_url: str | None = None, *, many: bool = False, agent: bool = False) -> dict[str, Any]:
    """The app manifest.

    Args:
        request_url: https://.../slack/events, where HTTP is used; Socket Mode without.
        many: whether other workspaces, and whole organisations, may install the app; wants a `request_url`.
        agent: whether Slack shows the app among its agents too, where a workspace has them.
    """
    url = {"request_url": request_url} if request_url else {}
    command = {"command": COMMAND, "description": "Start or steer a mock interview", "usage_hint": _USAGE}
    # Names of people and channels stay the text that was typed.
    command |= {"should_escape": False} | ({"url": request_url} if request_url else {})
    back = {"redirect_urls": [request_url.removesuffix(EVENTS_PATH) + BACK]} if request_url and many else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {"name": "Mock Interview", "description": _DESCRIPTION},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Mock Interview", "always_online": True},
            **({"agent_view": _agent()} if agent else {}),
            "slash_commands": [command],
            "shortcuts": [
                {
                    "name": "Practise an interview",
                    "type": "global",
                    "callback_id": PRACTISE,
                    "description": "Choose a topic and start a mock interview",
                },
                {
                    "name": "Practise on this",
                    "type": "message",
                    "callback_id": PRACTISE_ON,
                    "description": "Find interview questions about what this message says",
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes(agent=agent)}, **back},
        "settings": {
            "event_subscriptions": {
                **url,
                "bot_events": sorted({*EVENTS, *(OF_ORGANISATIONS if many else ())}),
            },
            "interactivity": {"is_enabled": True, **url},
            "org_deploy_enabled": many,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": many,
        },
    }


def _agent() -> dict[str, Any]:
    prompts = [{"title": title, "message": message} for title, message in _PROMPTS.items()]
    return {"agent_description": _DESCRIPTION, "suggested_prompts": prompts}
