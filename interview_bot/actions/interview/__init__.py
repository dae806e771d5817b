"""What a candidate does in a sitting."""
