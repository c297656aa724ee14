"""Reads in rounds: many small programs read at the same time, and no call is sent twice.

Each kind reads with a generator that yields the calls it can make at once. All generators run in lock step: the reader
gathers the calls of one round, merges them (one request returns the tags of twenty resources), sends them in parallel,
and hands out the answers. So the number of requests in sequence is the number of rounds, for any number of stacks.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

from ..core.call import Answer, Ask, Call, Tags
from ..errors import AwsProblem
from .errors import unreadable
from .unusable_answers import MISREAD
from .worker_threads import WorkerThreads

TAGS_A_REQUEST = 20
"""The largest number of resources in one DescribeTags."""

GONE = ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound", "RuleNotFound", "TrustStoreNotFound")
"""Errors of DescribeTags if one of its resources does not exist."""

Send = Callable[[Call], Answer]
Program = Generator[Sequence[Ask], Sequence[Answer], Any]


class BatchReader:
    """Runs programs that read AWS. `parallel` is the largest number of requests at the same time."""

    def __init__(self, send: Send, parallel: int = 16) -> None:
        self._send = send
        self._parallel = parallel
        self._answers: dict[str, Answer] = {}
        self._problems: dict[str, AwsProblem] = {}
        self._tags: dict[str, Mapping[str, str] | None] = {}
        self.rounds = 0
        """The number of rounds so far."""

    def run(self, programs: Sequence[Program]) -> list[Any]:
        """Returns the results of the programs, in order.

        Raises the AwsProblem of the first program that needs an answer which AWS does not give. Later runs of the same
        reader use the answers of this one, and do not send again what failed.
        """
        results: list[Any] = [None] * len(programs)
        waiting: dict[int, Sequence[Ask]] = {}
        with WorkerThreads(self._parallel) as threads:
            for index, program in enumerate(programs):
                self._advance(index, program, None, waiting, results)
            while waiting:
                self._ask([ask for asks in waiting.values() for ask in asks], threads)
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
        """Resumes a program until it asks for something that is not known yet."""
        try:
            asks = next(program) if asked is None else self._resume(program, asked)
            while all(self._knows(ask) for ask in asks):
                asks = self._resume(program, asks)
            waiting[index] = asks
        except StopIteration as done:
            results[index] = done.value

    def _resume(self, program: Program, asked: Sequence[Ask]) -> Sequence[Ask]:
        """Gives a program its answers and returns its next questions. Raises AwsProblem for unusable answers."""
        answers = [self._answer(ask) for ask in asked]
        try:
            return program.send(answers)
        except MISREAD as fault:
            raise unreadable(fault, _operations(asked)) from fault

    def _knows(self, ask: Ask) -> bool:
        if isinstance(ask, Tags):
            return all(arn in self._tags for arn in ask.arns)
        return ask.question in self._answers or ask.question in self._problems

    def _answer(self, ask: Ask) -> Answer:
        if isinstance(ask, Tags):
            return {arn: tags for arn in ask.arns if (tags := self._tags[arn]) is not None}
        if problem := self._problems.get(ask.question):
            raise problem
        return self._answers[ask.question]

    def _ask(self, asks: Sequence[Ask], threads: WorkerThreads) -> None:
        self.rounds += 1
        calls = {ask.question: ask for ask in asks if isinstance(ask, Call) and not self._knows(ask)}
        arns = sorted({arn for ask in asks if isinstance(ask, Tags) for arn in ask.arns if arn not in self._tags})
        batches = [arns[start : start + TAGS_A_REQUEST] for start in range(0, len(arns), TAGS_A_REQUEST)]
        answers = {key: threads.submit(self._send, call) for key, call in calls.items()}
        tags = [threads.submit(self._describe_tags, batch) for batch in batches]
        for key, future in answers.items():
            try:
                self._answers[key] = future.result()
            except AwsProblem as problem:
                self._problems[key] = problem
        for batch in tags:
            self._tags |= batch.result()

    def _describe_tags(self, arns: Sequence[str]) -> dict[str, Mapping[str, str] | None]:
        """The tags of these resources; None for one that does not exist.

        AWS refuses the complete call if one does not exist, so it asks again for each half.
        """
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
            described = {d["ResourceArn"]: d.get("Tags") or () for d in answer["TagDescriptions"]}
            return {arn: {t["Key"]: t.get("Value", "") for t in described.get(arn, ())} for arn in arns}
        except MISREAD as fault:
            raise unreadable(fault, "DescribeTags") from fault


def _operations(asks: Sequence[Ask]) -> str:
    """The operations of these questions, each once."""
    return ", ".join(sorted({ask.operation if isinstance(ask, Call) else "DescribeTags" for ask in asks}))
