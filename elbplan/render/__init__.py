"""Turns plans, runs and status into text for people and JSON for programs. Prints nothing."""
