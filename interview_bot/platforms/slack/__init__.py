"""Slack: payloads become Messages, cards become blocks."""
