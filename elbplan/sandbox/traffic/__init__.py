"""The data plane: would a request be answered now?"""

from .model import TrafficAnswer, answer
from .watch import ProbedRoute, ProbeWatch

__all__ = ["ProbeWatch", "ProbedRoute", "TrafficAnswer", "answer"]
