"""The command line: practise, serve, look after the database and the questions, measure graders."""

from interview_bot.cli.main import main, run

__all__ = ["main", "run"]
