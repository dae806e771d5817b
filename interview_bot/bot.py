"""The conversation engine: a Message comes in, a Reply goes out; the one place where trouble becomes words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from interview_bot.actions.desk import Ask, Desk
from interview_bot.actions.interview.answer import answer
from interview_bot.actions.interview.challenge import challenge
from interview_bot.actions.interview.hint import hint
from interview_bot.actions.interview.resume import resume
from interview_bot.actions.interview.review import review
from interview_bot.actions.interview.skip import skip
from interview_bot.actions.interview.start import start
from interview_bot.actions.interview.stop import stop
from interview_bot.actions.team.admin import admin
from interview_bot.actions.team.daily import answer_daily, daily
from interview_bot.actions.team.decide import decide
from interview_bot.actions.team.help import help_
from interview_bot.actions.team.home import home
from interview_bot.actions.team.leaderboard import leaderboard
from interview_bot.actions.team.near import near
from interview_bot.actions.team.privacy import privacy
from interview_bot.actions.team.progress import progress
from interview_bot.actions.team.remind import remind
from interview_bot.actions.team.share import share
from interview_bot.actions.team.suggest import suggest
from interview_bot.actions.team.suggestions import suggestions
from interview_bot.actions.team.team import team
from interview_bot.actions.team.topics import topics
from interview_bot.chat.messages import Card, Message, Reply
from interview_bot.chat.wording import Wording
from interview_bot.core.errors import CandidateError, Conflict, NothingOpen

Action = Callable[[Ask, Desk], Awaitable[Reply]]

COMMANDS: dict[str, Action] = {
    "admin": admin,
    "challenge": challenge,
    "daily": daily,
    "help": help_,
    "hint": hint,
    "home": home,
    "leaderboard": leaderboard,
    "near": near,
    "privacy": privacy,
    "progress": progress,
    "remind": remind,
    "resume": resume,
    "review": review,
    "skip": skip,
    "stop": stop,
    "suggest": suggest,
    "suggestions": suggestions,
    "team": team,
    "topics": topics,
}
"""One line for each command; any other word is a topic to start with."""

PRESSED: dict[str, Action] = {"share": share}
"""What only buttons stand for."""

FORMS: dict[str, Action] = {
    "challenge": challenge,
    "daily": answer_daily,
    "decide": decide,
    "decline": suggestions,
    "suggest": suggest,
}
"""What a form's text is for, by what stands before the point in its `turn`; any other turn is one of the open interview."""

LONGEST_COMMAND = 6
"""Words of a command that is typed without its sign; more are an answer that came too late."""

TRIES = 5
"""How often an action is tried when somebody else changed the same interview at the same moment."""
PAUSE = 0.05
"""Seconds before the second try at most; doubled for each one after that, so that all are done within a second."""


class Bot:
    """Answers messages from every platform alike."""

    def __init__(self, desk: Desk) -> None:
        """Work at this desk."""
        self._desk = desk

    async def receive(self, message: Message) -> Reply:
        """Do what a message asks for; it is committed when this returns.

        Raises:
            DatabaseUnreachable: nothing was saved; the platform must not acknowledge.
        """
        said = Wording(message.who.language)
        words = (message.command or "").split()
        name = words[0].lower().lstrip("/") if words else "help"
        ask = Ask(message, tuple(words[1:]), name, said)
        action = _typed(message) if message.command is None else (COMMANDS | PRESSED).get(name, start)
        try:
            return await self._repeat(action, ask)
        except NothingOpen as trouble:
            command = self._command_in(message)
            if command is None:
                return Reply((trouble_card(said, trouble),), refused=True)
            return await self.receive(message._replace(command=command, text=""))
        except CandidateError as trouble:
            return Reply((trouble_card(said, trouble),), refused=True)

    def _command_in(self, message: Message) -> str | None:
        """The command that was typed without its sign, where no question waits for an answer."""
        words = message.text.split()
        if message.command is not None or message.turn or not 0 < len(words) <= LONGEST_COMMAND:
            return None
        first = words[0].lower().lstrip("/")
        known = first in COMMANDS or first in self._desk.catalogue.names
        return " ".join(words) if known else None

    async def _repeat(self, action: Action, ask: Ask) -> Reply:
        for number in range(TRIES - 1):
            try:
                return await action(ask, self._desk)
            except Conflict:
                # Not at once and not all together: whoever met once would meet again.
                await asyncio.sleep(self._desk.dice.random() * PAUSE * 2**number)
        return await action(ask, self._desk)


def _typed(message: Message) -> Action:
    """Words without a command answer the open question, or what the form was opened for."""
    return FORMS.get(_form(message), answer)


def is_form(message: Message) -> bool:
    """Whether a text without a command fills in a form, and answers no question."""
    return FORMS.get(_form(message), answer) not in {answer, answer_daily}


def _form(message: Message) -> str:
    return (message.turn or "").partition(".")[0]


def trouble_card(said: Wording, trouble: CandidateError) -> Card:
    """A fact for the candidate, in words."""
    key = f"trouble.{trouble.key}"
    if trouble.blanks.get("nearest") and said.knows(f"{key}-near"):
        key = f"{key}-near"
    return Card(lines=(said.line(key, "note", **trouble.blanks),))
