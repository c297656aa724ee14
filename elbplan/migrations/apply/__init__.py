"""Applying migrations: what is pending, how it is run, held and rolled back."""
