"""Draws the pictures of Discord's cards: real questions, the real grader, the components that Discord is sent."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import discord
import simcord

from interview_bot.bank.files import load
from interview_bot.chat.cards import question_card, result_card, summary_card
from interview_bot.chat.dailies import daily_card, reveal_card
from interview_bot.chat.messages import Card, Line
from interview_bot.chat.wording import Wording
from interview_bot.core.daily import Post, Told
from interview_bot.core.interview import Interview, Part, Who, summarise
from interview_bot.graders.rubric import RubricGrader
from interview_bot.pictures.paint import picture
from interview_bot.platforms.discord.layout import draw_all, file_name, layout

HERE = Path(__file__).resolve().parent
ANSWER = (
    "A container shares the kernel of the host, it is just a process with namespaces and cgroups around it. A VM boots its"
    " own kernel. So containers start in a second. I'd take a VM for code that I don't trust."
)


class Talk(NamedTuple):
    """What the pictures are of: one interview in one language."""

    said: Wording
    interview: Interview

    def cards(self) -> dict[str, Card]:
        """Each picture's card by name."""
        said, interview = self.said, self.interview
        question = next(
            one.question
            for one in load(HERE.parents[1] / "questions")
            if one.question.slug == "container-vs-vm"
        )
        turn = interview.ask(question, "picture")
        shown = {"question": question_card(said, interview, turn)}
        interview.take(ANSWER)
        assessment = RubricGrader().grade_now(question, ANSWER)
        interview.graded(Part.MAIN, assessment)
        shown["card"] = result_card(said, turn, Part.MAIN, assessment, ANSWER)
        shown["summary"] = summary_card(said, interview, summarise(interview.turns), stopped=True)
        shown["leaderboard"] = self._board()
        post = Post("picture", "daily", date(2026, 11, 27), question, 7)
        shown["daily"] = daily_card(said, post)
        missed = {one.id: number for number, one in enumerate(question.criteria)}
        shown["reveal"] = reveal_card(said, post, Told(7, missed), ANSWER)
        return shown

    def _board(self) -> Card:
        """A board as `leaderboard` shows it."""
        people = (("Ada", 912.0, 14), ("Björn", 655.5, 11), ("Chidi", 640.0, 9))
        lines: list[Line] = [self.said.line("command.board-title-week", "heading")]
        for place, (name, points, answered) in enumerate(people, 1):
            lines.append(
                self.said.line("command.board-line", place=place, name=name, points=points, answered=answered)
            )
        lines.append(self.said.line("command.board-you", "note", place=2, points=655.5))
        return Card(lines=tuple(lines))


async def main(language: str) -> None:
    """Have a Discord without a network show each card, and take a picture of it."""
    who = Who("discord:1", "1", "Ada", language)
    talk = Talk(
        Wording(language),
        Interview("picture", who, "docker", ("",) * 8, datetime(2026, 11, 27, tzinfo=UTC)),
    )
    client = discord.Client(intents=discord.Intents.default())
    async with simcord.run(client) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("practice")
        ada = guild.add_member(env.create_user(name="ada"))
        place = client.get_channel(channel.id)
        assert isinstance(place, discord.TextChannel)
        for name, card in talk.cards().items():
            pictures = await draw_all((card,), picture)
            files = [discord.File(BytesIO(one.png), file_name(at)) for at, one in pictures.items()]
            message = await place.send(view=layout((card,), pictures), files=files)
            async with env.preview(channel, viewers=[ada], width=720, height=1600) as preview:
                await preview.screenshot(
                    HERE / f"{language}-{name}.png", target=message, allow_incomplete=True
                )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "en"))
