"""Migrations: plans saved as files, which a person reviews and elbplan applies once each."""
