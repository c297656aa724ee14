"""Migrations by what is wrong with them: for each hazard one that has it, at the step marked <-, and one without."""

from __future__ import annotations

from dataclasses import dataclass

DELAY = "deregistration_delay.timeout_seconds"
WORLD = "cidr: 0.0.0.0/0"
POLICY = "ssl_policy: ELBSecurityPolicy-TLS13-1-2-2021-06"
GUARDED = "attributes: {deletion_protection.enabled: 'true', access_logs.s3.enabled: 'true', access_logs.s3.bucket: x}"
SHOP = f"""
- {{do: create, what: security_group.lb, set: {{vpc: default, ingress: [
    {{from_port: 80, to_port: 80, {WORLD}}}, {{from_port: 443, to_port: 443, {WORLD}}}]}}}}
- {{do: create, what: load_balancer.main, set: {{subnets: [a, c], security_groups: [lb], {GUARDED}}}}}
- {{do: wait, what: load_balancer.main, until: active}}
- {{do: create, what: target_group.web, set: {{port: 80, vpc: default, balancer: main}}}}
- {{do: create, what: targets.web, set: {{group: web, members: [{{instance: i-0a}}, {{instance: i-0b}}]}}}}
- {{do: create, what: target_group.api, set: {{port: 81, vpc: default, balancer: main}}}}
- {{do: create, what: targets.api, set: {{group: api, members: [{{instance: i-0c}}]}}}}
- {{do: create, what: certificate.main, set: {{domains: [api.example.com, '*.example.com']}}}}
- {{do: wait, what: certificate.main, until: issued}}
- {{do: create, what: listener.443, set: {{load_balancer: main, port: 443, protocol: HTTPS, certificate: main, {POLICY},
    action: {{type: forward, groups: [{{group: web}}]}}}}}}
- {{do: create, what: listener.80, set: {{load_balancer: main, port: 80, protocol: HTTP,
    action: {{type: redirect, protocol: HTTPS, port: 443}}}}}}
- {{do: create, what: rule.api, set: {{listener: '443', priority: 10,
    conditions: [{{field: path-pattern, values: [/api/*]}}], action: {{type: forward, groups: [{{group: api}}]}}}}}}
- {{do: create, what: rule.old, set: {{listener: '443', priority: 20,
    conditions: [{{field: path-pattern, values: [/old/*]}}], action: {{type: redirect, path: /new}}}}}}
- {{do: wait, what: targets.web, until: healthy}}
- {{do: wait, what: targets.api, until: healthy}}
- {{do: create, what: record.api.example.com, set: {{name: api.example.com, zone: example.com, load_balancer: main}}}}
- {{do: wait, what: record.api.example.com, until: insync}}
"""
EDGE = """
- {do: create, what: load_balancer.edge, set: {subnets: [a, c], security_groups: [lb]},
   allow: [extra-cost], because: a move}
- {do: wait, what: load_balancer.edge, until: active}
- {do: create, what: listener.edge, set: {load_balancer: edge, port: 443, protocol: HTTPS, certificate: main,
    action: {type: fixed-response, status: 200}}}
- {do: create, what: listener.edge80, set: {load_balancer: edge, port: 80, protocol: HTTP,
    action: {type: redirect, protocol: HTTPS, port: 443}}}
- {do: create, what: rule.edge-api, set: {listener: edge, priority: 10,
    conditions: [{field: path-pattern, values: [/api/*]}], action: {type: fixed-response, status: 200}}}
- {do: create, what: rule.edge-old, set: {listener: edge, priority: 20,
    conditions: [{field: path-pattern, values: [/old/*]}], action: {type: fixed-response, status: 200}}}
"""
LOGGED = f"""
- {{do: create, what: load_balancer.main, set: {{subnets: [a, c], {GUARDED}}}}}
"""
BARE = """
- {do: create, what: load_balancer.main, set: {subnets: [a, c], scheme: internal}}
- {do: wait, what: load_balancer.main, until: active}
"""
LISTENING = (
    BARE
    + """
- {do: create, what: listener.80, set: {load_balancer: main, port: 80, protocol: HTTP,
    action: {type: fixed-response, status: 200}}}
"""
)
SERVERS = """
- {do: create, what: load_balancer.main, set: {subnets: [a, b, c]}}
- {do: create, what: instance.web, set: {image: ami-0a, subnet: a}}
- {do: create, what: target_group.web, set: {port: 80, vpc: default}}
- {do: create, what: targets.web, set: {group: web, members: [{instance: web}]}}
- {do: create, what: listener.80, set: {load_balancer: main, port: 80, protocol: HTTP,
    action: {type: forward, groups: [{group: web}]}}}
"""
PINNED = """
- {do: create, what: elastic_ip.one, set: {}}
- {do: create, what: elastic_ip.two, set: {}}
- {do: create, what: load_balancer.main, set: {type: network, subnets: [],
    pins: [{subnet: a, allocation: one}, {subnet: c, allocation: two}]}}
"""

