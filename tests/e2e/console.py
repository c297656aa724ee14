"""Load balancers as people make them in AWS's console, with boto3 alone: no tag of elbplan, no name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .stage import ZONE, Stage

IMAGE = "ami-12c6146b"
EVERYBODY = "0.0.0.0/0"
POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


@dataclass
class Console:
    """Makes resources one by one, and remembers what others keep: its AWS ids, and allocations of Elastic IPs."""

    stage: Stage
    strangers: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return self.stage.client(service)

    @property
    def vpc(self) -> str:
        return str(self.stage.ids["vpc"])

    def subnets(self, letters: str) -> list[str]:
        return [self.stage.ids["subnets"][letter] for letter in letters]

    def security_group(self, name: str, ports: Iterable[int]) -> str:
        ec2 = self.client("ec2")
        id = ec2.create_security_group(GroupName=name, Description="created by hand", VpcId=self.vpc)["GroupId"]
        for port in ports:
            ranges = [{"CidrIp": EVERYBODY}]
            permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}
            ec2.authorize_security_group_ingress(GroupId=id, IpPermissions=[permission])
        return str(id)

    def server(self, name: str, zone: str = "a") -> str:
        """An instance that stays a stranger. Its group lets everybody in, so that it is healthy."""
        ec2 = self.client("ec2")
        group = self.security_group(f"{name}-sg", [80, 8080, 8443])
        launched = ec2.run_instances(
            ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType="t3.micro",
            SubnetId=self.subnets(zone)[0], SecurityGroupIds=[group],
        )  # fmt: skip
        id = str(launched["Instances"][0]["InstanceId"])
        ec2.create_tags(Resources=[id], Tags=[{"Key": "Name", "Value": name}])
        self.strangers += [id, group]
        return id

    def certificate(self, *names: str) -> str:
        """A certificate that is issued, with its validation records in the hosted zone."""
        acm = self.client("acm")
        more = {"SubjectAlternativeNames": list(names)} if names[1:] else {}
        arn = str(acm.request_certificate(DomainName=names[0], ValidationMethod="DNS", **more)["CertificateArn"])
        self.stage.box.advance(60)
        for option in acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]:
            record = option["ResourceRecord"]
            self.record(
                {"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": record["Value"]}]}
            )
        self.stage.box.advance(3600)
        assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
        return arn

    def record(self, record: Mapping[str, Any]) -> None:
        changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        self.client("route53").change_resource_record_sets(HostedZoneId=self.stage.zone, ChangeBatch=changes)

    def alias(self, name: str, balancer: Mapping[str, Any], *, healthy: bool = True) -> None:
        """The alias of the console, which writes `dualstack.` before the name."""
        target = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "EvaluateTargetHealth": healthy}
        self.record(
            {"Name": name, "Type": "A", "AliasTarget": {**target, "DNSName": f"dualstack.{balancer['DNSName']}"}}
        )

    def group(self, name: str, targets: Iterable[Mapping[str, Any]], **settings: Any) -> str:
        elb = self.client("elbv2")
        usual = {"Protocol": "HTTP", "Port": 80, "VpcId": self.vpc, "TargetType": "instance"}
        arn = str(elb.create_target_group(Name=name, **{**usual, **settings})["TargetGroups"][0]["TargetGroupArn"])
        elb.register_targets(TargetGroupArn=arn, Targets=list(targets))
        return arn

    def group_attributes(self, arn: str, **attributes: str) -> None:
        pairs = [{"Key": key.replace("__", "."), "Value": value} for key, value in attributes.items()]
        self.client("elbv2").modify_target_group_attributes(TargetGroupArn=arn, Attributes=pairs)

    def balancer(self, name: str, **settings: Any) -> dict[str, Any]:
        made = self.client("elbv2").create_load_balancer(Name=name, **settings)["LoadBalancers"][0]
        self.stage.box.advance(600)
        return dict(made)

    def listener(self, balancer: Mapping[str, Any], port: int, protocol: str, action: Any, **settings: Any) -> str:
        made = self.client("elbv2").create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Port=port,
            Protocol=protocol,
            DefaultActions=[action],
            **settings,
        )
        return str(made["Listeners"][0]["ListenerArn"])

    def rule(self, listener: str, priority: int, conditions: Any, actions: Any, **settings: Any) -> None:
        self.client("elbv2").create_rule(
            ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=actions, **settings
        )

    def done(self) -> None:
        """Lets time pass until everything is healthy, and takes everything so far as made by others."""
        self.stage.box.advance(3600)
        self.stage.box.clear_calls()


def forward(*groups: str) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": groups[0]}


HTTPS_REDIRECT = {
    "Type": "redirect",
    "RedirectConfig": {
        "Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}",
        "StatusCode": "HTTP_301",
    },
}  # fmt: skip


def course(console: Console) -> dict[str, Any]:
    """The balancer of the beginners' course: two servers, HTTPS, a redirect from HTTP, an alias."""
    one, two = console.server("server-a"), console.server("server-b", "c")
    group = console.security_group("alb-sg", [80, 443])
    certificate = console.certificate(f"api.{ZONE}")
    target = console.group("server-tg", [{"Id": one}, {"Id": two}], HealthCheckPath="/health")
    settings = {"Subnets": console.subnets("ac"), "SecurityGroups": [group], "Scheme": "internet-facing"}
    balancer = console.balancer("server", Type="application", IpAddressType="ipv4", **settings)
    secure = {"Certificates": [{"CertificateArn": certificate}], "SslPolicy": POLICY}
    console.listener(balancer, 443, "HTTPS", forward(target), **secure)
    console.listener(balancer, 80, "HTTP", HTTPS_REDIRECT)
    console.alias(f"api.{ZONE}", balancer)
    console.done()
    return balancer


