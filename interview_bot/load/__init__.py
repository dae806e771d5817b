"""Loads a bot with requests as Slack sends them, and measures what comes back."""
