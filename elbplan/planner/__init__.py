"""Compares the spec with AWS and builds an ordered plan."""
