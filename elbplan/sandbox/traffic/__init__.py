"""The data plane: returns whether a request would get an answer now."""

from .model import TrafficAnswer, answer

__all__ = ["TrafficAnswer", "answer"]
