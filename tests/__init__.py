"""Tests: ports are replaced or served on loopback; nothing is patched."""
