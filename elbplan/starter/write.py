"""Writes the first spec: few keys, and a comment at each that says what it does and what people add next. Pure."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Iterator

from ..core.hidden import escape
from ..errors import escaped
from .facts import AccountFacts, Server
from .interview import Answers

PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*", re.ASCII)
WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""Words that other readers of YAML take for something else than text."""

WIDTH = 79
COMMENT_AT = 34
MOST_NAMED = 8
"""Servers that a comment names."""

SCRIPT = """\
  user_data: |                    # what a new server does first
    #!/bin/sh
    mkdir -p /srv/www && cd /srv/www && echo ok > health && hostname > index.html
    systemd-run --unit=web --working-directory=/srv/www python3 -m http.server 80
"""


def spec_text(answers: Answers, facts: AccountFacts, file: str, schema: str) -> str:
    """Returns the text of a spec that loads.

    file    the path of the file, for the commands in its comments
    schema  the path of the JSON Schema, relative to the file
    """
    parts = [
        _head(answers, facts, file, schema),
        _name(answers),
        _region(answers, facts),
        _zones(answers, facts),
        _domain(answers, facts),
        *([] if answers.selection.servers else [_new_servers(facts)]),
        _targets(answers),
        _more(answers),
    ]
    return "\n".join("".join(f"{line}\n" for line in part) for part in parts)


def text_value(text: str) -> str:
    """Returns a text as a YAML value, with quotes where YAML needs them."""
    literal = escape(text)
    if PLAIN.fullmatch(literal) and literal.lower() not in WORDS:
        return literal
    quoted = json.dumps(literal, ensure_ascii=False)
    return re.sub(r"[^\x20-\x7e]", _escape, quoted)


def _escape(found: re.Match[str]) -> str:
    """A character that is not ASCII, as it is if a person can see it, else as YAML escapes it."""
    letter = found.group()
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def _with_comment(line: str, comment: str) -> str:
    """The line with a comment behind it; in the line before it if both do not fit into the width."""
    together = f"{line:<{COMMENT_AT - 1}} # {comment}"
    indent = " " * (len(line) - len(line.lstrip()))
    return together if len(together) <= WIDTH else f"{indent}# {comment}:\n{line}"


def _prose(text: str, indent: str = "") -> Iterator[str]:
    """Sentences as lines of comments."""
    yield from textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _comment(text: str) -> str:
    """Foreign text in a comment: one line, nothing that YAML refuses."""
    return escaped(" ".join(text.split()))[:60]


def _head(answers: Answers, facts: AccountFacts, file: str, schema: str) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={schema}"
    yield "# The line above is for editors. This command writes the file that it needs:"
    yield "#   elbplan schema > elbplan.schema.json"
    yield "#"
    if not facts.account:
        yield from _prose("elbplan could not read an AWS account. Check every line with the word CHECK.")
        yield "#"
    path = shlex.quote(file)
    yield "# To see what would change, and what it costs; this changes nothing:"
    yield f"#   elbplan plan {path}"
    yield "# To create it, after you say yes:"
    yield f"#   elbplan apply {path}"
    yield "# To delete it, so that AWS bills nothing more for it:"
    yield f"#   elbplan destroy {path}"
    yield "#"
    yield from _prose(
        "docs/spec.md explains every key. Lines with a # before a key are examples: remove the # to use them."
    )


def _name(answers: Answers) -> Iterator[str]:
    yield from _prose("The name of the stack. It is in the names of all resources, and cannot change later.")
    yield f"name: {text_value(answers.name)}"


def _region(answers: Answers, facts: AccountFacts) -> Iterator[str]:
    yield "# The AWS region of the load balancer and its servers."
    if facts.account:
        yield f"region: {answers.region}"
        yield "# elbplan then refuses the credentials of every other account:"
        yield f'# account: "{facts.account}"'
    else:
        yield _with_comment(f"region: {answers.region}", "CHECK: is this your region?")


def _zones(answers: Answers, facts: AccountFacts) -> Iterator[str]:
    network = facts.network_of(answers.vpc)
    known = network.zones if network else ()
    if answers.vpc:
        yield "# The VPC of the servers. Without this line, elbplan uses the default VPC."
        yield f"network: {{vpc: {answers.vpc}}}"
        yield ""
    yield from _prose(
        "The availability zones of the load balancer: at least two. AWS bills a public IPv4 address for each."
    )
    check = "" if facts.account else "CHECK: are your servers in these zones?"
    if answers.zones:
        line = f"zones: [{', '.join(answers.zones)}]"
        yield _with_comment(line, check) if check else line
    else:
        yield from _prose("CHECK: elbplan found no two zones with public subnets. Without `zones:` it uses all zones.")
    others = [zone for zone in known if zone not in answers.zones]
    if answers.zones and others:
        more = sorted([*answers.zones, others[0]])
        yield _with_comment(f"# zones: [{', '.join(more)}]", "with one more zone")


