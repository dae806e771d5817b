"""Ways to grade an answer; each satisfies `core.ports.Grader`."""
