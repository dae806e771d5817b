"""Runs one command; every known trouble is one line and an exit code."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, cast

from interview_bot.cli.exits import BAD_USE, FAILED
from interview_bot.core.errors import BadQuestionFile, CandidateError, OperatorError
from interview_bot.health.logs import configure_logs

if TYPE_CHECKING:
    from interview_bot.settings import Role

_SERVE = re.compile("serve(?: --role[ =](?P<role>all|web|worker|gateway))?")
"""The one command that runs for months does without the command tree, which would stay in its memory, 2 MiB."""


def main() -> None:
    """Run the command line; every known trouble is one line and an exit code."""
    configure_logs(sys.stderr)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; the exit code: 0 done, 1 it failed, 2 it was asked for wrongly."""
    try:
        served = _SERVE.fullmatch(" ".join(arguments))
        return _serve(cast("Role | None", served["role"])) if served else _command(arguments)
    except CandidateError as error:
        print(_worded(error), file=sys.stderr)
        return BAD_USE
    except (BadQuestionFile, OperatorError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output has gone; nothing more can be said to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _serve(role: Role | None) -> int:
    from interview_bot.wiring import House

    House().run(role)
    return 0


def _command(arguments: list[str]) -> int:
    from cyclopts import CycloptsError

    from interview_bot.cli.groups import app

    try:
        done = app(arguments, exit_on_error=False, result_action="return_value")
    except CycloptsError:
        return BAD_USE
    return done if isinstance(done, int) else 0


def _worded(error: CandidateError) -> str:
    from interview_bot.bot import trouble_card
    from interview_bot.chat.messages import plain
    from interview_bot.chat.wording import Wording

    return plain(trouble_card(Wording(), error))
