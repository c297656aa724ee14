"""The regions of an account, and one look at many of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..core.call import Answer, Call
from ..errors import AwsProblem, ElbplanError
from ..live.worker_threads import WorkerThreads
from .asking import is_usable

PERMISSIONS = ("ec2:DescribeRegions",)
MOST_AT_ONCE = 16

T = TypeVar("T")


@dataclass(frozen=True)
class RegionProblem:
    """A region that could not be read, and why."""

    region: str
    why: str


@dataclass(frozen=True)
class RegionAnswer(Generic[T]):
    """The answer of one region; None if it could not be read."""

    region: str
    answer: T | None = None
    problem: RegionProblem | None = None


def enabled_regions(send: Callable[[Call], Answer]) -> list[str]:
    """The regions that are enabled for the account. Raises AwsProblem if AWS does not tell them.

    Without `AllRegions`, AWS leaves out regions that are disabled.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    call = Call("ec2", "DescribeRegions", may_be_denied=True)
    answer = send(call)
    if not is_usable(answer):
        what = f"--all-regions needs {call.permission}, which AWS denies"
        raise AwsProblem(what, hint="allow it, or name one region with --region")
    return sorted(raw["RegionName"] for raw in answer["Regions"])


def ask_each(regions: Sequence[str], look: Callable[[str], T]) -> list[RegionAnswer[T]]:
    """Looks at all regions side by side. A region that does not answer does not hide the others."""

    def of(region: str) -> RegionAnswer[T]:
        try:
            return RegionAnswer(region, look(region))
        except ElbplanError as problem:
            return RegionAnswer(region, problem=RegionProblem(region, problem.what))

    if not regions:
        return []
    with WorkerThreads(min(len(regions), MOST_AT_ONCE)) as threads:
        return threads.map(of, regions)
