"""The questions of `elbplan init`, each with its default and the reading of an answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..errors import escaped
from ..spec.errors import SpecValueError
from ..spec.short.document import REGION
from ..spec.short.domain_names import domain_name
from ..spec.short.target_words import TAG
from .facts import AccountFacts, HostedZone, Server
from .guess import likely_servers, shared_tags
from .names import is_stack_name, stack_name

T = TypeVar("T")

MOST_LISTED = 20
NEW, NONE, ALL = "new", "none", "all"


class InvalidAnswer(ValueError):
    """An answer that does not fit; the text is the reason, and what to write."""


@dataclass(frozen=True)
class Question(Generic[T]):
    """One question.

    text     the question, without the default
    default  the answer of a person who only presses Enter
    read     turns an answer into a value; raises InvalidAnswer
    choices  lines above the question
    """

    text: str
    default: str
    read: Callable[[str], T]
    choices: tuple[str, ...] = ()


class Ask(Protocol):
    """Asks a question and returns the value of the answer."""

    def __call__(self, question: Question[T], /) -> T: ...


def answer_default(question: Question[T]) -> T:
    """Answers every question with its default."""
    return question.read(question.default)


@dataclass(frozen=True)
class Selection:
    """The servers that get the requests; without any, elbplan creates new ones. `tag` selects them, if it is set."""

    servers: tuple[Server, ...] = ()
    tag: str = ""


def region_question(default: str) -> Question[str]:
    """Asks for the region, if the AWS configuration has none."""

    def read(answer: str) -> str:
        if not REGION.fullmatch(answer):
            raise InvalidAnswer(f"{escaped(answer)} is not a region: write a name like ap-northeast-2 or eu-central-1")
        return answer

    return Question("AWS region", default, read)


def name_question(default: str, in_use: Container[str], taken: Callable[[str], str]) -> Question[str]:
    """Asks for the stack's name. `taken` returns why a name cannot be used for the file, or nothing."""

    def read(answer: str) -> str:
        if not is_stack_name(answer):
            advice = f"for example {stack_name(answer)}"
            raise InvalidAnswer(f"write at most 24 small letters a-z, digits and dashes, with a letter first: {advice}")
        if answer in in_use:
            raise InvalidAnswer(f"there is a stack {answer} already: choose another name")
        if reason := taken(answer):
            raise InvalidAnswer(reason)
        return answer

    return Question("Name of the stack", default, read)


def servers_question(facts: AccountFacts) -> Question[Selection]:
    """Asks which instances get the requests: by number, id or tag, or new servers."""
    tag, likely = likely_servers(facts)
    numbers = ",".join(str(facts.running.index(server) + 1) for server in likely)
    rows = [_row(number, server) for number, server in enumerate(facts.running[:MOST_LISTED], 1)]
    if more := len(facts.running) - len(rows):
        rows.append(f"     and {more} more: name them by id or by tag")
    return Question(
        "Servers that get the requests",
        tag or numbers or NEW,
        lambda answer: _selection(facts, answer),
        (f"Running instances in {facts.region}:", *rows, "Write numbers, ids, a tag KEY=VALUE, or new."),
    )


def _row(number: int, server: Server) -> str:
    tags = " ".join(f"{key}={value}" for key, value in sorted(server.own_tags.items()))
    return "  ".join(filter(None, (f"{number:>4}", server.label, f"zone {server.zone}" if server.zone else "", tags)))


def _selection(facts: AccountFacts, answer: str) -> Selection:
    if answer.lower() == NEW:
        return Selection()
    if answer.lower() == ALL:
        return Selection(_in_one_vpc(facts.running))
    tag = answer.removeprefix("tag ").strip()
    if TAG.fullmatch(tag):
        return Selection(_in_one_vpc(_tagged(facts, tag)), tag)
    words = re.split(r"[\s,]+", answer.strip(" ,"))
    chosen = [server for word in words for server in _named(facts.running, word)]
    return Selection(_in_one_vpc(_by_id(chosen)))


def _by_id(servers: Sequence[Server]) -> list[Server]:
    return list({server.id: server for server in servers}.values())


def _tagged(facts: AccountFacts, tag: str) -> list[Server]:
    key, _, value = tag.partition("=")
    servers = [server for server in facts.servers if server.tags.get(key) == value]
    if not servers:
        known = ", ".join(list(shared_tags(facts))[:3])
        raise InvalidAnswer(
            f"no instance has the tag {escaped(tag)}" + (f"; instances share: {known}" if known else "")
        )
    if stopped := [server for server in servers if not server.running]:
        names = ", ".join(server.label for server in stopped)
        raise InvalidAnswer(f"the tag {escaped(tag)} also selects instances that do not run: {names}. Write numbers")
    return servers