def shop(console: Console) -> dict[str, Any]:
    """An advanced rule set, and much that stays a stranger: a shared certificate, the default group, records."""
    servers = [console.server(f"shop-{n}", zone) for n, zone in enumerate("aac", 1)]
    default = console.client("ec2").describe_security_groups(
        Filters=[{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": [console.vpc]}]
    )["SecurityGroups"][0]["GroupId"]
    own = console.security_group("Shop ALB", [80, 443, 8443])
    main = console.certificate(f"shop.{ZONE}", f"www.{ZONE}")
    shared = console.certificate(f"img.{ZONE}")
    console.strangers += [default, shared]
    web = console.group(
        "shop-web-tg", [{"Id": servers[0]}, {"Id": servers[1], "Port": 8080}], HealthCheckPath="/health",
        HealthCheckIntervalSeconds=15, HealthCheckTimeoutSeconds=4, HealthyThresholdCount=2,
        UnhealthyThresholdCount=3, Matcher={"HttpCode": "200,204"}, HealthCheckPort="8080",
    )  # fmt: skip
    console.group_attributes(
        web, stickiness__enabled="true", stickiness__type="lb_cookie", stickiness__lb_cookie__duration_seconds="3600",
        deregistration_delay__timeout_seconds="60", slow_start__duration_seconds="30",
    )  # fmt: skip
    api = console.group("shop-api", [{"Id": servers[2]}], Port=8080, HealthCheckPath="/ready")
    canary = console.group("shop-canary", [{"Id": servers[2], "Port": 8443}], Port=8080)
    settings = {"Subnets": console.subnets("abc"), "SecurityGroups": [default, own], "Scheme": "internet-facing"}
    tags = [{"Key": "team", "Value": "shop"}, {"Key": "Name", "Value": "the shop"}]
    balancer = console.balancer("Shop-LB", Type="application", Tags=tags, **settings)
    elb = console.client("elbv2")
    attributes = {"idle_timeout.timeout_seconds": "120", "routing.http.drop_invalid_header_fields.enabled": "true"}
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()],
    )
    _shop_listeners(console, balancer, (web, api, canary), (main, shared))
    other = console.balancer("images", Subnets=console.subnets("ac"), SecurityGroups=[default], Scheme="internal")
    img = {"Certificates": [{"CertificateArn": shared}], "SslPolicy": POLICY}
    respond = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    console.strangers += [other["LoadBalancerArn"], console.listener(other, 443, "HTTPS", respond, **img)]
    console.alias(f"shop.{ZONE}", balancer)
    console.alias(f"www.{ZONE}", balancer, healthy=False)
    values = [{"Value": balancer["DNSName"]}]
    console.record({"Name": f"old.{ZONE}", "Type": "CNAME", "TTL": 60, "ResourceRecords": values})
    console.done()
    return balancer


