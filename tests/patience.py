"""The deadline of what takes a moment on an idle machine, and for ever, or minutes, if it is broken."""

SOON = 20.0
"""Seconds. A loaded machine needs several of them; a hanging call, and retries to the end, need more than this."""
