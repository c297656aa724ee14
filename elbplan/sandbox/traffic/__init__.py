"""The data plane: would a request be answered now?"""

from .model import Answer, answer
from .watch import Route, Watch

__all__ = ["Answer", "Route", "Watch", "answer"]
