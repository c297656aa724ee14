"""Checks migrations without running them."""
