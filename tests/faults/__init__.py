"""Faults, real and simulated, and what must hold whatever happens."""
