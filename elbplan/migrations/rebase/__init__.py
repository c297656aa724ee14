"""Rebase: puts the files of two branches in one order."""
