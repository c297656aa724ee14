"""The spec: YAML becomes stacks or problems."""
