"""elbplan: creates, changes and deletes AWS load-balancing stacks that a YAML spec describes."""

__version__ = "0.1.0"
