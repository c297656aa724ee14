"""From models back to YAML, and the JSON schema for editors."""
