"""Completes command lines in shells. It imports no command: a key press must be answered at once."""
