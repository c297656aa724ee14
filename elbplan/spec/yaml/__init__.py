"""YAML with positions: the file, line and column of every key and value."""