def _shop_listeners(
    console: Console, balancer: Mapping[str, Any], groups: tuple[str, ...], certificates: tuple[str, ...]
) -> None:
    web, api, canary = groups
    main, shared = certificates
    secure = {"Certificates": [{"CertificateArn": main}], "SslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06"}
    https = console.listener(balancer, 443, "HTTPS", forward(web), **secure)
    elb = console.client("elbv2")
    elb.add_listener_certificates(ListenerArn=https, Certificates=[{"CertificateArn": shared}])
    weights = [{"TargetGroupArn": api, "Weight": 9}, {"TargetGroupArn": canary, "Weight": 1}]
    split = {"TargetGroups": weights, "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 600}}
    hosts = {"Field": "host-header", "HostHeaderConfig": {"Values": [f"api.{ZONE}", f"v2.{ZONE}"]}}
    paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/v1/*", "/v2/*"]}}
    console.rule(
        https,
        1,
        [hosts, paths],
        [{"Type": "forward", "ForwardConfig": split}],
        Tags=[{"Key": "Name", "Value": "Split API"}],
    )
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["1", "yes*"]}}
    query = {
        "Field": "query-string",
        "QueryStringConfig": {"Values": [{"Key": "flag", "Value": "on"}, {"Value": "beta"}]},
    }
    console.rule(https, 2, [header, query], [forward(canary)])
    method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST", "PUT"]}}
    ip = {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "2001:db8::/32"]}}
    config = {"StatusCode": "403", "ContentType": "text/html", "MessageBody": "<b>no: on</b>"}
    console.rule(https, 7, [method, ip], [{"Type": "fixed-response", "FixedResponseConfig": config}])
    old = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/old/*"]}}
    away = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": f"www.{ZONE}",
        "Path": "/new",
        "Query": "",
        "StatusCode": "HTTP_302",
    }
    console.rule(https, 100, [old], [{"Type": "redirect", "RedirectConfig": away}])
    regex = {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/x[0-9]+$"]}}
    console.rule(https, 110, [regex], [forward(api)])
    console.rule(https, 120, [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/gone"]}}], [
        {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    ])  # fmt: skip
    login = {
        "Type": "authenticate-oidc", "Order": 1,
        "AuthenticateOidcConfig": {
            "Issuer": "https://id.example.com", "AuthorizationEndpoint": "https://id.example.com/a",
            "TokenEndpoint": "https://id.example.com/t", "UserInfoEndpoint": "https://id.example.com/u",
            "ClientId": "shop", "ClientSecret": "not-for-any-file-0815",
        },
    }  # fmt: skip
    admin = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/admin*"]}}
    console.rule(https, 130, [admin], [login, {**forward(web), "Order": 2}])
    console.listener(balancer, 80, "HTTP", HTTPS_REDIRECT)
    console.listener(balancer, 8443, "HTTPS", forward(api), **secure)


def mail(console: Console) -> dict[str, Any]:
    """A network load balancer: TLS with a certificate, TCP, ip targets, fixed addresses, cross-zone balancing."""
    server = console.server("mail-1")
    ec2 = console.client("ec2")
    address = ec2.describe_instances(InstanceIds=[server])["Reservations"][0]["Instances"][0]["PrivateIpAddress"]
    certificate = console.certificate(f"imap.{ZONE}")
    group = console.security_group("mail-nlb", [993, 25])
    imap = console.group("imap", [{"Id": address}], Protocol="TCP", Port=8443, TargetType="ip")
    console.group_attributes(imap, preserve_client_ip__enabled="true", deregistration_delay__timeout_seconds="30")
    smtp = console.group(
        "smtp", [{"Id": server}], Protocol="TCP", Port=80, HealthCheckProtocol="HTTP", HealthCheckPath="/up"
    )
    fixed = [ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(2)]
    console.addresses += fixed
    mappings = [{"SubnetId": s, "AllocationId": a} for s, a in zip(console.subnets("ac"), fixed, strict=True)]
    balancer = console.balancer("mail-nlb", Type="network", SubnetMappings=mappings, SecurityGroups=[group])
    console.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}],
    )
    secure = {"Certificates": [{"CertificateArn": certificate}], "SslPolicy": POLICY, "AlpnPolicy": ["HTTP2Optional"]}
    console.listener(balancer, 993, "TLS", forward(imap), **secure)
    console.listener(balancer, 25, "TCP", forward(smtp))
    console.alias(f"imap.{ZONE}", balancer)
    console.done()
    return balancer


BALANCERS = {"server": course, "Shop-LB": shop, "mail-nlb": mail}
