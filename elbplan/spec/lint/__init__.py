"""Finds what a valid spec risks: one server only, an open admin path, an old TLS policy. Asks no AWS."""
