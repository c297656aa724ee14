"""An AWS client that stops working, as after a crash of the process."""

from __future__ import annotations

from elbplan.core.call import Answer, Call
from elbplan.errors import AwsProblem
from elbplan.live.client import Aws


class CrashingAws:
    """Sends the first `writes` writes to AWS and refuses every later call."""

    def __init__(self, aws: Aws, writes: int) -> None:
        self.region = aws.region
        self.left = writes
        self._aws = aws

    def send(self, call: Call) -> Answer:
        if self.left <= 0:
            raise AwsProblem("the process is dead")
        answer = self._aws.send(call)
        reads = call.operation.startswith(("Describe", "List", "Get", "Search"))
        self.left -= 0 if reads else 1
        return answer
