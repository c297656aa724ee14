"""AWS's wire formats: read and written with botocore's service models and moto's parsers and serialisers."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from botocore.parsers import BaseCBORParser
from botocore.serialize import CBORSerializer
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

from ..errors import AwsError
from .call_log import LoggedCall

SERVICES = {
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "monitoring": "cloudwatch",
}
CBOR_HEADERS = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
PARSED = (
    "elbv2",
    "elb",
    "acm",
    "route53",
    "ec2",
    "ssm",
    "secretsmanager",
    "wafv2",
    "lambda",
    "s3",
    "shield",
    "autoscaling",
    "resourcegroupstaggingapi",
    "service-quotas",
    "sts",
    "iam",
)

_CBOR = BaseCBORParser()


@dataclass
class HttpRequest:
    """One HTTP request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass
class HttpReply:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def credential_scope(headers: dict[str, str]) -> tuple[str, str, str]:
    """Returns the service, region and access key id of a request's signature.

    An unsigned request belongs to Security Token Service in us-east-1.
    """
    authorization = headers.get("authorization", "")
    if "Credential=" not in authorization:
        return "sts", "us-east-1", ""
    scope = authorization.split("Credential=")[1].split(",")[0].split("/")
    return SERVICES.get(scope[3], scope[3]), scope[2], scope[0]


def identify(incoming: HttpRequest) -> LoggedCall:
    """Returns the service and action of a request; also its parameters, for the services in PARSED."""
    service, region, key = credential_scope(incoming.headers)
    form = _form(incoming)
    if service == "elbv2" and form.get("Version") == "2012-06-01":
        service = "elb"
    if service not in PARSED:
        return LoggedCall(service, form.get("Action") or _target(incoming) or incoming.path, region, key=key)
    url_params: dict[str, Any] = {}
    action = form.get("Action") or _target(incoming)
    if not action:
        action, url_params = _route(service, incoming)
    return LoggedCall(service, action, region, _params(service, action, incoming, form, url_params), key=key)


def _form(incoming: HttpRequest) -> dict[str, str]:
    if not incoming.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(incoming.body.decode(), keep_blank_values=True))


def _target(incoming: HttpRequest) -> str:
    """Returns the action in the JSON and CBOR protocols: from a header, or from the end of the path."""
    if target := incoming.headers.get("x-amz-target", ""):
        return target.split(".")[-1]
    if "/operation/" in incoming.path:
        return incoming.path.rsplit("/", 1)[1]
    return ""


def _request(incoming: HttpRequest) -> Request:
    url = "http://127.0.0.1" + incoming.target
    return Request.from_primitives(incoming.method, url, incoming.headers, incoming.body)


def _route(service: str, incoming: HttpRequest) -> tuple[str, dict[str, Any]]:
    operation, url_params = get_service_router(service).match(_request(incoming))
    return operation.name, url_params


def _params(
    service: str, action: str, incoming: HttpRequest, form: dict[str, str], url_params: dict[str, Any]
) -> dict[str, Any]:
    if _is_cbor(incoming):
        return _from_cbor(incoming.body)
    model = get_service_model(service)
    protocol = determine_request_protocol(model, incoming.headers.get("content-type", ""))
    parser = PROTOCOL_PARSERS[protocol](model.operation_model(action))
    if protocol in ("query", "ec2"):
        request: dict[str, Any] = {"values": form}
    else:
        request = {
            "method": incoming.method,
            "values": dict(parse_qsl(urlsplit(incoming.target).query)),
            "headers": incoming.headers,
            "body": incoming.body,
            "url_path": incoming.path,
            "url_params": url_params,
        }
    parsed = parser.parse(request)  # type: ignore[arg-type] # a parser takes what its protocol has
    return parsed if isinstance(parsed, dict) else {}


def _is_cbor(incoming: HttpRequest) -> bool:
    return "smithy-protocol" in incoming.headers


def _from_cbor(body: bytes) -> dict[str, Any]:
    """moto cannot read this protocol: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html"""
    if not body:
        return {}
    parsed = _CBOR.parse_data_item(_CBOR.get_peekable_stream_from_bytes(body))
    return parsed if isinstance(parsed, dict) else {}


def answer(call: LoggedCall, result: dict[str, Any], incoming: HttpRequest) -> HttpReply:
    """Returns a result in the bytes that boto3 expects for this call."""
    model = get_service_model(call.service)
    if _is_cbor(incoming):
        shape = model.operation_model(call.action).output_shape
        packed = bytearray()
        CBORSerializer()._serialize_data_item(packed, result, shape)
        return HttpReply(200, CBOR_HEADERS, bytes(packed))
    protocol = determine_request_protocol(model, incoming.headers.get("content-type", ""))
    request_id = str(uuid.uuid4())
    serializer = get_serializer_class(call.service, protocol)(
        model.operation_model(call.action), SerializationContext(request_id)
    )
    serialized = serializer.serialize(result)
    body = serialized["body"]
    headers = {**serialized["headers"], "x-amzn-RequestId": request_id}
    return HttpReply(serialized["status_code"], headers, body if isinstance(body, bytes) else body.encode())


def refusal(service: str, error: AwsError, incoming: HttpRequest) -> HttpReply:
    """Returns an error in the protocol of the service."""
    request_id = str(uuid.uuid4())
    if service == "ec2":
        inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        body = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        return HttpReply(error.status, {"Content-Type": "text/xml"}, body.encode())
    if "x-amz-target" in incoming.headers:
        text = json.dumps({"__type": error.code, "message": error.message})
        return HttpReply(error.status, {"Content-Type": "application/x-amz-json-1.1"}, text.encode())
    if _is_cbor(incoming):
        return _cbor_refusal(error)
    if service == "lambda":
        headers = {"Content-Type": "application/json", "x-amzn-errortype": error.code}
        return HttpReply(error.status, headers, json.dumps({"Message": error.message}).encode())
    kind = "Sender" if error.status < 500 else "Receiver"
    inner = f"<Type>{kind}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    body = f"<ErrorResponse><Error>{inner}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    return HttpReply(error.status, {"Content-Type": "text/xml"}, body.encode())


def _cbor_refusal(error: AwsError) -> HttpReply:
    def text(value: str) -> bytes:
        raw = value.encode()
        return b"\x79" + len(raw).to_bytes(2, "big") + raw

    body = b"\xa2" + text("__type") + text(error.code) + text("message") + text(error.message)
    return HttpReply(error.status, CBOR_HEADERS, body)
