"""What the bot does unasked: grading, sending."""
