"""Drift: what differs between AWS and the files, and how it is accepted."""
