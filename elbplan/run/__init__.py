"""Runs a plan under the lock of its stack."""
