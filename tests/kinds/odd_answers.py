"""AWS's answers about a whole stack, and odd ones, all legal: new words, values that no spec could hold, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kit import BALANCER, CERTIFICATE, DNS, GROUP, LISTENER, OTHER, RULE, ZONE, ZONES, owned

NAME = "a.example.com"
VPC, SUBNET, SG, INSTANCE = "vpc-0a1b2c3d", "subnet-0a1b2c3d", "sg-0a1b2c3d", "i-0a1b2c3d4e5f60718"
FOREIGN_SG = {"GroupId": "sg-0ffffff0", "UserId": "111122223333", "PeeringStatus": "active", "VpcId": "vpc-9"}


def balancer(**odd: Any) -> dict[str, Any]:
    usual = {
        "LoadBalancerArn": BALANCER,
        "LoadBalancerName": "web",
        "Type": "application",
        "Scheme": "internet-facing",
        "VpcId": VPC,
        "DNSName": DNS,
        "CanonicalHostedZoneId": "Z35SXDOTRQ7X7K",
        "State": {"Code": "active"},
        "AvailabilityZones": [{"SubnetId": SUBNET, "ZoneName": "eu-west-1a"}],
        "SecurityGroups": [SG],
        "IpAddressType": "ipv4",
    }
    return {**usual, **odd}


def group(**odd: Any) -> dict[str, Any]:
    usual = {
        "TargetGroupArn": GROUP,
        "TargetGroupName": "web",
        "Protocol": "HTTP",
        "Port": 80,
        "VpcId": VPC,
        "TargetType": "instance",
        "LoadBalancerArns": [BALANCER],
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckPath": "/",
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "Matcher": {"HttpCode": "200"},
    }
    return {**usual, **odd}


FORWARD = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP, "Weight": 1}]}}
OIDC = {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {"Issuer": "https://id", "ClientId": "a"}}
TOKENS = {"Type": "jwt-validation", "Order": 1, "JwtValidationConfig": {"Issuer": "https://id", "JwksEndpoint": "/j"}}
UNKNOWN = {"Type": "teleport", "TeleportConfig": {"To": "Mars"}}


def listener(*actions: Any, **odd: Any) -> dict[str, Any]:
    usual = {
        "ListenerArn": LISTENER,
        "LoadBalancerArn": BALANCER,
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": CERTIFICATE}],
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "DefaultActions": list(actions) or [FORWARD],
        "MutualAuthentication": {"Mode": "off"},
    }
    return {**usual, **odd}


def rule(*actions: Any, **odd: Any) -> dict[str, Any]:
    conditions = [{"Field": "path-pattern", "Values": ["/a"], "PathPatternConfig": {"Values": ["/a"]}}]
    usual = {"RuleArn": RULE, "Priority": "10", "Conditions": conditions, "Actions": list(actions) or [FORWARD]}
    return {**usual, **odd}


def permission(**odd: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **odd}


def answers(**odd: Any) -> dict[str, Any]:
    """What AWS answers about a whole stack, with something odd in it."""
    usual: dict[str, Any] = {
        "DescribeLoadBalancers": {"LoadBalancers": [balancer()]},
        "DescribeLoadBalancerAttributes": {"Attributes": []},
        "DescribeTargetGroups": {"TargetGroups": [group()]},
        "DescribeTargetGroupAttributes": {"Attributes": []},
        "DescribeTargetHealth": {
            "TargetHealthDescriptions": [{"Target": {"Id": INSTANCE, "Port": 80}, "TargetHealth": {"State": "healthy"}}]
        },
        "DescribeListeners": {"Listeners": [listener()]},
        "DescribeListenerCertificates": {"Certificates": [{"CertificateArn": CERTIFICATE, "IsDefault": True}]},
        "DescribeRules": {"Rules": [rule()]},
        "DescribeSecurityGroups": {"SecurityGroups": [security_group()]},
        **opened(),
        "DescribeInstances": {"Reservations": [{"Instances": [instance()]}]},
        "DescribeAddresses": {"Addresses": [address()]},
        "ListCertificates": {"CertificateSummaryList": [{"CertificateArn": CERTIFICATE, "DomainName": NAME}]},
        "ListTagsForCertificate": {"Tags": owned("certificate.main")},
        "DescribeCertificate": {"Certificate": certificate()},
        "ListHostedZones": ZONES,
        "ListResourceRecordSets": {"ResourceRecordSets": [record()]},
        "tags": {
            BALANCER: [*owned("load_balancer.main"), {"Key": "elbplan:records", "Value": f"{ZONE}/{NAME}/A"}],
            GROUP: owned("target_group.web"),
            LISTENER: owned("listener.443"),
            RULE: owned("rule.api"),
        },
    }
    return {**usual, **odd}


def security_group(*ingress: Any, **odd: Any) -> dict[str, Any]:
    usual = {
        "GroupId": SG,
        "GroupName": "web",
        "Description": "web",
        "VpcId": VPC,
        "OwnerId": "123456789012",
        "IpPermissions": list(ingress),
        "IpPermissionsEgress": [permission(IpProtocol="-1", IpRanges=[{"CidrIp": "0.0.0.0/0"}])],
        "Tags": owned("security_group.lb"),
    }
    return {**usual, **odd}


def opened(**odd: Any) -> dict[str, Any]:
    """The rule that elbplan added to a security group of others."""
    usual = {
        "SecurityGroupRuleId": "sgr-0a1b2c3d",
        "GroupId": "sg-0eeeeee0",
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "ReferencedGroupInfo": {"GroupId": SG},
        "Tags": owned("ingress_rules.servers"),
    }
    return {"DescribeSecurityGroupRules": {"SecurityGroupRules": [{**usual, **odd}]}}


def instance(**odd: Any) -> dict[str, Any]:
    usual = {
        "InstanceId": INSTANCE,
        "ImageId": "ami-0a1b2c3d",
        "InstanceType": "t3.micro",
        "SubnetId": SUBNET,
        "State": {"Name": "running"},
        "SecurityGroups": [{"GroupId": SG}],
        "Tags": owned("instance.web-1"),
    }
    return {**usual, **odd}


def address(**odd: Any) -> dict[str, Any]:
    usual = {"AllocationId": "eipalloc-0a1b2c3d", "PublicIp": "192.0.2.1", "Tags": owned("elastic_ip.web-1")}
    return {**usual, **odd}


def certificate(**odd: Any) -> dict[str, Any]:
    usual = {
        "CertificateArn": CERTIFICATE,
        "DomainName": "a.example.com",
        "Status": "ISSUED",
        "KeyAlgorithm": "RSA-2048",
        "DomainValidationOptions": [],
    }
    return {**usual, **odd}


def record(**odd: Any) -> dict[str, Any]:
    alias = {"DNSName": f"dualstack.{DNS}.", "HostedZoneId": "Z35SXDOTRQ7X7K", "EvaluateTargetHealth": True}
    return {"Name": "a.example.com.", "Type": "A", "AliasTarget": alias, **odd}


def balancers(**odd: Any) -> dict[str, Any]:
    return {"DescribeLoadBalancers": {"LoadBalancers": [balancer(**odd)]}}


def groups(**odd: Any) -> dict[str, Any]:
    return {"DescribeTargetGroups": {"TargetGroups": [group(**odd)]}}


def listeners(*actions: Any, **odd: Any) -> dict[str, Any]:
    return {"DescribeListeners": {"Listeners": [listener(*actions, **odd)]}}


def rules(*actions: Any, **odd: Any) -> dict[str, Any]:
    return {"DescribeRules": {"Rules": [rule(*actions, **odd)]}}


def security(*ingress: Any, **odd: Any) -> dict[str, Any]:
    return {"DescribeSecurityGroups": {"SecurityGroups": [security_group(*ingress, **odd)]}}


def targets(**odd: Any) -> dict[str, Any]:
    described = {"Target": {"Id": INSTANCE, "Port": 80}, "TargetHealth": {"State": "healthy"}, **odd}
    return {"DescribeTargetHealth": {"TargetHealthDescriptions": [described]}}


def certificates(**odd: Any) -> dict[str, Any]:
    return {"DescribeCertificate": {"Certificate": certificate(**odd)}}


def conditions(*raw: dict[str, Any]) -> dict[str, Any]:
    return rules(Conditions=list(raw))


def redirect(**config: Any) -> dict[str, Any]:
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}


def health(**odd: Any) -> dict[str, Any]:
    return groups(**{f"HealthCheck{key}" if key[0].isupper() else key: value for key, value in odd.items()})


EVERYWHERE = [{"CidrIp": "0.0.0.0/0"}]
RANGE = [{"CidrIp": "10.0.0.0/8", "Description": "office"}]
BOTH = {"Values": ["/a"], "RegexValues": ["^/v[0-9]+$"]}

ODD: Mapping[str, dict[str, Any]] = {
    "nothing odd": {},
    "opened: another protocol": opened(IpProtocol="50", FromPort=-1, ToPort=-1),
    "opened: everything": opened(IpProtocol="-1", FromPort=-1, ToPort=-1),
    "opened: no ports": opened(IpProtocol="132", FromPort=None, ToPort=None),
    "opened: a range": opened(ToPort=90, CidrIpv6="2001:db8::/32", ReferencedGroupInfo=None),
    "opened: a prefix list": opened(PrefixListId="pl-0a1b2c3d", ReferencedGroupInfo=None),
    "opened: a group of another account": opened(ReferencedGroupInfo=FOREIGN_SG),
    "opened: an unknown source": opened(ReferencedGroupInfo=None, CidrIpv9="10.0.0.0/8"),
    "balancer: a new type": balancers(Type="quantum"),
    "balancer: a new scheme": balancers(Scheme="interplanetary"),
    "balancer: a new address type": balancers(IpAddressType="ipv6"),
    "balancer: a new state": balancers(State={"Code": "hibernating", "Reason": "winter"}),
    "balancer: no state": balancers(State={}),
    "balancer: no zones": balancers(AvailabilityZones=[]),
    "balancer: no groups": balancers(SecurityGroups=None, IpAddressType=None),
    "balancer: a long name": balancers(LoadBalancerName="a_name.that-nobody-could-write-in-a-spec-of-today"),
    "balancer: fixed addresses of a new form": balancers(
        Type="network",
        AvailabilityZones=[{"SubnetId": SUBNET, "LoadBalancerAddresses": [{"IPv6Address": "2001:db8::1"}]}],
    ),
    "balancer: new attributes": {
        "DescribeLoadBalancerAttributes": {"Attributes": [{"Key": "teleport.enabled", "Value": "true"}, {"Key": "x"}]}
    },
    "group: a new protocol": groups(Protocol="SCTP", ProtocolVersion="HTTP9"),
    "group: a new target type": groups(TargetType="container"),
    "group: a new address type": groups(IpAddressType="dualstack"),
    "group: of a function": groups(TargetType="lambda", Protocol=None, Port=None, VpcId=None),
    "group: no port": groups(Port=None),
    "group: several balancers": groups(LoadBalancerArns=[BALANCER, f"{BALANCER}0"]),
    "group: a new check": health(Protocol="GRPC-WEB", Port="admin-port", Path="health"),
    "group: a check that waits as long as it pauses": health(IntervalSeconds=10, TimeoutSeconds=10),
    "group: a check with other limits": health(IntervalSeconds=3600, HealthyThresholdCount=99),
    "group: no check": health(Protocol=None, Port=None, Path=None, IntervalSeconds=None, Enabled=False, Matcher=None),
    "targets: a new state": targets(TargetHealth={"State": "meditating", "Reason": "Target.Zen"}),
    "targets: no port": targets(Target={"Id": INSTANCE}),
    "targets: port 0": targets(Target={"Id": INSTANCE, "Port": 0}),
    "targets: a server id": targets(Target={"Id": INSTANCE, "Port": 80, "QuicServerId": "0x0123456789abcdef"}),
    "targets: anomalies": targets(AnomalyDetection={"Result": "anomalous", "MitigationInEffect": "yes"}),
    "targets: twice": {
        "DescribeTargetHealth": {
            "TargetHealthDescriptions": [
                {"Target": {"Id": INSTANCE, "Port": port}, "TargetHealth": {"State": "healthy"}} for port in (80, 8080)
            ]
        }
    },
    "listener: a new protocol": listeners(Protocol="HTTP3", AlpnPolicy=["HTTP3Only"]),
    "listener: a secure one without certificate": listeners(Certificates=None),
    "listener: a plain one with a certificate": listeners(Protocol="TCP"),
    "listener: neither port nor protocol": listeners(Protocol=None, Port=None, Certificates=None),
    "listener: client certificates": listeners(
        MutualAuthentication={"Mode": "verify", "TrustStoreArn": "arn:a", "TrustStoreAssociationStatus": "active"}
    ),
    "listener: oidc": listeners(OIDC, {**FORWARD, "Order": 2}),
    "listener: tokens": listeners(TOKENS, {**FORWARD, "Order": 2}),
    "listener: an unknown action first": listeners({**UNKNOWN, "Order": 1}, {**FORWARD, "Order": 2}),
    "listener: an unknown action alone": listeners(UNKNOWN),
    "listener: a login alone": listeners(OIDC),
    "listener: no action": {"DescribeListeners": {"Listeners": [{**listener(), "DefaultActions": []}]}},
    "listener: a forward to nobody": listeners({"Type": "forward"}),
    "listener: a forward to nobody said twice": listeners({"Type": "forward", "ForwardConfig": {"TargetGroups": []}}),
    "listener: a forward by ARN": listeners({"Type": "forward", "TargetGroupArn": GROUP}),
    "listener: a forward to more groups than today": listeners(
        {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": f"{OTHER}{n}"} for n in range(9)]}}
    ),
    "listener: a new redirect": listeners(redirect(Protocol="HTTP3", Port="#{other}", Path="x", StatusCode="HTTP_308")),
    "listener: an odd redirect": listeners(redirect(StatusCode="PERMANENT")),
    "listener: an odd answer": listeners(
        {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "302", "ContentType": "image/png"}}
    ),
    "rule: a regular expression": conditions({"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/v"]}}),
    "rule: one told at the top": conditions({"Field": "host-header", "RegexValues": ["^a"], "HostHeaderConfig": {}}),
    "rule: one beside values": conditions({"Field": "path-pattern", "Values": ["/a"], "PathPatternConfig": BOTH}),
    "rule: one of a header": conditions(
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X", "RegexValues": ["a"]}}
    ),
    "rule: a new condition": conditions({"Field": "moon-phase", "MoonPhaseConfig": {"Values": ["full"]}}),
    "rule: a new field of a condition": conditions(
        {"Field": "source-ip", "SourceIpConfig": {"IpAddressType": "ipv6", "Values": []}}
    ),
    "rule: an empty condition": conditions({"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a"}]}}),
    "rule: no condition": conditions(),
    "rule: rewrites": rules(Transforms=[{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "a"}]}}]),
    "rule: a login": rules(OIDC, {**FORWARD, "Order": 2}),
    "rule: an unknown action": rules(UNKNOWN),
    "rule: no action": {"DescribeRules": {"Rules": [{**rule(), "Actions": None}]}},
    "rule: a place beyond today's": rules(Priority="70000"),
    "security group: protocol 50": security(permission(IpProtocol="50", FromPort=None, ToPort=None, IpRanges=RANGE)),
    "security group: protocol 51": security(permission(IpProtocol="51", FromPort=-1, ToPort=-1, IpRanges=RANGE)),
    "security group: protocol 132": security({"IpProtocol": "132", "IpRanges": EVERYWHERE}),
    "security group: icmp": security(permission(IpProtocol="icmp", FromPort=8, ToPort=0, IpRanges=EVERYWHERE)),
    "security group: icmp without type": security({"IpProtocol": "icmpv6", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}),
    "security group: a prefix list": security(permission(PrefixListIds=[{"PrefixListId": "pl-1"}])),
    "security group: another account": security(permission(UserIdGroupPairs=[FOREIGN_SG])),
    "security group: a group by name": security(permission(UserIdGroupPairs=[{"GroupName": "default", "UserId": "1"}])),
    "security group: a source of nobody": security(permission(UserIdGroupPairs=[{"UserId": "1"}])),
    "security group: all sources": security(
        permission(IpRanges=RANGE, Ipv6Ranges=[{"CidrIpv6": "::/0"}], PrefixListIds=[{"PrefixListId": "pl-1"}])
    ),
    "security group: tcp without ports": security({"IpProtocol": "tcp", "IpRanges": EVERYWHERE}),
    "security group: ports the wrong way round": security(permission(FromPort=90, ToPort=80, IpRanges=EVERYWHERE)),
    "security group: an address with host bits": security(permission(IpRanges=[{"CidrIp": "10.1.2.3/8"}])),
    "security group: a long description": security(permission(IpRanges=[{**RANGE[0], "Description": "x" * 400}])),
    "security group: no description": security(Description=None),
    "certificate: a new key": certificates(KeyAlgorithm="ML-DSA-65"),
    "certificate: a new status": certificates(Status="SUSPENDED"),
    "certificate: many names": certificates(SubjectAlternativeNames=[f"n{n}.example.com" for n in range(150)]),
    "instance: a new state": {
        "DescribeInstances": {"Reservations": [{"Instances": [instance(State={"Name": "dreaming"}, SubnetId=None)]}]}
    },
    "address: of an interface": {"DescribeAddresses": {"Addresses": [address(NetworkInterfaceId="eni-1")]}},
    "record: weighted": {"ListResourceRecordSets": {"ResourceRecordSets": [record(SetIdentifier="a", Weight=1)]}},
    "record: of a new type": {"ListResourceRecordSets": {"ResourceRecordSets": [record(Type="HTTPS")]}},
}  # fmt: skip
