"""The command tree that the other modules hang their commands on, and its exit codes."""

from cyclopts import App

from interview_bot import __version__

app = App(
    name="interview-bot", version=__version__, help="A mock-interview partner: practise here, or serve Slack."
)
questions = App(name="questions", help="Look after the question bank.")
benchmark = App(name="benchmark", help="Measure graders.")
db = App(name="db", help="Look after the database.")
slack = App(name="slack", help="Set up Slack.")
for group in (questions, benchmark, db, slack):
    app.command(group)

BAD_USE = 2
FAILED = 1
