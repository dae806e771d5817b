"""Writes the generated parts of the docs (command help, settings); `--check` only says whether they are up to date."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from math import sin
from pathlib import Path

from cyclopts import App
from pydantic import AliasChoices
from rich.console import Console

from interview_bot.bank.files import load
from interview_bot.chat.cards import follow_up_card, question_card, result_card
from interview_bot.chat.progress import calendar_card, topics_card, trend_card
from interview_bot.chat.wording import Wording
from interview_bot.cli.groups import app
from interview_bot.core.interview import Interview, Part, Who
from interview_bot.core.progress import DAYS_SHOWN, WEEKS_SHOWN, TopicScore, Week
from interview_bot.core.questions import Question
from interview_bot.graders.rubric import RubricGrader
from interview_bot.pictures.draw import svg
from interview_bot.platforms.terminal import Screen
from interview_bot.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/commands.md", "docs/settings.md", "docs/slack.md")
SCHEMA = "questions/schema.json"
PICTURE = "docs/turn.svg"
CHARTS = ("docs/progress-topics.svg", "docs/progress-weeks.svg", "docs/progress-days.svg")
ANSWER = (
    "A container shares the kernel of the host, it is just a process with namespaces and cgroups around it. A VM boots its"
    " own kernel. So containers start in a second. I'd take a VM for code that I don't trust."
)
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def settings() -> Iterator[str]:
    """A table of all settings."""
    yield "| variable | default | meaning |\n|---|---|---|\n"
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        name = alias.choices[0] if isinstance(alias, AliasChoices) else ""
        default = "" if field.default is None else f"`{field.default}`"
        yield f"| `{name}` | {default} | {field.description} |\n"


def commands() -> Iterator[str]:
    """All commands with their first line of help."""
    yield "| command | what it does |\n|---|---|\n"
    yield from _commands(app, "interview-bot")


def _commands(of: App, prefix: str) -> Iterator[str]:
    for name in of:
        if name.startswith("-"):
            continue
        inner = of[name]
        if inner.default_command is None:
            yield from _commands(inner, f"{prefix} {name}")
        else:
            yield f"| `{prefix} {name}` | {inner.help.strip().splitlines()[0]} |\n"


def keys() -> Iterator[str]:
    """The keys of a question file."""
    yield ", ".join(f"`{name}`" for name in Question.model_fields) + "\n"


def grading() -> Iterator[str]:
    """What the last recorded run of the grading benchmark found."""
    report = json.loads((ROOT / "benchmarks" / "grading.json").read_text(encoding="utf-8"))
    gold, attacks = report["gold"], report["adversarial"].values()
    plain = [one for voice, one in gold["by_voice"].items() if voice != "unusual-words"]
    without = sum(one["accuracy"] * one["compared"] for one in plain) / sum(one["compared"] for one in plain)
    held = sum(one["holds"] for one in attacks)
    yield "| measured | figure |\n|---|---|\n"
    yield f"| verdicts like the labels ({gold['scores']['answers']} answers, {gold['verdicts']['compared']} verdicts) |"
    yield f" {gold['verdicts']['accuracy']:.1%}, kappa {gold['verdicts']['kappa']:.2f} |\n"
    yield f"| the same without answers in pure metaphor | {without:.1%} |\n"
    yield f"| two independent passes of labelling agree on | {report['passes']['accuracy']:.1%} |\n"
    yield f"| score, mean absolute error | {gold['scores']['mean_error']:.2f} |\n"
    yield f"| families of attacks withstood | {held} of {len(attacks)} |\n"
    yield f"| milliseconds an answer, p50 and p99 | {gold['milliseconds']['p50']:.1f}, {gold['milliseconds']['p99']:.1f} |\n"
    yield f"\nMeasured on {report['date']} with `interview-bot benchmark grading`; all figures in [benchmarks/grading.md](benchmarks/grading.md).\n"


def ack() -> Iterator[str]:
    """How long Slack waited for acknowledgements in the last recorded run."""
    told = json.loads((ROOT / "benchmarks" / "slack_ack.json").read_text(encoding="utf-8"))
    yield "| requests | number | p50 | p95 | p99 | longest |\n|---|---|---|---|---|---|\n"
    for kind in ("command", "message", "button", "all"):
        number = told["requests"].get(kind) or sum(told["requests"].values())
        figures = " | ".join(f"{told[kind][one]} ms" for one in ("p50", "p95", "p99", "max"))
        yield f"| {kind} | {number} | {figures} |\n"
    yield f"\nMeasured on {told['date']} with `python benchmarks/slack_ack.py`: {told['rate']} signed requests a second for"
    yield f" {told['seconds']:g} seconds, {told['lost']} of them not acknowledged; {told['machine']}; {told['database']};"
    yield " the senders and the stand-in for Slack on the same cores.\n"


GENERATORS = {"settings": settings, "commands": commands, "keys": keys, "grading": grading, "ack": ack}


def picture() -> str:
    """One turn in the terminal as a picture: the real grader, the real cards."""
    question = next(
        one.question for one in load(ROOT / "questions") if one.question.slug == "container-vs-vm"
    )
    interview = Interview("picture", Who("local", "you", "you"), "docker", ("",) * 8, datetime.now(UTC))
    turn = interview.ask(question, "picture")
    console = Console(record=True, width=112, file=StringIO(), force_terminal=True, highlight=False)
    screen, words = Screen(console=console), Wording()
    screen.show(question_card(words, interview, turn))
    console.print(f"[bold]>[/bold] {ANSWER}")
    interview.take(ANSWER)
    assessment = RubricGrader().grade_now(question, ANSWER)
    follow_up = interview.graded(Part.MAIN, assessment)
    screen.show(result_card(words, turn, Part.MAIN, assessment, ANSWER))
    if follow_up:
        screen.show(follow_up_card(words, turn, follow_up))
    svg = console.export_svg(title="interview-bot practice docker", unique_id="turn")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # no fonts from elsewhere


def chart(page: str) -> str:
    """A picture of somebody's made-up progress, drawn as the bot draws it."""
    words, today = Wording(), date(2026, 11, 27)
    if page == CHARTS[0]:
        told = (
            ("images", 0.86),
            ("networking", 0.71),
            ("storage", 0.64),
            ("security", 0.45),
            ("runtime", 0.3),
        )
        card = topics_card(words, [TopicScore(name, 9, score) for name, score in told], {}, [])
    elif page == CHARTS[1]:
        mondays = [date(2026, 6, 1) + timedelta(days=7 * number) for number in range(WEEKS_SHOWN)]
        weeks = [Week(day, 5, 0.42 + 0.017 * n + 0.06 * sin(n * 1.7)) for n, day in enumerate(mondays)]
        card = trend_card(words, weeks)
    else:
        days = [today - timedelta(days=number) for number in range(DAYS_SHOWN)]
        busy = {
            day: max(0, int(5 * sin(day.toordinal() * 1.3) + 4 * sin(day.toordinal() / 17))) for day in days
        }
        card = calendar_card(words, {day: many for day, many in busy.items() if many}, today)
    return svg(card.chart) + "\n" if card and card.chart else ""


def fresh_text(page: str, text: str) -> str:
    """A page as it should be."""
    if page == PICTURE:
        return picture()
    if page in CHARTS:
        return chart(page)
    if page == SCHEMA:
        return json.dumps(Question.model_json_schema(), indent=2) + "\n"
    return PART.sub(lambda part: part[1] + "".join(GENERATORS[part[2]]()) + part[3], text)


def main() -> int:
    """Write every page anew, or compare; 1 if something is out of date."""
    stale = 0
    for page in (*PAGES, SCHEMA, PICTURE, *CHARTS):
        path = ROOT / page
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        fresh = fresh_text(page, text)
        if fresh == text:
            continue
        if "--check" in sys.argv:
            print(f"{page}: out of date; run: python docs/generate.py")
            stale = 1
        else:
            path.write_text(fresh, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