NEW = """
- {do: create, what: target_group.new, set: {port: 8080, vpc: default, balancer: main}}
- {do: create, what: targets.new, set: {group: new, members: [{instance: i-0a}]}}
"""
THEIRS = "- {do: create, what: target_group.new, set: {port: 8080, vpc: default, balancer: main}}\n"
ATTACH = """
- {do: update, what: listener.443, set: {action: {type: forward, groups: [{group: web}, {group: new, weight: 0}]}}}
"""
HEALTHY = "- {do: wait, what: targets.new, until: healthy}\n"
TURN = "- {do: update, what: listener.443, set: {action: {type: forward, groups: [{group: new}]}}}"
WIDE = """
- {do: update, what: targets.web, set: {members: [{instance: i-0a}, {instance: i-0b}, {instance: i-0d}]}}
- {do: wait, what: targets.web, until: healthy}
- {do: update, what: targets.web, set: {members: [{instance: i-0d}]}}
"""
SHIFTED = (
    NEW
    + """
- {do: update, what: rule.api, set: {action: {type: forward, groups: [{group: api}, {group: new, weight: 0}]}}}
- {do: wait, what: targets.new, until: healthy}
- {do: shift, what: rule.api, set: {api: 0, new: 1}}
- {do: delete, what: targets.api}
"""
)
LET_GO = "- {do: update, what: rule.api, set: {action: {type: forward, groups: [{group: new}]}}}"
RULE = """- {do: create, what: rule.shut, set: {listener: '443', priority: 5,
    conditions: [{field: path-pattern, values: [/admin/*]}], action: {type: fixed-response, status: 403}}}
"""
WWW = "- {do: create, what: record.www, set: {name: www.example.com, zone: example.com, load_balancer: main}}"
LEAVE = "- {do: update, what: record.api.example.com, set: {load_balancer: edge}}\n"
END_80 = "- {do: delete, what: listener.80, allow: [route-removed], because: nobody uses the name of AWS}"
ANOTHER = "- {do: create, what: load_balancer.main, set: {subnets: [a, c], scheme: internet-facing}"
OPEN = ", allow: [public-exposure], because: it is public now}\n"
ACTIVE = "- {do: wait, what: load_balancer.main, until: active}\n"
SECOND = (
    ANOTHER.replace("main", "two")
    + ", allow: [extra-cost], because: a second shop}\n"
    + ACTIVE.replace("main", "two")
    + NEW.replace("main", "two")
    + """
- {do: create, what: listener.two, set: {load_balancer: two, port: 443, protocol: HTTPS, certificate: main,
    action: {type: forward, groups: [{group: new}]}}}
"""
)
OLD_ENDS = "- {do: delete, what: load_balancer.main@old"
CERTIFICATE = "- {do: create, what: certificate.new, set: {domains: ['*.example.com']}}\n"
ISSUED = "- {do: wait, what: certificate.new, until: issued}\n"
FOREIGN = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
POOL = (
    "UserPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/users', UserPoolClientId: web, "
    "UserPoolDomain: example"
)
COGNITO = f"{{type: authenticate-cognito, settings: {{AuthenticateCognitoConfig: {{{POOL}}}}}}}"


def set_443(fields: str) -> str:
    """An update of the HTTPS listener."""
    return f"- {{do: update, what: listener.443, set: {{{fields}}}}}\n"