def _domain(answers: Answers, facts: AccountFacts) -> Iterator[str]:
    yield from _prose(
        "The domain name. With it, elbplan creates a certificate, HTTPS, a redirect from HTTP to HTTPS, and the DNS "
        "record. Its zone must be in Route 53. Without it, the load balancer answers HTTP on its own name."
    )
    if answers.serves_domain and answers.take_over:
        yield f"# {answers.domain} had the record: {_comment(answers.record)}"
        yield "domain:"
        yield f"  name: {answers.domain}"
        yield _with_comment("  take_over: true", "elbplan may replace that record")
        yield _with_comment("  # restore: true", "elbplan destroy puts it back")
        return
    if answers.serves_domain:
        yield f"domain: {text_value(answers.domain)}"
    elif answers.domain:
        yield f"# {answers.domain} has the record: {_comment(answers.record)}"
        yield "# With take_over, elbplan may replace it:"
        yield f"# domain: {{name: {text_value(answers.domain)}, take_over: true}}"
    else:
        zone = facts.zones[0].name if facts.zones else "example.com"
        yield f"# domain: {text_value(f'www.{zone}')}"
    for certificate in facts.certificates:
        if answers.domain and certificate.covers(answers.domain):
            yield "# To use a certificate that you have already, instead of a new one:"
            yield f'# domain: {{name: {text_value(answers.domain)}, certificate: "{certificate.arn}"}}'
            return


def _new_servers(facts: AccountFacts) -> Iterator[str]:
    yield from _prose("Servers that elbplan creates. AWS bills them until `elbplan destroy` deletes them.")
    if not facts.account:
        yield "# CHECK: do you have servers already? Then see `targets:` below."
    yield "servers:"
    yield _with_comment("  count: 2", "one in each zone")
    yield _with_comment("  type: t3.micro", "t4g.micro is cheaper")
    yield from SCRIPT.splitlines()
    yield _with_comment("  # key: my-key-pair", "the key pair for SSH")
    yield from _prose("Programs on a new server need a token to read its metadata (IMDSv2). For old programs:", "  ")
    yield "  # imdsv2: optional"


def _targets(answers: Answers) -> Iterator[str]:
    servers = answers.selection.servers
    yield "# The servers that get the requests, and how."
    yield "targets:"
    if answers.selection.tag:
        yield _with_comment(
            f"  instances: {{tag: {text_value(answers.selection.tag)}}}", "every instance that has this tag"
        )
        yield from _named(servers)
    elif servers:
        yield f"  instances: [{', '.join(server.id for server in servers)}]"
        yield from _named(servers)
    else:
        yield from _prose(
            "For servers that you have already: remove the part `servers:` above, and write one of these lines.", "  "
        )
        yield "  # instances: [i-0abc1234def567890]"
        yield "  # instances: {tag: app=web}"
    yield _with_comment(f"  port: {answers.port}", "the port on which the servers answer")
    yield _with_comment(f"  health: {text_value(answers.health)}", "requests go to it while this page is 200")
    yield _with_comment("  # health: {path: /health, every: 10s}", "more often than every 30 s")
    yield _with_comment("  # sticky: 1h", "a visitor stays on one server for an hour")
    yield from _open(answers)


def _named(servers: tuple[Server, ...]) -> Iterator[str]:
    for server in servers[:MOST_NAMED]:
        zone = f", zone {server.zone}" if server.zone else ""
        yield f"  #   {_comment(server.label)}{zone}"
    if more := len(servers) - MOST_NAMED:
        yield from [f"  #   and {more} more"] if more > 0 else []


def _open(answers: Answers) -> Iterator[str]:
    if not answers.selection.servers:
        return
    if answers.open:
        yield from _prose(
            f"The servers' security groups do not open port {answers.port} to everybody. With this line, elbplan adds "
            "a rule that lets the load balancer in, and removes it with the stack.",
            "  ",
        )
        yield "  open: true"
    else:
        yield _with_comment("  # open: true", "elbplan lets the load balancer in")
    yield _with_comment("  # on_destroy: stop", "otherwise elbplan destroy lets them run")


def _more(answers: Answers) -> Iterator[str]:
    yield "# What people often add:"
    yield _with_comment("# protect: true", "AWS refuses to delete the load balancer")
    yield _with_comment("# tags: {team: web}", "tags for every resource")
    yield _with_comment("# expires: 8h", "elbplan destroy --expired deletes it then")
    yield _with_comment("# allow: [203.0.113.0/24]", "only these networks may reach it")
    yield _with_comment("# logs: s3://my-bucket/web", "access logs")
    yield _with_comment("# web_acl: my-web-acl", "a web ACL of AWS WAF that exists")
    yield "# The ports and their rules, if you want others than the default ones:"
    yield "# listeners:"
    if answers.serves_domain:
        yield "#   - {listen: 80/http, redirect: 443/https}"
    yield f"#   - listen: {'443/https' if answers.serves_domain else '80/http'}"
    yield "#     rules: [{path: /old/*, respond: 410}]"
    yield "#     forward: web"
    if answers.serves_domain:
        yield "# A login before the site: see docs/spec/logins.md."