def _named(servers: Sequence[Server], word: str) -> list[Server]:
    """The servers of a number, a range `1-3`, an id or a name."""
    if named := [server for server in servers if word in (server.id, server.name)]:
        return named
    numbers = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", word, re.ASCII)
    if not numbers:
        raise InvalidAnswer(f"{escaped(word)} is no number, id or tag: write for example 1,2 or app=web, or new")
    first, last = int(numbers[1]), int(numbers[2] or numbers[1])
    if not 1 <= first <= last <= len(servers):
        raise InvalidAnswer(f"there is no number {escaped(word)}: write numbers from 1 to {len(servers)}, or new")
    return list(servers[first - 1 : last])


def _in_one_vpc(servers: Sequence[Server]) -> tuple[Server, ...]:
    vpcs = sorted({server.vpc for server in servers})
    if len(vpcs) > 1:
        example = " and ".join(next(s.label for s in servers if s.vpc == vpc) for vpc in vpcs[:2])
        raise InvalidAnswer(f"{example} are in different VPCs ({', '.join(vpcs)}): choose servers of one VPC")
    return tuple(servers)


def port_question(default: int) -> Question[int]:
    """Asks on which port the servers listen."""

    def read(answer: str) -> int:
        if not re.fullmatch(r"\d{1,5}", answer, re.ASCII) or not 1 <= int(answer) <= 65535:
            raise InvalidAnswer(f"{escaped(answer)} is not a port: write a number from 1 to 65535")
        return int(answer)

    return Question("Port on which they answer HTTP", str(default), read)


def health_question(default: str) -> Question[str]:
    """Asks for the page of the health check."""

    def read(answer: str) -> str:
        if not re.fullmatch(r"/[!-~]{0,1023}", answer, re.ASCII):
            raise InvalidAnswer(f"{escaped(answer)} is not a path: write the part behind the host name, like /health")
        return answer

    return Question("Page for the health check (answers 200)", default, read)


def domain_question(facts: AccountFacts, suggested: Sequence[str]) -> Question[str]:
    """Asks for the domain name; the value is empty for none."""
    zones = [zone.name for zone in facts.zones]
    rows = [f"{number:>4}  {name}" for number, name in enumerate(suggested[:MOST_LISTED], 1)]
    default = suggested[0] if len(suggested) == 1 else NONE
    return Question(
        "Domain name for HTTPS",
        default,
        lambda answer: _domain(facts, answer, suggested),
        (
            f"Hosted zones: {', '.join(zones[:MOST_LISTED])}",
            *rows,
            "Write a number, another name in these zones, or none.",
        ),
    )


def _domain(facts: AccountFacts, answer: str, suggested: Sequence[str]) -> str:
    if answer.lower() in (NONE, "-", "no"):
        return ""
    if answer.isdigit() and answer.isascii():
        if not 1 <= int(answer) <= len(suggested):
            raise InvalidAnswer(f"there is no number {answer}: write a name like www.{facts.zones[0].name}, or none")
        answer = suggested[int(answer) - 1]
    try:
        name = domain_name(answer)
    except SpecValueError as problem:
        raise InvalidAnswer(f"{problem.what}: {problem.hint}") from None
    zones = zones_of(facts, name)
    if not zones:
        known = ", ".join(zone.name for zone in facts.zones)
        raise InvalidAnswer(f"{name} is in no hosted zone of this account ({known})")
    if len(zones) > 1:
        ids = ", ".join(zone.id for zone in zones)
        raise InvalidAnswer(f"{len(zones)} public zones have the name {zones[0].name} ({ids}): answer none, and see "
                            "`domain` in docs/spec.md")  # fmt: skip
    return name


def zones_of(facts: AccountFacts, name: str) -> list[HostedZone]:
    """Returns the hosted zones with the longest match for a domain name: one, unless two have the same name."""
    fits = [zone for zone in facts.zones if name == zone.name or name.endswith(f".{zone.name}")]
    longest = max((len(zone.name) for zone in fits), default=0)
    return [zone for zone in fits if len(zone.name) == longest]


def take_over_question(name: str, record: str) -> Question[bool]:
    """Asks whether a name that has a record moves to the load balancer."""

    def read(answer: str) -> bool:
        if answer.lower() not in ("y", "yes", "n", "no"):
            raise InvalidAnswer("write yes or no")
        return answer.lower().startswith("y")

    return Question("Replace it when the load balancer works?", "no", read, (f"{name} has the record {record} now.",))
