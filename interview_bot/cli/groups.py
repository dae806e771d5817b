"""The command tree.

A command's module is loaded when the command is called: an interview should not wait for what only operators need.
"""

from cyclopts import App

from interview_bot import __version__

app = App(
    name="interview-bot", version=__version__, help="A mock-interview partner: practise here, or serve Slack."
)
_HELP = {
    "questions": "Look after the question bank.",
    "benchmark": "Measure graders, boards and speed.",
    "standings": "Look after the numbers of the leaderboard.",
    "challenges": "Look after grades that were challenged.",
    "suggestions": "Look after questions that people suggested.",
    "db": "Look after the database.",
    "slack": "Set up Slack.",
}
COMMANDS = {
    "practice": (
        "interview:practice",
        "Hold a mock interview in this terminal, or with a pipe, where a line that holds only a full stop ends an answer.",
    ),
    "review": ("interview:review", "Hold an interview about what you missed before and what is due again."),
    "progress": ("interview:progress", "Show your history and what you know, by topic."),
    "leaderboard": ("interview:leaderboard", "Show the leaderboard of this machine's team."),
    "topics": ("interview:topics", "List what there is to ask."),
    "privacy": ("interview:privacy", "Show what is kept about you; export, hide, show or delete it."),
    "grade": ("bank:grade", "Grade a file of answers."),
    "serve": (
        "operate:serve",
        "Serve Slack (Socket Mode with SLACK_APP_TOKEN, else HTTP with SLACK_SIGNING_SECRET), Discord (DISCORD_TOKEN) or both.",
    ),
    "questions new": ("exchange:new", "Write the skeleton of a new question."),
    "questions try": ("bank:try_", "Grade the answer that you type, and explain every verdict."),
    "questions check": ("bank:check", "Prove question files: structure, reference, misconceptions, hints."),
    "questions list": ("bank:list_", "List questions: slug, topic, level, kind."),
    "questions show": ("bank:show", "Show one question with its rubric."),
    "questions export": ("exchange:export", "Write questions for other programs."),
    "questions import": (
        "exchange:import_",
        "Read questions from another program into a folder of question files, and report what could not be read.",
    ),
    "questions schema": ("bank:schema_", "Print the JSON Schema of question files, for editors."),
    "benchmark grading": (
        "measure:grading",
        "Measure a grader on labelled answers, attacks and human scores; exit code 1 if attacks pass or a model fails.",
    ),
    "benchmark ingest": (
        "measure:ingest",
        "Measure how many answers a process takes over PostgreSQL and how fast, beside a Bolt app that does nothing.",
    ),
    "benchmark leaderboard": (
        "measure:leaderboard",
        "Measure a board with one's own place, in milliseconds, for the largest of 200 made-up teams.",
    ),
    "standings verify": (
        "standings:verify",
        "Fold all answers again and compare with the standings that are kept; exit code 1 if any differs.",
    ),
    "challenges list": (
        "challenges:list_",
        "List open challenges with question, answer, verdicts and reason.",
    ),
    "challenges decide": ("challenges:decide", "Decide on a challenge."),
    "challenges export": (
        "challenges:export",
        "Write decided challenges as labelled answers, one JSON object a line; nobody's name is in them.",
    ),
    "suggestions list": ("suggestions:list_", "List suggested questions that wait for a decision."),
    "suggestions decide": (
        "suggestions:decide",
        "Accept or decline a suggested question; its author is told.",
    ),
    "suggestions export": (
        "suggestions:export",
        "Write accepted suggestions as question files; one that is there already is left alone.",
    ),
    "db upgrade": ("operate:upgrade", "Bring the database to the schema that this version needs."),
    "slack manifest": ("operate:manifest_", "Print the app manifest for Slack."),
}


def _build() -> None:
    groups = {"": app}
    for name, text in _HELP.items():
        groups[name] = App(name=name, help=text)
        app.command(groups[name])
    for words, (place, text) in COMMANDS.items():
        group, _, name = words.rpartition(" ")
        groups[group].command(f"interview_bot.cli.{place}", name=name, help=text)


_build()
