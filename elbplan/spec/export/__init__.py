"""Writes stacks as YAML of the long form, and the JSON schema for editors."""
