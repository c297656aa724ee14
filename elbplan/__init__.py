"""elbplan: AWS load-balancing stacks from a few lines of YAML, and back to zero."""

__version__ = "0.1.0"
