"""Tests of what users install: a wheel, a source archive, a container image."""
