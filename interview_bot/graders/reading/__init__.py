"""Reads an answer: words and sentences, what is asserted, denied, reported or only mentioned."""
