"""The spec: YAML in, stacks or problems out."""
