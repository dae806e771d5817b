"""Loopback fakes of the platforms that the bot talks to."""
