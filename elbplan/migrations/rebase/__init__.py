"""Rebase: files of two branches in one order."""
