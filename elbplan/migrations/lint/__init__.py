"""Checks of migrations without running them."""
