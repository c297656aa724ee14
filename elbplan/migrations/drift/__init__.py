"""Computes the drift of AWS and accepts it into migrations and the spec."""
