"""Writes the first spec of a user."""
