"""Tests of elbplan/platforms, and of what must not depend on the platform."""
