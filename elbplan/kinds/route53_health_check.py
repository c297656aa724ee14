"""A Route 53 health check: its checkers around the world ask an endpoint, and DNS follows what they find.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import AwsId
from ..core.call import Answer, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Scope, StepContext
from ..core.resource import IMMUTABLE, LEARNED, Resource, from_live
from .aws.caller_references import caller_reference, owned_address, tagged_address
from .aws.elb_reader import read_elb
from .aws.global_tags import retag_global, tag_global, tags_of
from .aws.ownership import user_tags
from .aws.public_addresses import allocations, public_address
from .aws.queries import balancer_name
from .aws.route53_hints import may_have_global
from .permissions.route53_health_check import PERMISSIONS
from .references import ElasticIpRef, LoadBalancerRef

RESOURCE_TYPE = "healthcheck"
STRING_MATCH = ("HTTP_STR_MATCH", "HTTPS_STR_MATCH")
SECURE = ("HTTPS", "HTTPS_STR_MATCH")
PORTS: Mapping[str, int] = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
FEWEST_REGIONS = 3
HEALTH_CHECKS = Call("route53", "ListHealthChecks")


class Route53HealthCheck(Resource):
    """A health check of an endpoint: of a load balancer of this stack, or of any other name or address."""

    kind: ClassVar[str] = "route53_health_check"
    type: Annotated[
        Literal["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"],
        IMMUTABLE,
        Field(description="how the checkers ask"),
    ] = "HTTPS"
    load_balancer: Annotated[LoadBalancerRef | None, Field(description="the load balancer that they ask")] = None
    fully_qualified_domain_name: Annotated[
        str | None, Field(max_length=255, description="the name that they ask, in place of a load balancer")
    ] = None
    ip_address: Annotated[str | None, Field(description="the address that they ask; the name is then the Host")] = None
    elastic_ip: Annotated[
        ElasticIpRef | None, LEARNED, Field(description="the Elastic IP that they ask, in place of an address")
    ] = None
    port: Annotated[int | None, Field(ge=1, le=65535, description="80 for HTTP, 443 for HTTPS")] = None
    resource_path: Annotated[str | None, Field(max_length=255, description="path and query")] = None
    search_string: Annotated[
        str | None, Field(min_length=1, max_length=255, description="must be in the first 5120 bytes of the body")
    ] = None
    request_interval: Annotated[Literal[10, 30], IMMUTABLE, Field(description="seconds")] = 30
    failure_threshold: Annotated[int, Field(ge=1, le=10, description="answers in a row that change the status")] = 3
    measure_latency: Annotated[bool, IMMUTABLE, Field(description="graphs of the latency in CloudWatch")] = False
    inverted: Annotated[bool, Field(description="healthy while the endpoint fails")] = False
    disabled: Annotated[bool, Field(description="always healthy, and nothing is asked")] = False
    enable_sni: Annotated[bool | None, Field(description="send the name in the TLS handshake; true for HTTPS")] = None
    regions: Annotated[tuple[str, ...], Field(description="where the checkers are; at least three; () for all")] = ()

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """The port and SNI that AWS takes for the type; regions are a set."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        type = data.get("type") or "HTTPS"
        if data.get("port") is None and type in PORTS:
            data["port"] = PORTS[type]
        if data.get("enable_sni") is None:
            data["enable_sni"] = type in SECURE
        if isinstance(data.get("regions"), list | tuple):
            data["regions"] = tuple(sorted(set(data["regions"])))
        return data

    @property
    def fixed_at_creation(self) -> dict[str, str]:
        """A check of a name cannot become one of an address, nor back: API_UpdateHealthCheck (IPAddress)."""
        return {"ip_address": "given"} if self.ip_address or self.elastic_ip else {}


KIND_NAME = Route53HealthCheck.kind


def read(scope: Scope) -> ReadProgram[Found[Route53HealthCheck]]:
    """The checks whose caller reference is of these stacks. Asks only if the stacks can have any."""
    if not (yield from may_have_global(scope, Route53HealthCheck.kind)):
        return Found({})
    (answer,) = yield [HEALTH_CHECKS]
    state = yield from read_elb(scope)
    balancers = {balancer_name(raw["DNSName"]): arn for arn, raw in state.balancers.items() if raw.get("DNSName")}
    raws = answer.get("HealthChecks", ())
    owned = [(raw, own) for raw in raws if (own := owned_address(raw["CallerReference"], scope, KIND_NAME))]
    tags = yield from tags_of(RESOURCE_TYPE, [raw["Id"] for raw, _ in owned])
    elastic_ips = yield from allocations(raw["HealthCheckConfig"].get("IPAddress") or "" for raw, _ in owned)
    ours: dict[str, list[LiveResource[Route53HealthCheck]]] = {}
    for raw, (stack, address) in owned:
        fields = _fields(raw["HealthCheckConfig"], balancers)
        if allocation := elastic_ips.get(fields.get("ip_address", "")):
            fields |= {"ip_address": None, "elastic_ip": AwsId(allocation)}
        fields |= {"tags": user_tags(tags.get(raw["Id"], {}))}
        address = tagged_address(address, tags.get(raw["Id"], {}))
        ours.setdefault(stack, []).append(LiveResource(address, raw["Id"], from_live(Route53HealthCheck, fields)))
    return Found(ours)


