"""What a load balancer does with a request: the way through its listener, rule and target groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..account import CallContext
from ..params import Params
from ..state.elbv2 import SECURE, StoredBalancer, StoredGroup, StoredListener, StoredRule
from ..state.visitors import Visitor
from .certificates import covers_host, shown_certificate
from .client_certificates import refusal
from .logins import first_answer
from .request import VisitorRequest
from .rewrites import TransformFailed, rewritten
from .routing import connection_to, rule_for, serving_targets, weights_of


@dataclass
class TrafficAnswer:
    """The answer to a request.

    status    the status of HTTP; 0 without HTTP
    via       what the request passed
    why       the reason if there is no answer
    location  where a login sends the visitor
    sees      the method, host and path with query that reach the target
    """

    ok: bool
    status: int = 0
    via: list[str] = field(default_factory=list)
    why: str = ""
    location: str = ""
    sees: str = ""


@dataclass(frozen=True)
class AskedBalancer:
    """A request that arrives at a load balancer.

    via     what it has passed
    behind  the security groups of the load balancer from which it comes
    """

    context: CallContext
    balancer: StoredBalancer
    request: VisitorRequest
    visitor: Visitor
    via: list[str]
    behind: Sequence[str] = ()

    def answer(self, port: int) -> TrafficAnswer:
        """The answer at a port."""
        connection = connection_to(self.context, self.balancer, port, self.visitor.source, set(self.behind))
        listener = connection.listener
        if listener is None:
            return TrafficAnswer(False, via=self.via, why=connection.why)
        if listener.protocol in SECURE and (why := self._no_handshake(listener)):
            return TrafficAnswer(False, via=[*self.via, listener.arn], why=f"port {port}: {why}")
        found = rule_for(listener, self.request)
        return self._by_rule(found, [*self.via, listener.arn, found.arn])

    def _no_handshake(self, listener: StoredListener) -> str:
        host = self.request.host
        if not (listener.protocol == "TLS" and ".elb." in host):
            certificate = shown_certificate(self.context.account, listener, host)
            if certificate is None or not covers_host(certificate, host):
                return f"no issued certificate covers {host}"
        return refusal(self.context, listener, self.visitor.certificate)

    def _by_rule(self, found: StoredRule, via: list[str]) -> TrafficAnswer:
        for action in found.actions[:-1]:
            config = next(value for key, value in action.items() if key.endswith("Config"))
            if first := first_answer(action["Type"], config, self.context.region, self.request):
                return TrafficAnswer(True, first.status, via, location=first.location)
        action = found.actions[-1]
        if action["Type"] == "redirect":
            return TrafficAnswer(True, int(action["RedirectConfig"]["StatusCode"].removeprefix("HTTP_")), via)
        if action["Type"] == "fixed-response":
            return TrafficAnswer(True, int(action["FixedResponseConfig"]["StatusCode"]), via)
        try:
            sent = replace(self, request=rewritten(found.transforms, self.request))
        except TransformFailed as problem:
            return TrafficAnswer(False, 500, via, f"a transform fails: {problem}")
        return sent._forwarded(action, via)

    def _forwarded(self, action: Params, via: list[str]) -> TrafficAnswer:
        """Every target group with weight must have a healthy target."""
        weighted = [self.context.elb.groups[arn] for arn in weights_of(action)]
        if not weighted:
            return TrafficAnswer(False, 503, via, "every target group has weight 0")
        for group in weighted:
            reply = self._by_group(group, via)
            if reply is not None and (not reply.ok or group is weighted[-1]):
                return reply
        sees = f"{self.request.method} {self.request.host}{self.request.target}"
        return TrafficAnswer(True, 200, [*via, *(group.arn for group in weighted)], sees=sees)

    def _by_group(self, group: StoredGroup, via: list[str]) -> TrafficAnswer | None:
        """None if a target answers. Behind a load balancer as a target the request goes on."""
        serving = serving_targets(self.context, group)
        if not serving.healthy:
            why = f"target group {group.name} has no healthy target ({serving.states})"
            return TrafficAnswer(False, 503, [*via, group.arn], why)
        for target in serving.targets:
            if inner := self.context.elb.balancers.get(target.id):
                behind = self.balancer.security_groups
                asked = replace(self, balancer=inner, via=[*via, group.arn, inner.arn], behind=behind)
                return asked.answer(target.port)
        return None
