"""Runs one command; every known trouble is one line and an exit code."""

from __future__ import annotations

import sys

import structlog
from cyclopts import CycloptsError

from interview_bot.bot import trouble_card
from interview_bot.chat.messages import Card, plain
from interview_bot.chat.wording import Wording
from interview_bot.cli.groups import BAD_USE, FAILED, app
from interview_bot.core.errors import BadQuestionFile, CandidateError, OperatorError


def main() -> None:
    """Run the command line; every known trouble is one line and an exit code."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; the exit code: 0 done, 1 it failed, 2 it was asked for wrongly."""
    try:
        done = app(arguments, exit_on_error=False, result_action="return_value")
    except CycloptsError:
        return BAD_USE
    except BadQuestionFile as error:
        print(error, file=sys.stderr)
        return FAILED
    except CandidateError as error:
        print(_worded(error), file=sys.stderr)
        return BAD_USE
    except OperatorError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
    return done if isinstance(done, int) else 0


def _worded(error: CandidateError) -> str:
    card: Card = trouble_card(Wording(), error)
    return plain(card)