LOGIN = set_443(f"leading_actions: [{COGNITO}]")
CLAIMS = ", additional_claims: [{name: aud, values: [web]}]"
TOKEN = set_443(
    "leading_actions: [{type: jwt-validation, issuer: me, jwks_endpoint: 'https://id.example.com/keys'" + CLAIMS + "}]"
)
MUTUAL = set_443("mutual_authentication: {Mode: verify, TrustStoreArn: 'arn:aws:trust-store'}")
VERIFY = "mode: verify, trust_store: 'arn:aws:trust-store'"
HSTS = "routing.http.response.strict_transport_security.header_value"
HSTS_ON = set_443(f"attributes: {{'{HSTS}': max-age=31536000}}")
STORE = (
    "- {do: create, what: trust_store.clients, "
    "set: {bundle: 's3://bucket/ca.pem', revocations: ['s3://bucket/a.crl']}}\n"
)
TURN_TO_API = set_443("action: {type: forward, groups: [{group: web}, {group: api, weight: 0}]}")
USED = "- {do: update, what: listener.443, set: {certificate: new}}"
MORE_PINS = """
- {do: create, what: elastic_ip.three, set: {}}
- {do: create, what: elastic_ip.four, set: {}}
- {do: create, what: load_balancer.main, set: {type: network, subnets: [],
    pins: [{subnet: a, allocation: three}, {subnet: b, allocation: four}]}}
"""
OTHER_PINS = """
- {do: create, what: load_balancer.main, set: {type: network, subnets: [],
    pins: [{subnet: a, allocation: one}, {subnet: b, allocation: two}]}}
"""


def ssh(port: int, who: str) -> str:
    """The usual two ports open to the world, and another."""
    doors = [(80, WORLD), (443, WORLD), (port, who)]
    told = ", ".join(f"{{from_port: {p}, to_port: {p}, {whom}}}" for p, whom in doors)
    return f"- {{do: update, what: security_group.lb, set: {{ingress: [{told}]}}}}"


@dataclass(frozen=True)
class Case:
    """A hazard, the migration that has it at the step marked <-, one that has not, and what stood before."""

    name: str
    bad: str
    safe: str
    before: tuple[str, ...] = (SHOP,)


PLACED = "- {do: update, what: record.api.example.com, set: {set_identifier: shop, geo_location: "

