"""The command line: practise, serve, look after the database and the questions."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import structlog
from cyclopts import App, CycloptsError, Parameter
from cyclopts.validators import Number

from interview_bot import __version__
from interview_bot.bank.check import check as check_questions
from interview_bot.bank.files import Loaded, load, read_question, read_terms
from interview_bot.bank.grading import Graded, grade_lines
from interview_bot.bot import trouble_card
from interview_bot.chat.messages import Card, Message, Reply, plain
from interview_bot.chat.wording import Wording
from interview_bot.core.errors import BadQuestionFile, CandidateError, OperatorError
from interview_bot.core.interview import Who
from interview_bot.core.questions import Question
from interview_bot.platforms.terminal import ADDRESS, Screen, converse
from interview_bot.storage import schema
from interview_bot.wiring import House, slack_manifest, user_name

app = App(
    name="interview-bot", version=__version__, help="A mock-interview partner: practise here, or serve Slack."
)
questions = App(name="questions", help="Look after the question bank.")
db = App(name="db", help="Look after the database.")
slack = App(name="slack", help="Set up Slack.")
for group in (questions, db, slack):
    app.command(group)

BAD_USE = 2
FAILED = 1


@app.command
async def practice(
    topic: str = "docker",
    *,
    level: Annotated[int | None, Parameter(validator=Number(gte=1, lte=3))] = None,
    questions: Annotated[int | None, Parameter(validator=Number(gte=1, lte=12))] = None,
    seed: int | None = None,
    plain: Annotated[bool, Parameter(negative="")] = False,
    resume: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Hold a mock interview in this terminal.

    When standard input is no terminal, an answer ends with a line that holds only a full stop.

    Parameters
    ----------
    topic
        A track such as `docker`, or one of its topics.
    level
        Ask only questions of this level: 1 junior, 2 working, 3 senior.
    questions
        How many questions; 8 if not said.
    seed
        The same number asks the same questions.
    plain
        No colours.
    resume
        Go on with the interview that was interrupted.
    """
    house = House(prefix="/")
    words = [topic, *(["level", str(level)] if level else []), *([str(questions)] if questions else [])]
    words += ["seed", str(seed)] if seed is not None else []
    if not resume:
        house.catalogue.about(topic)
    return await _sit(house, "resume" if resume else " ".join(words), Screen(plain=plain))


async def _sit(house: House, first: str, screen: Screen) -> int:
    who = local()
    await house.ready()
    worker = house.worker({"terminal": screen})

    async def is_open() -> bool:
        async with house.database.begin() as work:
            return await work.open_interview(who) is not None

    try:
        await converse(house.bot.receive, worker.until_idle, is_open, screen, who, first)
        if await is_open():
            sys.stderr.write("Paused. Go on with: interview-bot practice --resume\n")
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("\nPaused; what you answered is kept. Go on with: interview-bot practice --resume\n")
    finally:
        await house.database.close()
    return 0


def local() -> Who:
    """The person at this terminal."""
    name = user_name()
    return Who("local", name, name)


async def _ask(command: str) -> Reply:
    house = House(prefix="interview-bot practice ")
    await house.ready()
    try:
        return await house.bot.receive(Message(local(), f"cli:{command}", "", command, None, ADDRESS))
    finally:
        await house.database.close()


