"""What the command line exits with; 0 means done."""

FAILED = 1
BAD_USE = 2
"""It was asked for wrongly."""
