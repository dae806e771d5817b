"""Question files: reading, checking, exchanging."""
