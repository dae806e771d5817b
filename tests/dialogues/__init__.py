"""Conversations as plain text; each runs unchanged on both databases, and through every platform that has a speaker."""