@app.command
async def progress(*, plain: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Show your history by topic."""
    _show(await _ask("progress"), plain)


@app.command
async def leaderboard(*, plain: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Show the leaderboard of this machine's team."""
    _show(await _ask("leaderboard"), plain)


@app.command
async def topics(*, plain: Annotated[bool, Parameter(negative="")] = False) -> None:
    """List what there is to ask."""
    _show(await _ask("topics"), plain)


def _show(reply: Reply, plain: bool) -> None:
    for card in reply.cards:
        Screen(plain=plain).show(card)


@app.command
def grade(
    *,
    question: str | None = None,
    question_file: Path | None = None,
    answers: Path,
    output: Path,
    grader: Literal["rubric"] = "rubric",
) -> None:
    """Grade a file of answers.

    Each line of the input is `{"id": ..., "answer": ...}`; each line of the output adds `score` (0-1), `verdicts`,
    `misconceptions`, `evidence` and `flags`.

    Parameters
    ----------
    question
        The slug of a question of the bank.
    question_file
        A question file instead.
    answers
        JSON lines to read.
    output
        JSON lines to write.
    grader
        Which grader speaks.
    """
    house = House()
    asked = _asked(house, question, question_file)
    graders = {"rubric": house.grader.grade_now}
    graded: list[Graded] = grade_lines(asked, answers, graders[grader])
    rows = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in graded)
    try:
        output.write_text(rows, encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{output}: cannot be written: {error.strerror}") from None


def _asked(house: House, slug: str | None, file: Path | None) -> Question:
    if (slug is None) == (file is None):
        raise OperatorError("Give either --question SLUG or --question-file FILE.")
    if file is not None:
        return _read_anywhere(file).question
    found = house.catalogue.questions.get(slug or "")
    if found is None:
        near = house.catalogue.nearest_slug(slug or "")
        raise OperatorError(f"There is no question `{slug}`." + (f" Did you mean {near}?" if near else ""))
    return found


def _read_anywhere(file: Path) -> Loaded:
    """A question file wherever it lies; the folder above its topic may hold a track's terms."""
    above = file.resolve().parent.parent
    return read_question(
        file, track=above.name, topic=file.resolve().parent.name, terms=read_terms(above / "terms.yaml")
    )


@questions.command(name="check")
def check(*paths: Path) -> int:
    """Prove question files: structure, reference, misconceptions, hints.

    Parameters
    ----------
    paths
        Files to check; the whole bank if none.
    """
    house = House()
    loaded = [_read_anywhere(path) for path in paths] if paths else load(house.settings.question_folder())
    findings = check_questions(loaded, house.grader.grade_now)
    for finding in findings:
        print(finding)
    faults = sum(not finding.advice for finding in findings)
    print(f"{len(loaded)} questions, {faults} faults" if faults else f"{len(loaded)} questions, clean")
    return FAILED if faults else 0


@questions.command(name="list")
def list_(topic: str | None = None) -> None:
    """List questions: slug, topic, level, kind.

    Parameters
    ----------
    topic
        Only this topic or track.
    """
    catalogue = House().catalogue
    for one in catalogue.about(topic) if topic else catalogue.questions.values():
        print(f"{one.slug:28} {one.topic:16} {one.level}  {one.kind}")


@questions.command
def show(slug: str) -> None:
    """Show one question with its rubric.

    Parameters
    ----------
    slug
        The question's key: its file name.
    """
    asked = _asked(House(), slug, None)
    print(
        f"{asked.slug} · {asked.track}/{asked.topic} · level {asked.level} · {asked.kind}\n\n{asked.prompt.strip()}\n"
    )
    for criterion in asked.criteria:
        print(f"[{criterion.weight}] {criterion.id}: {criterion.point}")
    for misconception in asked.misconceptions:
        print(f"[x] {misconception.id}: {misconception.claim} -> {misconception.correction}")
    print(f"\n{asked.reference}")


@questions.command(name="try")
def try_(slug: str | None = None, *, question_file: Path | None = None) -> None:
    """Grade the answer that you type, and explain every verdict.

    Parameters
    ----------
    slug
        The question's key.
    question_file
        A question file instead.
    """
    house = House()
    asked = _asked(house, slug, question_file)
    print(asked.prompt.strip(), "\n(end your answer with Ctrl-D)", file=sys.stderr)
    answer = sys.stdin.read()
    assessment = house.grader.grade_now(asked, answer)
    print(f"score {assessment.score:.2f}  flags: {', '.join(assessment.flags) or 'none'}")
    for name, heard in assessment.verdicts.items():
        said = " / ".join(answer[start:end] for start, end in heard.evidence)
        print(f"  {heard.verdict.value:8}{name:16}{said!r}  <- {heard.rule or 'no line matched'}")
    for one in assessment.misconceptions:
        print(f"  asserted {one.id}: {' / '.join(answer[start:end] for start, end in one.evidence)!r}")


@questions.command(name="schema")
def schema_() -> None:
    """Print the JSON Schema of question files, for editors."""
    print(json.dumps(Question.model_json_schema(), indent=2))


@app.command
async def serve() -> None:
    """Serve Slack: Socket Mode with SLACK_APP_TOKEN, else HTTP with SLACK_SIGNING_SECRET."""
    await House().serve()


@slack.command(name="manifest")
def manifest_(*, request_url: str | None = None) -> None:
    """Print the app manifest for Slack.

    Parameters
    ----------
    request_url
        Where Slack reaches the bot over HTTP; Socket Mode if not given.
    """
    print(json.dumps(slack_manifest(request_url), indent=2))


@db.command
async def upgrade() -> None:
    """Bring the database to the schema that this version needs."""
    house = House()
    try:
        await schema.upgrade(house.database)
    finally:
        await house.database.close()
    print(f"schema {schema.head()}")


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


if __name__ == "__main__":
    main()
