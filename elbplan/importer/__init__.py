"""Turns a load balancer that exists into a spec."""
