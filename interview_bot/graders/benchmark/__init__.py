"""Measures graders: on labelled answers, on answers with human scores, and on attacks."""
