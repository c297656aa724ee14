"""Migrations: plans that were kept. Files that a person reviews and edits, each applied once, resumed by looking."""
