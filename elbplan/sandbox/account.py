"""The state of one sandbox: its clock, resources, quotas and faults."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from .clock import SandboxClock, Schedule
from .faults import Faults
from .partitions import partition_of
from .server.call_log import CallLog
from .server.moto_bridge import backend, reset_moto
from .state.acm import StoredCertificate
from .state.classic import StoredClassicBalancer
from .state.elbv2 import ElbState, StoredBalancer
from .state.probes import ProbeWatch
from .state.route53 import DnsState
from .state.visitors import ClientCertificate
from .timing import Timing

ACCOUNT_ID = "123456789012"

QUOTAS = {
    "load_balancers": 50,
    "network_load_balancers": 50,
    "gateway_load_balancers": 20,
    "target_groups": 3000,
    "listeners_per_lb": 50,
    "rules_per_lb": 100,
    "certificates_per_lb": 25,
    "trust_stores": 20,
    "verifying_listeners_per_lb": 2,
    "groups_per_lb": 100,
    "groups_per_action": 5,
    "targets_per_group": 1000,
    "values_per_rule": 5,
    "wildcards_per_rule": 5,
    "elastic_ips": 5,
    "hosted_zones": 500,
    "health_checks": 200,
    "rules_per_group": 60,
    "groups_per_interface": 5,
    "capacity_units": 15000,
    "certificates": 2500,
    "names_per_certificate": 10,
    "page": 400,
}


@dataclass
class SandboxOptions:
    """Behaviour that a test can switch on."""

    new_attributes: bool = False
    """Accept attribute keys that this sandbox does not know. AWS adds new ones from time to time."""
    new_account: bool = False
    """AWS has not enabled load balancers for this account yet."""

    dns_failover_off: bool = False
    """New target groups have `off` for the DNS failover count. API_TargetGroupAttribute says that the default is 1,
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-attributes
    says `off`.
    """

    clock_skew: float = 0.0
    """Seconds by which the clock of AWS is ahead of this machine's: the Date of every answer, and what signatures need.
    """

    strict_buckets: bool = False
    """A bucket that nobody made does not exist. By default it belongs to the account and takes every log."""

    shield: bool = False
    """The account has the subscription of Shield Advanced."""

    approve_mails: bool = False
    """Somebody opens the mail for each name of a certificate at once, and approves it."""

    elb_rate: bool = False
    """Throttle the requests of ELB as AWS does."""


@dataclass(frozen=True)
class RoleSession:
    """The temporary credentials of a role: who uses them, and until when."""

    account: str
    arn: str
    id: str
    expires: float


class RunningNetwork(Protocol):
    """DNS and proxy of a sandbox (network/service.py), which most sandboxes never start."""

    def as_json(self) -> dict[str, Any]: ...

    def client_certificate(self, wanted: ClientCertificate) -> dict[str, str]: ...

    def close(self) -> None: ...


@dataclass
class Account:
    """One AWS account. A region is created when it is first used. Whoever uses it holds its lock.

    The default account of a sandbox has the others. All of them share its time, lock, faults and call log.
    """

    id: str = ACCOUNT_ID
    clock: SandboxClock = field(default_factory=SandboxClock)
    timing: Timing = field(default_factory=Timing)
    options: SandboxOptions = field(default_factory=SandboxOptions)
    schedule: Schedule = field(default_factory=Schedule)
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    quotas: dict[str, int] = field(default_factory=lambda: dict(QUOTAS))

    def __post_init__(self) -> None:
        self.moment = self.clock.now()
        self.lock = threading.RLock()
        self.network: RunningNetwork | None = None
        self.others: dict[str, Account] = {}
        self.root: Account = self
        self.sessions: dict[str, RoleSession] = {}
        self._empty()

    def with_id(self, id: str) -> "Account":
        """The account with this id, which may be the default account. It is created when it is first used."""
        if id in ("", self.id):
            return self
        if id not in self.others:
            shared = (self.clock, self.timing, self.options, self.schedule, self.calls, self.faults)
            self.others[id] = other = Account(id, *shared)
            other.lock, other.numbers, other.moment, other.root = self.lock, self.numbers, self.moment, self
            reset_moto(id)
        return self.others[id]

    def _empty(self) -> None:
        self.numbers = itertools.count(1)
        self.elbs: dict[str, ElbState] = {}
        self.classic: dict[str, dict[str, StoredClassicBalancer]] = {}
        self.certificates: dict[str, StoredCertificate] = {}
        self.dns: DnsState = DnsState()
        self.watch: ProbeWatch = ProbeWatch()
        self.scratch: dict[str, dict[Any, Any]] = {}

    def elb(self, region: str) -> ElbState:
        return self.elbs.setdefault(region, ElbState())

    def balancers(self) -> list[StoredBalancer]:
        """The load balancers of every region."""
        return [balancer for elb in self.elbs.values() for balancer in elb.balancers.values()]

    def balancer_at(self, dns_name: str) -> StoredBalancer | None:
        """The load balancer with this DNS name, in any region."""
        wanted = dns_name.removeprefix("dualstack.")
        return next((balancer for balancer in self.balancers() if balancer.dns_name.lower() == wanted), None)

    def classic_at(self, dns_name: str) -> StoredClassicBalancer | None:
        """The Classic Load Balancer with this DNS name, in any region."""
        wanted = dns_name.removeprefix("dualstack.")
        found = (balancer for names in self.classic.values() for balancer in names.values())
        return next((balancer for balancer in found if balancer.dns_name.lower() == wanted), None)

    def start_moment(self) -> None:
        """Starts a new moment: runs what is due. Time stands still within a call."""
        self.clock.tick()
        self.moment = max(self.clock.now(), self.moment + 1e-6)
        for other in self.others.values():
            other.moment = self.moment
        self.schedule.run_due(self.moment)

    def memory(self, name: str) -> dict[Any, Any]:
        """What one rule of AWS has to remember (tokens, new resources). `reset` empties it."""
        return self.scratch.setdefault(name, {})

    def quota(self, name: str) -> int:
        return self.quotas[name]

    def reset(self) -> None:
        """Removes every resource, logged call, fault and quota change. Time, `slow` and `drain` stay."""
        self.schedule.clear()
        self.calls.clear()
        self.faults.clear()
        self.quotas = dict(QUOTAS)
        self.options = SandboxOptions()
        self.timing = Timing(self.timing.slow, self.timing.drain)
        for other in self.others.values():
            other.close_network()
            reset_moto(other.id)
        self.others, self.sessions = {}, {}
        self._empty()
        reset_moto(self.id)

    def close_network(self) -> None:
        """Stops DNS and proxy, if they run."""
        if self.network is not None:
            self.network.close()


@dataclass
class CallContext:
    """The account for one call: in one region, at one moment, signed with an access key."""

    account: Account
    region: str
    key: str = ""

    @property
    def elb(self) -> ElbState:
        return self.account.elb(self.region)

    @property
    def classic(self) -> dict[str, StoredClassicBalancer]:
        """The Classic Load Balancers of this region, by name."""
        return self.account.classic.setdefault(self.region, {})

    @property
    def now(self) -> float:
        return self.account.moment

    @property
    def timing(self) -> Timing:
        return self.account.timing

    @property
    def account_id(self) -> str:
        return self.account.id

    @property
    def ec2(self) -> Any:
        """moto's own objects for EC2."""
        return self.backend("ec2")

    def backend(self, service: str) -> Any:
        """moto's own objects for a service."""
        return backend(service, self.account_id, self.region)

    @property
    def certificates(self) -> dict[str, StoredCertificate]:
        """This region's certificates by ARN."""
        prefix = f":acm:{self.region}:"
        return {arn: certificate for arn, certificate in self.account.certificates.items() if prefix in arn}

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self.account.schedule.at(self.now + seconds, action)

    def arn(self, service: str, rest: str) -> str:
        """The partition of the region begins the ARN: arn:aws-cn, arn:aws-us-gov."""
        return f"arn:{partition_of(self.region).id}:{service}:{self.region}:{self.account_id}:{rest}"
