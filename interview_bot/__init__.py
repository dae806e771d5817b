"""A mock-interview partner for Slack, Discord, the terminal and the browser."""

__version__ = "0.1.0"