CASES = {
    "route-interrupted: no targets": Case(
        "route-interrupted",
        "- {do: update, what: targets.web, set: {members: []}}  # <-\n"
        "- {do: update, what: targets.web, set: {members: [{instance: i-0d}]}}\n",
        WIDE,
    ),
    "route-interrupted: a rule is missing": Case(
        "route-interrupted",
        "- {do: delete, what: rule.old}  # <-\n"
        "- {do: create, what: rule.old, set: {listener: '443', priority: 5,\n"
        "    conditions: [{field: path-pattern, values: [/old/*]}], action: {type: redirect, path: /new}}}\n",
        "- {do: reorder, what: listener.443, set: {rule.old: 5}}\n",
    ),
    "targets-unverified: a group": Case("targets-unverified", NEW + TURN + "  # <-\n", NEW + ATTACH + HEALTHY + TURN),
    "targets-unverified: a tenth of the requests": Case(
        "targets-unverified",
        NEW + ATTACH + "- {do: shift, what: listener.443, set: {web: 9, new: 1}}  # <-\n",
        NEW + ATTACH + HEALTHY + "- {do: shift, what: listener.443, set: {web: 9, new: 1}}\n",
    ),
    "targets-unverified: a group that others fill": Case(
        "targets-unverified",
        THEIRS + TURN + "  # <-\n",
        THEIRS + ATTACH + "- {do: wait, what: target_group.new, until: healthy}\n" + TURN,
    ),
    "targets-unverified: other targets": Case(
        "targets-unverified", "- {do: update, what: targets.web, set: {members: [{instance: i-0d}]}}  # <-\n", WIDE
    ),
    "endless-wait": Case("endless-wait", NEW + HEALTHY.strip() + "  # <-\n" + ATTACH, NEW + ATTACH + HEALTHY),
    "endless-wait: a group that others fill": Case(
        "endless-wait",
        THEIRS + "- {do: wait, what: target_group.new, until: healthy}  # <-\n" + ATTACH,
        THEIRS + ATTACH + "- {do: wait, what: target_group.new, until: healthy}\n",
    ),
    "dns-too-early: a rule is to come": Case("dns-too-early", WWW + "  # <-\n" + RULE, RULE + WWW + "\n"),
    "dns-too-early: not active": Case(
        "dns-too-early",
        ANOTHER.replace("main", "two") + ", allow: [extra-cost], because: a second shop}\n"
        "- {do: create, what: listener.two, set: {load_balancer: two, port: 80, protocol: HTTP,\n"
        "    action: {type: fixed-response, status: 200}}}\n" + WWW.replace("main", "two") + "  # <-\n",
        ANOTHER.replace("main", "two") + ", allow: [extra-cost], because: a second shop}\n"
        "- {do: create, what: listener.two, set: {load_balancer: two, port: 80, protocol: HTTP,\n"
        "    action: {type: fixed-response, status: 200}}}\n"
        + ACTIVE.replace("main", "two")
        + WWW.replace("main", "two")
        + "\n",
    ),
    "dns-too-early: targets never seen healthy": Case(
        "dns-too-early", SECOND + WWW.replace("main", "two") + "  # <-\n", SECOND + HEALTHY + WWW.replace("main", "two")
    ),
    "dns-still-cached": Case(
        "dns-still-cached",
        LEAVE + "- {do: wait, what: record.api.example.com, until: insync}\n" + END_80 + "  # <-\n",
        LEAVE + "- {do: wait, what: record.api.example.com, until: insync}\n"
        "- {do: wait, what: record.api.example.com, until: resolvers}\n" + END_80 + "\n",
        (SHOP, EDGE),
    ),
    "dns-still-cached: a hold is as good": Case(
        "dns-still-cached",
        LEAVE + "- {hold: 30s}\n" + END_80 + "  # <-\n",
        LEAVE + "- {hold: 1m}\n" + END_80 + "\n",
        (SHOP, EDGE),
    ),
    "dns-share-lost: weight 0": Case(
        "dns-share-lost",
        "- {do: update, what: record.api.example.com, set: {set_identifier: shop, weight: 0}}  # <-\n",
        "- {do: update, what: record.api.example.com, set: {set_identifier: shop, weight: 1}}\n",
    ),
    "dns-share-lost: the second role": Case(
        "dns-share-lost",
        "- {do: update, what: record.api.example.com, set: {set_identifier: shop, failover: secondary}}  # <-\n",
        "- {do: update, what: record.api.example.com, set: {set_identifier: shop, failover: primary}}\n",
    ),
    "dns-share-lost: one place": Case(
        "dns-share-lost",
        PLACED + "{country_code: KR}}}  # <-\n",
        PLACED + "{country_code: '*'}}}\n",
    ),
    "dns-name-changes": Case(
        "dns-name-changes",
        ANOTHER + OPEN + ACTIVE + OLD_ENDS + "}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b, c]}}\n",
        (BARE,),
    ),
    "route-removed: a rule": Case(
        "route-removed",
        "- {do: delete, what: rule.api}  # <-\n",
        "- {do: update, what: rule.api, set: {action: {type: redirect, path: /v2}}}\n",
    ),
    "route-removed: other conditions": Case(
        "route-removed",
        "- {do: update, what: rule.old, set: {conditions: [{field: path-pattern, values: [/older/*]}]}}  # <-\n",
        "- {do: create, what: rule.older, set: {listener: '443', priority: 30,\n"
        "    conditions: [{field: path-pattern, values: [/older/*]}], action: {type: redirect, path: /new}}}\n",
    ),
    "route-removed: one value of two": Case(
        "route-removed",
        "- {do: update, what: rule.old, set: {conditions: [{field: path-pattern, values: [/older/*, /o]}]}}  # <-\n",
        "- {do: update, what: rule.old, set: {conditions: [{field: path-pattern, values: [/old/*, /older/*]}]}}\n",
    ),
    "sessions-lost: of a group": Case(
        "sessions-lost",
        "- {do: update, what: target_group.web, set: {attributes: {stickiness.enabled: 'false'}}}  # <-\n",
        "- {do: update, what: target_group.web, set: {attributes: {stickiness.lb_cookie.duration_seconds: '60'}}}\n",
        (SHOP, "- {do: update, what: target_group.web, set: {attributes: {stickiness.enabled: 'true'}}}\n"),
    ),
    "sessions-lost: between groups": Case(
        "sessions-lost",
        set_443("action: {type: forward, groups: [{group: web}, {group: api}]}").replace("\n", "  # <-\n"),
        "- {do: update, what: listener.443, set: {action: {type: forward, groups: [{group: web}]}}}\n",
        (SHOP, set_443("action: {type: forward, groups: [{group: web}, {group: api}], sticky: 60}")),
    ),
    "requests-cut-off": Case(
        "requests-cut-off",
        SHIFTED + LET_GO + "  # <-\n",
        SHIFTED + "- {do: wait, what: targets.api, until: drained}\n" + LET_GO + "\n",
    ),
    "requests-cut-off: less time": Case(
        "requests-cut-off",
        "- {do: update, what: target_group.web, set: {attributes: {DELAY: '9'}}}  # <-\n".replace("DELAY", DELAY),
        "- {do: update, what: target_group.web, set: {attributes: {DELAY: '900'}}}\n".replace("DELAY", DELAY),
        (SERVERS,),
    ),
    "health-check-changes": Case(
        "health-check-changes",
        "- {do: update, what: target_group.web, set: {health: {path: /up}}}  # <-\n",
        "- {do: update, what: target_group.web, set: {health: {interval: 10}}}\n",
        (SERVERS,),
    ),
    "public-exposure: a port": Case("public-exposure", ssh(22, WORLD) + "  # <-\n", ssh(22, "cidr: 10.0.0.0/8") + "\n"),
    "public-exposure: without a listener": Case(
        "public-exposure",
        ssh(8080, WORLD) + "  # <-\n",
        ssh(8080, WORLD) + "\n- {do: create, what: listener.8080, set: {load_balancer: main, port: 8080,\n"
        "    protocol: HTTP, action: {type: redirect, protocol: HTTPS, port: 443}}}\n",
    ),
    "public-exposure: a balancer": Case(
        "public-exposure",
        ANOTHER + "}  # <-\n" + ACTIVE + OLD_ENDS + ", allow: [dns-name-changes], because: nobody uses its name}\n",
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b]}}\n",
        (BARE,),
    ),
    "weaker-encryption: no redirect": Case(
        "weaker-encryption",
        "- {do: update, what: listener.80, set: {action: {type: forward, groups: [{group: web}]}}}  # <-\n",
        "- {do: update, what: listener.80, set: {action: {type: redirect, protocol: HTTPS, port: 443, code: 302}}}\n",
    ),
    "weaker-encryption: an older policy": Case(
        "weaker-encryption",
        "- {do: update, what: listener.443, set: {ssl_policy: ELBSecurityPolicy-2016-08}}  # <-\n",
        "- {do: update, what: listener.443, set: {ssl_policy: ELBSecurityPolicy-TLS13-1-3-2021-06}}\n",
    ),
    "weaker-encryption: no more TLS": Case(
        "weaker-encryption",
        "- {do: update, what: listener.443, set: {protocol: HTTP, certificate: null, ssl_policy: null}}  # <-\n",
        "- {do: update, what: listener.443, set: {alpn: HTTP2Optional}}\n",
    ),
    "weaker-encryption: no more HSTS": Case(
        "weaker-encryption",
        HSTS_ON + set_443(f"attributes: {{'{HSTS}': null}}, alpn: HTTP2Optional").rstrip() + "  # <-\n",
        HSTS_ON + set_443(f"attributes: {{'{HSTS}': max-age=9}}"),
    ),
    "login-removed: expired client certificates": Case(
        "login-removed",
        MUTUAL + set_443(f"mutual_authentication: {{{VERIFY}, allow_expired: true}}").rstrip() + "  # <-\n",
        MUTUAL + set_443(f"mutual_authentication: {{{VERIFY}, advertise_names: true}}"),
    ),
    "login-removed: a revocation list": Case(
        "login-removed",
        STORE + "- {do: update, what: trust_store.clients, set: {revocations: []}}  # <-\n",
        STORE + "- {do: update, what: trust_store.clients, set: {revocations: ['s3://bucket/b.crl']}}\n",
    ),
    "certificate-invalid: not issued": Case(
        "certificate-invalid", CERTIFICATE + USED + "  # <-\n", CERTIFICATE + ISSUED + USED + "\n"
    ),
    "certificate-invalid: another name": Case(
        "certificate-invalid",
        CERTIFICATE.replace("*.example.com", "example.org") + ISSUED + USED + "  # <-\n",
        CERTIFICATE.replace("*.example.com", "example.org")
        + ISSUED
        + USED.replace("certificate: new", "more_certificates: [new]")
        + "\n",
    ),
    "certificate-invalid: an ARN instead": Case(
        "certificate-invalid",
        f"- {{do: update, what: listener.443, set: {{certificate: {FOREIGN}}}}}  # <-\n",
        f"- {{do: update, what: listener.443, set: {{certificate: {FOREIGN}, more_certificates: [main]}}}}\n",
    ),
    "login-removed: a login": Case(
        "login-removed",
        set_443("leading_actions: []").rstrip() + "  # <-\n",
        TURN_TO_API,
        (SHOP, LOGIN),
    ),
    "login-removed: everybody may pass": Case(
        "login-removed",
        LOGIN.replace(POOL, f"{POOL}, OnUnauthenticatedRequest: allow").rstrip() + "  # <-\n",
        LOGIN.replace("users", "customers"),
        (SHOP, LOGIN),
    ),
    "login-removed: a token check": Case(
        "login-removed",
        set_443("leading_actions: []").rstrip() + "  # <-\n",
        LOGIN,
        (SHOP, TOKEN),
    ),
    "login-removed: a claim": Case(
        "login-removed",
        TOKEN.replace(CLAIMS, "").rstrip() + "  # <-\n",
        TOKEN.replace("values: [web]", "values: [web, app]"),
        (SHOP, TOKEN),
    ),
    "login-removed: client certificates": Case(
        "login-removed",
        set_443("mutual_authentication: {Mode: null}").rstrip() + "  # <-\n",
        TURN_TO_API,
        (SHOP, MUTUAL),
    ),
    "web-acl-removed": Case(
        "web-acl-removed",
        "- {do: delete, what: web_acl_association.main}  # <-\n",
        "- {do: update, what: web_acl_association.main, set: {web_acl: other}}\n",
        (BARE, "- {do: create, what: web_acl_association.main, set: {load_balancer: main, web_acl: edge}}\n"),
    ),
    "too-few-zones: too few": Case(
        "too-few-zones",
        "- {do: update, what: load_balancer.main, set: {subnets: [a]}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b]}}\n",
        (BARE,),
    ),
    "too-few-zones: where the targets are": Case(
        "too-few-zones",
        "- {do: update, what: load_balancer.main, set: {subnets: [b, c]}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b]}}\n",
        (SERVERS,),
    ),
    "priority-conflict": Case(
        "priority-conflict",
        "- {do: update, what: rule.old, set: {priority: 10}}  # <-\n",
        "- {do: reorder, what: listener.443, set: {rule.old: 10, rule.api: 20}}\n",
    ),
    "protection-removed: protection": Case(
        "protection-removed",
        "- {do: update, what: load_balancer.main, set: {attributes: {deletion_protection.enabled: 'false'}}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {attributes: {idle_timeout.timeout_seconds: '120'}}}\n",
        (LOGGED,),
    ),
    "protection-removed: AWS WAF fails open": Case(
        "protection-removed",
        "- {do: update, what: load_balancer.main, set: {attributes: {waf.fail_open.enabled: 'true'}}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {attributes: {idle_timeout.timeout_seconds: '90'}}}\n",
        (LISTENING,),
    ),
    "protection-removed: desync mitigation": Case(
        "protection-removed",
        "- {do: update, what: load_balancer.main, "
        "set: {attributes: {routing.http.desync_mitigation_mode: monitor}}}  # <-\n",
        "- {do: update, what: load_balancer.main,\n"
        "   set: {attributes: {routing.http.desync_mitigation_mode: strictest}}}\n",
        (LISTENING,),
    ),
    "protection-removed: rules for PrivateLink": Case(
        "protection-removed",
        "- {do: update, what: load_balancer.main, "
        "set: {enforce_security_group_inbound_rules_on_private_link_traffic: 'off'}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {attributes: {zonal_shift.config.enabled: 'true'}}}\n",
        (PINNED,),
    ),
    "public-exposure: an internet gateway may lead to it": Case(
        "public-exposure",
        "- {do: update, what: load_balancer.main, set: {attributes: {ipv6.deny_all_igw_traffic: 'false'}}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {attributes: {ipv6.deny_all_igw_traffic: 'true'}}}\n",
        (LISTENING,),
    ),
    "requests-cut-off: another Elastic IP": Case(
        "requests-cut-off",
        "- {do: create, what: elastic_ip.three, set: {}}\n"
        "- {do: update, what: load_balancer.main, set: {subnets: [c], pins: [{subnet: c, allocation: two}]}}  # <-\n"
        "- {do: update, what: load_balancer.main, set: {subnets: [a, c],\n"
        "   pins: [{subnet: a, allocation: three}, {subnet: c, allocation: two}]}}\n",
        "- {do: create, what: elastic_ip.three, set: {}}\n"
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b, c],\n"
        "   pins: [{subnet: a, allocation: one}, {subnet: b, allocation: three}, {subnet: c, allocation: two}]}}\n",
        (PINNED,),
    ),
    "requests-cut-off: an Elastic IP goes to another zone": Case(
        "requests-cut-off",
        "- {do: update, what: load_balancer.main, set: {subnets: [a], pins: [{subnet: a, allocation: one}]}}  # <-\n"
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b],\n"
        "   pins: [{subnet: a, allocation: one}, {subnet: b, allocation: two}]}}\n",
        "- {do: update, what: load_balancer.main, set: {subnets: [a], pins: [{subnet: a, allocation: one}]}}\n"
        "- {do: create, what: elastic_ip.three, set: {}}\n"
        "- {do: update, what: load_balancer.main, set: {subnets: [a, b],\n"
        "   pins: [{subnet: a, allocation: one}, {subnet: b, allocation: three}]}}\n",
        (PINNED,),
    ),
    "protection-removed: the log": Case(
        "protection-removed",
        "- {do: update, what: load_balancer.main, set: {attributes: {access_logs.s3.enabled: 'false'}}}  # <-\n",
        "- {do: update, what: load_balancer.main, set: {attributes: {access_logs.s3.bucket: y}}}\n",
        (LOGGED,),
    ),
    "extra-cost: for good": Case("extra-cost", ANOTHER.replace("main", "two") + "}  # <-\n", RULE),
    "extra-cost: until a person comes": Case(
        "extra-cost",
        ANOTHER + OPEN + ACTIVE + "- {hold: approval}  # <-\n"
        "- {do: delete, what: listener.80, allow: [route-removed], because: moved}\n"
        + OLD_ENDS + ", allow: [dns-name-changes], because: nobody uses its name}\n",
        ANOTHER + OPEN + ACTIVE + "- {hold: 1h}\n"
        "- {do: delete, what: listener.80, allow: [route-removed], because: moved}\n"
        + OLD_ENDS + ", allow: [dns-name-changes], because: nobody uses its name}\n",
        (LISTENING,),
    ),
    "irreversible-before-hold": Case(
        "irreversible-before-hold",
        "- {do: delete, what: rule.old, allow: [route-removed], because: years ago}  # <-\n- {hold: 15m}\n",
        "- {hold: 15m}\n- {do: delete, what: rule.old, allow: [route-removed], because: years ago}\n",
    ),
    "irreversible-before-hold: detached": Case(
        "irreversible-before-hold",
        NEW + ATTACH + HEALTHY + TURN + "  # <-\n- {hold: approval}\n",
        NEW + ATTACH + HEALTHY
        + "- {do: shift, what: listener.443, set: {web: 0, new: 1}}\n- {hold: approval}\n" + TURN,
    ),
    "repeated-state": Case(
        "repeated-state",
        "- {do: create, what: security_group.x, set: {vpc: default}}\n- {do: delete, what: security_group.x}  # <-\n",
        "- {do: create, what: security_group.x, set: {vpc: default}}\n",
        (),
    ),
    "outage": Case(
        "outage",
        OLD_ENDS + ", allow: [dns-name-changes], because: people use the addresses}  # <-\n" + OTHER_PINS,
        MORE_PINS + OLD_ENDS + ", allow: [dns-name-changes], because: people use the addresses}\n",
        (PINNED,),
    ),
}  # fmt: skip
