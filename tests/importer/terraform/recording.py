"""Records what a program asks of the simulator, and asks it again with boto3.

A recording has operations with their parameters, and the answers of the simulator. Ids, ARNs and DNS names differ in
every account: the replay compares each recorded answer with the new one and so learns the new names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import botocore.session
from botocore.parsers import create_parser

from elbplan.sandbox.account import ACCOUNT_ID, Account
from elbplan.sandbox.box import Box
from elbplan.sandbox.server.call_log import LoggedCall
from elbplan.sandbox.server.engine import Engine
from elbplan.sandbox.server.protocol import HttpReply, HttpRequest

FOLDER = Path(__file__).parent
STACKS = {"shop": "recording.json", "edge": "edge.json"}
"""By name of the load balancer, the file with the recording."""
NAMES_IDS = ("DescribeVpcs", "DescribeSubnets", "DescribeCertificate")
"""Reads whose answers have ids that later calls use."""
TRANSIENT = ("ResponseMetadata",)


@dataclass(frozen=True)
class RecordedCall:
    service: str
    operation: str
    params: Mapping[str, Any]
    answer: Mapping[str, Any]


class RecordingEngine(Engine):
    """An engine that keeps every successful answer."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.recorded: list[RecordedCall] = []
        self._models = botocore.session.get_session()

    def _execute(self, account: Account, call: LoggedCall, incoming: HttpRequest) -> HttpReply:
        reply = super()._execute(account, call, incoming)
        if call.outcome == "ok" and call.params and (call.write or call.action in NAMES_IDS):
            answer = self._parsed(call.service, call.action, reply)
            self.recorded.append(RecordedCall(call.service, call.action, call.params, answer))
        return reply

    def _parsed(self, service: str, operation: str, reply: HttpReply) -> Mapping[str, Any]:
        model = self._models.get_service_model(service)
        raw = {"status_code": reply.status, "headers": reply.headers, "body": reply.body}
        parsed: dict[str, Any] = create_parser(model.protocol).parse(raw, model.operation_model(operation).output_shape)
        return {key: value for key, value in parsed.items() if key not in TRANSIENT}


def recorder(box: Box) -> RecordingEngine:
    """Makes a sandbox record from now on."""
    box.server.engine = RecordingEngine(box.account)
    return box.server.engine


def prepare(box: Box, region: str) -> str:
    """Creates what the configurations expect to exist: a web ACL, whose ARN it returns, and an Auto Scaling group."""
    box.create_fixture("auto_scaling_group", "fleet", region=region)
    return box.create_fixture("web_acl", region=region, name="edge")


def web_acl_names(calls: Iterable[RecordedCall], new: str) -> Iterator[tuple[str, str]]:
    """The ARN and the id of the web ACL in the recording, each with the new one."""
    for old in {call.params["WebACLArn"] for call in calls if call.operation == "AssociateWebACL"}:
        yield old, new
        yield old.rpartition("/")[2], new.rpartition("/")[2]


def save(stack: str, calls: Sequence[RecordedCall], header: Mapping[str, Any]) -> None:
    document = {**header, "calls": [asdict(call) for call in calls]}
    (FOLDER / STACKS[stack]).write_text(json.dumps(document, indent=1, default=str) + "\n", encoding="utf-8")


def document_of(stack: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / STACKS[stack]).read_text(encoding="utf-8"))
    return document


def load(stack: str) -> list[RecordedCall]:
    return [RecordedCall(**call) for call in document_of(stack)["calls"]]


def replay(calls: Sequence[RecordedCall], box: Box, region: str) -> None:
    """Sends the calls with boto3, with the ids of this account, and what they expect to exist."""
    names = dict(web_acl_names(calls, prepare(box, region)))
    for call in calls:
        client = box.client(call.service, region)
        methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
        answer = getattr(client, methods[call.operation])(**_renamed(call.params, names))
        names.update(_differences(call.answer, answer))


def _differences(recorded: Any, new: Any) -> Iterator[tuple[str, str]]:
    """The texts that stand at the same place and differ. Both accounts have the same number, which is in every ARN."""
    if isinstance(recorded, Mapping) and isinstance(new, Mapping):
        for key in recorded.keys() & new.keys():
            yield from _differences(recorded[key], new[key])
    elif isinstance(recorded, list) and isinstance(new, list):
        for before, after in zip(recorded, new, strict=False):
            yield from _differences(before, after)
    elif isinstance(recorded, str) and isinstance(new, str) and recorded not in ("", ACCOUNT_ID, new):
        yield recorded, new
        yield recorded.rstrip("."), new.rstrip(".")  # Terraform writes the names of records without the last dot


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return _new_text(value, names) if isinstance(value, str) else value


def _new_text(text: str, names: Mapping[str, str]) -> str:
    """Also an id within a text; the longest names first, because an ARN contains other names."""
    if text in names:
        return names[text]
    for before in sorted((name for name in names if len(name) > SHORTEST and name in text), key=len, reverse=True):
        text = text.replace(before, names[before])
    return text


SHORTEST = 8
