"""Tests of the examples for other tools."""
