"""The tag index of the Resource Groups Tagging API: it learns of changes late, and still lists deleted resources."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .account import Account, CallContext
from .admin.tags import tags_by_arn
from .errors import AwsError
from .params import Params
from .rules import rule
from .server.call_log import LoggedCall
from .tags import Tags, to_pairs

LARGEST_PAGE, MOST_VALUES = 100, 20
BEFORE_EVERYTHING = float("-inf")


@dataclass
class TagIndex:
    """What the index of one region learned, and when.

    changed  the time of the last write in the region
    learned  the tags at a time, oldest first
    """

    changed: float = BEFORE_EVERYTHING
    learned: list[tuple[float, dict[str, Tags]]] = field(default_factory=lambda: [(BEFORE_EVERYTHING, {})])

    def learn(self, context: CallContext, lag: float) -> None:
        """Learns the tags after the last write, at most four times within the lag: so a test stays fast."""
        last = self.learned[-1][0]
        if self.changed > last and context.now - last >= lag / 4:
            self.learned.append((self.changed, tags_by_arn(context)))

    def tags(self, context: CallContext, lag: float) -> dict[str, Tags]:
        self.learn(context, lag)
        known = [entry for entry in self.learned if entry[0] <= context.now - lag]
        self.learned = self.learned[len(known) - 1 :]
        return self.learned[0][1]


def _index(account: Account, region: str) -> TagIndex:
    index: TagIndex = account.memory("tag index").setdefault(region, TagIndex())
    return index


def before_write(account: Account, call: LoggedCall) -> None:
    """Lets the index learn the tags as they are before this write."""
    if call.write and account.timing.index_lag:
        index = _index(account, call.region)
        index.learn(CallContext(account, call.region), account.timing.index_lag)
        index.changed = account.moment


@rule(30)
def get_resources(context: CallContext, params: Params) -> Params:
    """The index follows the resources after `index_lag` seconds; until then it lists deleted ones, and misses new ones.

    https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html ("Returns all the tagged
    or previously tagged resources"); https://github.com/boto/boto3/issues/3341 (deleted resources are still listed).
    AWS gives no number of seconds: callers report minutes, and hours for deleted resources.
    """
    lag = context.timing.index_lag
    known = _index(context.account, context.region).tags(context, lag) if lag else tags_by_arn(context)
    found = [(arn, tags) for arn, tags in sorted(known.items()) if _fits(arn, tags, params)]
    size = min(int(params.get("ResourcesPerPage") or 50), context.account.quota("page"))
    if not 1 <= size <= LARGEST_PAGE:
        raise AwsError("InvalidParameterException", f"ResourcesPerPage must be from 1 to {LARGEST_PAGE}")
    start = _start(params.get("PaginationToken"))
    page = found[start : start + size]
    more = base64.b64encode(f"{start + size}".encode()).decode() if start + size < len(found) else ""
    listed = [{"ResourceARN": arn, "Tags": to_pairs(tags)} for arn, tags in page]
    return {"ResourceTagMappingList": listed, "PaginationToken": more}


def _start(token: Any) -> int:
    try:
        return int(base64.b64decode(token or "MA=="))
    except (binascii.Error, ValueError):
        raise AwsError("PaginationTokenExpiredException", "The PaginationToken is not valid") from None


def _fits(arn: str, tags: Tags, params: Params) -> bool:
    """Every filter must fit; of the values of one filter, one must fit. A filter without values wants the key only."""
    for wanted in params.get("TagFilters") or []:
        values = wanted.get("Values") or []
        if len(values) > MOST_VALUES:
            raise AwsError("InvalidParameterException", f"A tag filter can have at most {MOST_VALUES} values")
        if wanted["Key"] not in tags or (values and tags[wanted["Key"]] not in values):
            return False
    types = params.get("ResourceTypeFilters") or []
    return not types or any(type == _type(arn) or type == _type(arn).partition(":")[0] for type in types)


def _type(arn: str) -> str:
    """`elasticloadbalancing:loadbalancer`"""
    _, _, service, _, _, rest = arn.split(":", 5)
    return f"{service}:{rest.partition('/')[0]}"


ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {"GetResources": get_resources}
