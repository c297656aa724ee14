"""The data plane: would a request be answered now?"""

from .model import TrafficAnswer, answer

__all__ = ["TrafficAnswer", "answer"]
