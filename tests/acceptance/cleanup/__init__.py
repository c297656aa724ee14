"""Deletes everything that a run created, and verifies that nothing is left. It needs only the id of the run.

It may be interrupted and run again. It deletes what has the tag of the run; DNS records and elbplan's run records have
no tags, and are found by the name of the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..aws import Aws, CallFailed
from ..settings import TAG, Settings
from . import ec2_kinds, elb_kinds
from .items import Item, Kind

KINDS: tuple[Kind, ...] = (*elb_kinds.KINDS, *ec2_kinds.KINDS)
TIMEOUT = 1800.0
BUSY = (
    "ResourceInUse", "ResourceInUseException", "DependencyViolation", "VolumeInUse", "PriorRequestNotComplete",
    "DeleteConflict", "IncorrectState", "ConcurrentModification", "Throttling", "ThrottlingException",
    "RequestLimitExceeded", "ResourceConflictException", "TooManyUpdates", "InternalError",
    "InternalFailure", "ServiceUnavailable", "EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError",
)  # fmt: skip
"""AWS's answers while something else still uses a resource, or while AWS itself has a problem. A later try helps."""

GONE = ("NotFound", "NoSuchEntity", "ResourceNotFoundException", "ParameterNotFound", "InvalidChangeBatch")
HEARTBEATS = 4.5
"""A live elbplan notices the loss of its lock within this part of the `lease_seconds` of its record."""

OPTIONAL = ("functions", "roles", "resources of other kinds")
"""What an account may forbid to list: then the run could not create any either, or asks a question in vain."""

Tell = Callable[[str], None]


@dataclass
class CleanUp:
    """The result.

    left        what still exists, with the reason
    untouched   resources with a name of the run and without its tag
    not_looked  kinds that could not be listed, with the reason
    """

    deleted: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    untouched: list[str] = field(default_factory=list)
    not_looked: dict[str, str] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """True if nothing is left, and everything could be listed."""
        return not self.left and not self.not_looked.keys() - set(OPTIONAL)

    @property
    def text(self) -> str:
        """The result, in one line for each part."""
        lines = [f"clean-up: deleted {len(self.deleted)}; " + self._left_text()]
        lines += [f"  left: {item}: {why}" for item, why in self.left.items()]
        lines += [f"  not touched, since it does not have the tag {TAG}: {item}" for item in self.untouched]
        lines += [f"  could not list {kind}: {why}" for kind, why in self.not_looked.items()]
        return "\n".join(lines)

    def _left_text(self) -> str:
        if self.left:
            return f"{len(self.left)} left"
        return "nothing tagged is left" if self.is_clean else "not everything could be listed"


def clean_up(aws: Aws, settings: Settings, tell: Tell = print) -> CleanUp:
    """Deletes everything of the run. Returns when two looks find nothing, or when nothing more can be deleted."""
    return _Cleaner(aws, settings, tell).run()


class _Cleaner:
    def __init__(self, aws: Aws, settings: Settings, tell: Tell) -> None:
        self._aws = aws
        self._settings = settings
        self._tell = tell
        self._result = CleanUp()
        self._refused: dict[Item, str] = {}
        self._pause, self._settle = (10.0, 20.0) if aws.is_real else (0.3, 0.5)

    def run(self) -> CleanUp:
        clock, looks = self._aws.clock, 0
        end = clock.now() + TIMEOUT
        while looks < 2:
            items = self._find()
            looks = 0 if items else looks + 1
            if items:
                self._delete(items)
            if clock.now() > end or (items and all(item in self._refused for item in items)):
                break
            if looks < 2:
                clock.sleep(self._pause if items else self._settle)
        self._result.left = {str(item): self._refused.get(item, "still exists") for item in self._find()}
        self._result.left.update(self._other_resources())
        return self._result

    def _find(self) -> list[Item]:
        """Everything that can be deleted."""
        found: list[Item] = []
        for kind in KINDS:
            try:
                found += list(kind.find(self._aws, self._settings))
                self._result.not_looked.pop(kind.name, None)
            except CallFailed as failed:
                self._result.not_looked[kind.name] = f"{failed.call}: {failed.code}"
            except Exception as problem:  # an answer of an unknown form must not stop the rest of the clean-up
                self._result.not_looked[kind.name] = f"{type(problem).__name__}: {problem}"
        self._result.untouched = [str(item) for item in found if not item.tagged]
        return [item for item in found if item.tagged]

    def _delete(self, items: list[Item]) -> None:
        """Tries each once. What is busy stays for the next try; what AWS refuses otherwise is given up."""
        kinds = {kind.item: kind for kind in KINDS}
        for item in items:
            if item in self._refused:
                continue
            try:
                kinds[item.kind].delete(self._aws, item)
            except CallFailed as failed:
                self._note(item, failed)
                continue
            if str(item) not in self._result.deleted:
                self._result.deleted.append(str(item))
                self._tell(f"  deleted {item}")
            lease = float(item.data.get("lease", 0))
            self._settle = max(self._settle, lease / HEARTBEATS + 2 if lease else 0)

    def _note(self, item: Item, failed: CallFailed) -> None:
        if failed.code not in BUSY and not failed.code.endswith(GONE):
            self._refused[item] = f"{failed.code}: {failed.message}"

    def _other_resources(self) -> dict[str, str]:
        """What the tagging API names and no kind here finds. It still names deleted resources for a while."""
        filters = [{"Key": TAG, "Values": [self._settings.run]}]
        try:
            answer = self._aws.ask("resourcegroupstaggingapi", "get_resources", TagFilters=filters)
        except CallFailed as failed:
            self._result.not_looked["resources of other kinds"] = f"{failed.call}: {failed.code}"
            return {}
        arns = [resource["ResourceARN"] for resource in answer.get("ResourceTagMappingList", [])]
        return {arn: "of a kind that the clean-up does not know" for arn in arns if not _known(arn)}


HANDLED = (
    "elasticloadbalancing:", "acm:certificate", "lambda:function", "iam:role", "ssm:parameter", "ec2:instance",
    "ec2:volume", "ec2:security-group", "ec2:subnet", "ec2:internet-gateway", "ec2:vpc",
)  # fmt: skip


def _known(arn: str) -> bool:
    """True for kinds whose resources the Describe calls above would have found."""
    _, _, service, _, _, rest = arn.split(":", 5)
    return f"{service}:{rest}".startswith(HANDLED)
