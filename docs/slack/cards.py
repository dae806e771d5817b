"""The cards that are kept as pictures: real questions, the real grader, the blocks that Slack is sent; as JSON on stdout."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from interview_bot.bank.files import load
from interview_bot.chat import wording
from interview_bot.chat.cards import follow_up_card, question_card, result_card, summary_card
from interview_bot.chat.dailies import daily_card
from interview_bot.chat.messages import Bar, Card, Chart, Choice
from interview_bot.chat.wording import Wording
from interview_bot.core.daily import Post
from interview_bot.core.interview import Interview, Part, Who, summarise
from interview_bot.graders.rubric import RubricGrader
from interview_bot.platforms.slack.blocks import render
from interview_bot.platforms.slack.home import home_view
from interview_bot.platforms.slack.modals.answer import answer_form
from interview_bot.platforms.slack.modals.practise import start_form
from interview_bot.platforms.slack.modals.team import settings_form, suggest_form
from interview_bot.platforms.slack.words import Words

ROOT = Path(__file__).resolve().parents[2]
ANSWER = (
    "A container shares the kernel of the host, it is just a process with namespaces and cgroups around it. A VM boots its"
    " own kernel. So containers start in a second. I'd take a VM for code that I don't trust."
)
SITTING = {
    "volume-bind-tmpfs": (
        "A volume is storage that Docker creates and manages; a bind mount is a directory of the host, good for source code"
        " while developing. Both outlive the container."
    ),
    "publish-vs-expose": "EXPOSE opens the port so that the world can reach the container, and -p is the same at run time.",
    "default-limits": "None: without a flag a container may use all memory and CPU of the host. I set --memory and --cpus.",
}
"""Answers to other questions, of which one is wrong."""
TOPICS = ("docker", "images", "networking", "security", "storage")


def message(card: Card, *, charts: bool = True) -> dict[str, Any]:
    """A card as a message."""
    return {"kind": "message", "blocks": render((card,), charts=charts).blocks}


def pictures(language: str) -> dict[str, dict[str, Any]]:
    """Each picture's blocks by name."""
    said, words = (
        Wording(language),
        Words({language: wording.texts(language), "en": wording.texts("en")}, language),
    )
    questions = {one.question.slug: one.question for one in load(ROOT / "questions")}
    question = questions["container-vs-vm"]
    who = Who("slack:T1", "U1", "Ada", language)
    interview = Interview("picture", who, "docker", ("",) * 8, datetime(2026, 11, 27, tzinfo=UTC))
    turn = interview.ask(question, "picture")
    asked = question_card(said, interview, turn)
    interview.take(ANSWER)
    assessment = RubricGrader().grade_now(question, ANSWER)
    interview.graded(Part.MAIN, assessment)
    shown = {
        "question": message(asked),
        "result": message(result_card(said, turn, Part.MAIN, assessment, ANSWER)),
    }
    for slug, answer in SITTING.items():
        question = questions[slug]
        turn = interview.ask(question, slug)
        interview.take(answer)
        assessment = RubricGrader().grade_now(question, answer)
        follow_up = interview.graded(Part.MAIN, assessment)
        if follow_up:
            shown["follow-up"] = message(follow_up_card(said, turn, follow_up))
            interview.skip()
    summary = summary_card(said, interview, summarise(interview.turns), stopped=True)
    shown["summary"] = message(summary)
    shown["leaderboard"] = message(board(said))
    post = Post("picture", "daily", date(2026, 11, 27), questions["container-vs-vm"], 7)
    shown["daily"] = message(daily_card(said, post))
    shown["answer"] = {"kind": "modal", **answer_form({"message": message(asked)}, "t", words)}
    shown["practise"] = {"kind": "modal", **start_form(TOPICS, words, 12)}
    shown["suggest"] = {"kind": "modal", **suggest_form(TOPICS, words)}
    facts = {"grader": None, "budget": 0.5, "keep_days": 90, "reviewers": None, "spent": 0.12, "open": 2}
    shown["settings"] = {
        "kind": "modal",
        **settings_form(facts | {"most_budget": 1.0, "most_days": 180}, words),
    }
    shown["home"] = {"kind": "home", **home_view(home(said))}
    return shown


def board(said: Wording) -> Card:
    """A board as `leaderboard` shows it."""
    places = [(1, "Grace", 812, 9), (2, "Ada", 655, 8), (3, "Linus", 590, 8)]
    lines = [said.line("command.board-title-week", "heading")]
    lines += [
        said.line("command.board-line", place=place, name=name, points=points, answered=answered)
        for place, name, points, answered in places
    ]
    lines.append(said.line("command.board-you", "note", place=2, points=655))
    return Card(lines=tuple(lines))


def home(said: Wording) -> list[Card]:
    """The App Home of somebody who has practised a while."""
    bars = (
        Bar(label="images", value=0.62),
        Bar(label="networking", value=0.41),
        Bar(label="security", value=0.78),
    )
    return [
        Card(
            lines=(
                said.line("home.title", "heading"),
                said.line("home.open", track="docker", number=3, total=8),
            ),
            choices=(
                Choice(label=said.word("button.resume"), command="resume", style="primary"),
                Choice(label=said.word("button.stop"), command="stop", style="danger"),
            ),
        ),
        Card(
            lines=(
                said.line("command.progress-title", "heading"),
                said.line("command.progress-due", due=4),
            ),
            chart=Chart(title=said.word("command.progress-chart"), bars=bars),
            choices=(
                Choice(label=said.word("button.review"), command="review", style="primary"),
                Choice(label=said.word("button.board"), command="leaderboard"),
            ),
        ),
        Card(
            lines=(
                said.line("home.dailies", "heading"),
                said.line("home.daily", topic="docker", day="2026-11-30", time="09:00", zone="Europe/Berlin"),
            )
        ),
        Card(
            lines=(said.line("home.settings", "heading"), said.line("command.privacy-shown")),
            choices=(
                Choice(label=said.word("button.hide"), command="privacy hide"),
                Choice(label=said.word("button.privacy"), command="privacy"),
                Choice(label=said.word("button.help"), command="help"),
            ),
        ),
    ]


if __name__ == "__main__":
    json.dump(pictures(sys.argv[1] if len(sys.argv) > 1 else "en"), sys.stdout, ensure_ascii=False)
