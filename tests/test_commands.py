"""The command tree: what a list of commands says of each is what the command says of itself."""

import inspect
from importlib import import_module

import pytest

from interview_bot.cli.groups import COMMANDS


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_is_where_it_is_listed_and_says_what_it_is(words: str) -> None:
    place, text = COMMANDS[words]
    module, _, name = place.partition(":")
    own = inspect.getdoc(getattr(import_module(f"interview_bot.cli.{module}"), name)) or ""
    assert own.partition("\n")[0] == text
    assert own.partition("Parameters\n")[0].strip() == text, "details belong to the parameters"
