"""Checks the environment in which elbplan runs."""
