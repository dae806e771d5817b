"""The command tree that the other modules hang their commands on, and its exit codes."""

from cyclopts import App

from interview_bot import __version__

app = App(
    name="interview-bot", version=__version__, help="A mock-interview partner: practise here, or serve Slack."
)
questions = App(name="questions", help="Look after the question bank.")
benchmark = App(name="benchmark", help="Measure graders, boards and speed.")
standings = App(name="standings", help="Look after the numbers of the leaderboard.")
challenges = App(name="challenges", help="Look after grades that were challenged.")
suggestions = App(name="suggestions", help="Look after questions that people suggested.")
db = App(name="db", help="Look after the database.")
slack = App(name="slack", help="Set up Slack.")
for group in (questions, benchmark, standings, challenges, suggestions, db, slack):
    app.command(group)

# Loaded when they are called: what they need takes long to import, and an interview never needs it.
questions.command("interview_bot.cli.exchange:new", name="new", help="Write the skeleton of a new question.")
questions.command(
    "interview_bot.cli.exchange:export", name="export", help="Write questions for other programs."
)
questions.command(
    "interview_bot.cli.exchange:import_",
    name="import",
    help="Read questions from another program into files.",
)
benchmark.command(
    "interview_bot.cli.measure:grading",
    name="grading",
    help="Measure a grader: labelled answers, attacks, human scores.",
)
benchmark.command(
    "interview_bot.cli.measure:ingest",
    name="ingest",
    help="Measure how many answers a process takes, and how fast it acknowledges.",
)
benchmark.command(
    "interview_bot.cli.measure:leaderboard",
    name="leaderboard",
    help="Measure boards in a database filled with made-up answers.",
)

BAD_USE = 2
FAILED = 1
