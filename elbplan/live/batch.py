"""Questions in rounds: many small programs ask at the same time, and no question is asked twice.

Each kind reads with a generator that yields the questions it could ask at once. All generators go in lock step: their
questions of one round are gathered, merged (tags of twenty resources fit one request), sent in parallel, and answered.
So the number of requests in sequence is the number of rounds, whatever the number of stacks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from ..core.call import Answer, Ask, Call, Tags
from ..errors import AwsProblem
from .errors import unreadable
from .unusable_answers import MISREAD
from .worker_threads import WorkerThreads

TAGS_A_REQUEST = 20
"""DescribeTags takes no more."""

GONE = ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound", "TrustStoreNotFound")
"""One missing resource fails a whole DescribeTags."""

Send = Callable[[Call], Answer]
Program = Generator[Sequence[Ask], Sequence[Answer], Any]


class BatchReader:
    """Runs reading programs against AWS. `parallel` is the most requests at one time."""

    def __init__(self, send: Send, parallel: int = 16) -> None:
        self._send = send
        self._parallel = parallel
        self._known: dict[str, Answer] = {}
        self._tags: dict[str, Mapping[str, str] | None] = {}
        self.taken = 0
        """How many rounds it took."""

    def run(self, programs: Sequence[Program]) -> list[Any]:
        """What each program returns, in order. Raises AwsProblem."""
        results: list[Any] = [None] * len(programs)
        waiting: dict[int, Sequence[Ask]] = {}
        with WorkerThreads(self._parallel) as crew:
            for index, program in enumerate(programs):
                self._advance(index, program, None, waiting, results)
            while waiting:
                self._ask([ask for asks in waiting.values() for ask in asks], crew)
                for index, asks in list(waiting.items()):
                    del waiting[index]
                    self._advance(index, programs[index], asks, waiting, results)
        return results

    def _advance(
        self,
        index: int,
        program: Program,
        asked: Sequence[Ask] | None,
        waiting: dict[int, Sequence[Ask]],
        results: list[Any],
    ) -> None:
        """Let a program go on; where it asks what is known already, it goes on at once."""
        try:
            asks = next(program) if asked is None else self._told(program, asked)
            while all(self._knows(ask) for ask in asks):
                asks = self._told(program, asks)
            waiting[index] = asks
        except StopIteration as done:
            results[index] = done.value

    def _told(self, program: Program, asked: Sequence[Ask]) -> Sequence[Ask]:
        """What a program asks after it has read these answers. Raises AwsProblem where it cannot read them."""
        answers = [self._answer(ask) for ask in asked]
        try:
            return program.send(answers)
        except MISREAD as fault:
            raise unreadable(fault, _named(asked)) from fault

    def _knows(self, ask: Ask) -> bool:
        if isinstance(ask, Tags):
            return all(arn in self._tags for arn in ask.arns)
        return _key(ask) in self._known

    def _answer(self, ask: Ask) -> Answer:
        if isinstance(ask, Tags):
            return {arn: tags for arn in ask.arns if (tags := self._tags[arn]) is not None}
        return self._known[_key(ask)]

    def _ask(self, asks: Sequence[Ask], crew: WorkerThreads) -> None:
        self.taken += 1
        calls = {_key(ask): ask for ask in asks if isinstance(ask, Call) and _key(ask) not in self._known}
        arns = sorted({arn for ask in asks if isinstance(ask, Tags) for arn in ask.arns if arn not in self._tags})
        batches = [arns[start : start + TAGS_A_REQUEST] for start in range(0, len(arns), TAGS_A_REQUEST)]
        answers = {key: crew.submit(self._send, call) for key, call in calls.items()}
        tags = [crew.submit(self._describe_tags, batch) for batch in batches]
        for key, future in answers.items():
            self._known[key] = future.result()
        for batch in tags:
            self._tags |= batch.result()

    def _describe_tags(self, arns: Sequence[str]) -> dict[str, Mapping[str, str] | None]:
        """The tags of these; None for one that is gone. A missing one fails the others, so halve and ask again."""
        try:
            answer = self._send(Call("elbv2", "DescribeTags", {"ResourceArns": list(arns)}))
        except AwsProblem as problem:
            if problem.code not in GONE:
                raise
            if len(arns) == 1:
                return {arns[0]: None}
            middle = len(arns) // 2
            return self._describe_tags(arns[:middle]) | self._describe_tags(arns[middle:])
        try:
            described = {d["ResourceArn"]: d["Tags"] for d in answer["TagDescriptions"]}
            return {arn: {t["Key"]: t.get("Value", "") for t in described.get(arn, [])} for arn in arns}
        except MISREAD as fault:
            raise unreadable(fault, "DescribeTags") from fault


def _named(asks: Sequence[Ask]) -> str:
    """The requests behind questions, each once."""
    return ", ".join(sorted({ask.operation if isinstance(ask, Call) else "DescribeTags" for ask in asks}))


def _key(call: Call) -> str:
    return json.dumps([call.service, call.operation, call.params, call.region], sort_keys=True, default=str)
