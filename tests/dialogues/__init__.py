"""Conversations as plain text; each runs unchanged on both databases."""
