"""Each platform against a real server on loopback."""
