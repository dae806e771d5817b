"""Boards and progress as tables in a terminal."""

import io

from rich.console import Console

from interview_bot.chat.messages import Message
from interview_bot.chat.wording import Wording
from interview_bot.cli.tables import show_board, show_progress
from tests.bench import ANN, Bench


async def shown(bench: Bench, command: str, console: Console) -> bool:
    reply = await bench.bot.receive(Message(ANN, command, "", command, None, {"platform": "terminal"}))
    show = show_board if command == "leaderboard" else show_progress
    return show(console, Wording(), reply.cards, reply.data or {})


async def test_boards_and_progress_are_tables(bench: Bench) -> None:
    console = Console(file=io.StringIO(), width=100, record=True)
    assert not await shown(bench, "leaderboard", console)
    assert not await shown(bench, "progress", console)
    await bench.hear("/fruit 1 seed 1")
    await bench.hear("The core is sweet.")
    await bench.hear("/stop")
    assert await shown(bench, "leaderboard", console)
    assert await shown(bench, "progress", console)
    text = console.export_text()
    for words in ("Leaderboard, all time", "Ann", "Answered", "Known", "1/2", "████", "You: place 1 with"):
        assert words in text, words