NAMES = {
    "type": "Type",
    "ip_address": "IPAddress",
    "port": "Port",
    "resource_path": "ResourcePath",
    "search_string": "SearchString",
    "request_interval": "RequestInterval",
    "failure_threshold": "FailureThreshold",
    "measure_latency": "MeasureLatency",
    "inverted": "Inverted",
    "disabled": "Disabled",
    "enable_sni": "EnableSNI",
    "regions": "Regions",
}
FIXED = ("type", "request_interval", "measure_latency")
"""The members that UpdateHealthCheck does not take."""


def _fields(config: Mapping[str, Any], balancers: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a check. A name of one of these load balancers, ARN by DNS name, is a reference to it."""
    fields = {field: config[name] for field, name in NAMES.items() if config.get(name) is not None}
    name = config.get("FullyQualifiedDomainName")
    arn = balancers.get(balancer_name(name or "")) if not config.get("IPAddress") else None
    place = {"load_balancer": AwsId(arn)} if arn else {"fully_qualified_domain_name": name}
    return {**fields, **place}


def _config(check: Route53HealthCheck, context: StepContext) -> Generator[Call, Answer, dict[str, Any]]:
    """The settings as CreateHealthCheck takes them. Asks for the address of an Elastic IP that the run did not make."""
    values = {name: getattr(check, field) for field, name in NAMES.items()}
    config = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v not in (None, ())}
    if check.type not in SECURE:
        config.pop("EnableSNI", None)
    if check.elastic_ip:
        config["IPAddress"] = yield from public_address(check.elastic_ip, context)
    host = check.fully_qualified_domain_name
    if check.load_balancer:
        host = context.fact(check.load_balancer, "dns_name")
    return {**config, **({"FullyQualifiedDomainName": host} if host else {})}


def create(new: Route53HealthCheck, context: StepContext) -> WriteProgram:
    """Creates the check, and then its tags: the create call takes none. The caller reference shows that it is ours.

    AWS answers a repeated call with the same reference by the check that exists.
    """
    config = yield from _config(new, context)
    params = {"CallerReference": caller_reference(context), "HealthCheckConfig": config}
    answer = yield Call("route53", "CreateHealthCheck", params)
    id = str(answer["HealthCheck"]["Id"])
    yield tag_global(RESOURCE_TYPE, id, context.tags(new))
    return {"id": id}


def update(before: Route53HealthCheck, after: Route53HealthCheck, context: StepContext) -> WriteProgram:
    """Sends all settings; a name, a path or regions that the spec no longer has return to AWS's default."""
    assert context.live is not None
    old, new = (yield from _config(before, context)), (yield from _config(after, context))
    if old != new:
        sent = {name: value for name, value in new.items() if name not in {NAMES[field] for field in FIXED}}
        gone = [name for name in ("FullyQualifiedDomainName", "Regions", "ResourcePath") if name in old.keys() - new]
        reset = {"ResetElements": gone} if gone else {}
        yield Call("route53", "UpdateHealthCheck", {"HealthCheckId": context.live.id, **sent, **reset})
    yield from retag_global(RESOURCE_TYPE, context.live.id, before.tags, after.tags)
    return {}


def delete(_: Route53HealthCheck, context: StepContext) -> WriteProgram:
    """Deletes the check. Records that used it are gone or changed already."""
    assert context.live is not None
    params = {"HealthCheckId": context.live.id}
    yield Call("route53", "DeleteHealthCheck", params, done_if=("NoSuchHealthCheck",), retry_on=("HealthCheckInUse",))
    return {}


def summary(check: Route53HealthCheck) -> str:
    """`HTTPS load_balancer.main:443/health, every 30 s`"""
    host = check.load_balancer or check.elastic_ip or check.fully_qualified_domain_name or check.ip_address
    inverted = ", inverted" if check.inverted else ""
    return f"{check.type} {host}:{check.port}{check.resource_path or ''}, every {check.request_interval} s{inverted}"


def with_live_defaults(desired: Route53HealthCheck, live: Route53HealthCheck) -> Route53HealthCheck:
    """The desired check: it has a value for everything that AWS would choose."""
    return desired


KIND = Kind(
    model=Route53HealthCheck,
    read=read,
    create=create,
    update=update,
    delete=delete,
    with_live_defaults=with_live_defaults,
    summary=summary,
    permissions=PERMISSIONS,
)
