"""What a candidate or a team asks about itself."""
