"""Checks `on_destroy:`: it concerns only instances that the spec names by id or tag."""

from __future__ import annotations

from collections.abc import Iterator

from ....core.address import Address
from ...short.groups import ShortGroup
from ...yaml.tree import YamlPath
from .subject import Subject

WHAT = "on_destroy concerns only instances that the spec names by id or tag"
HINT = "remove it; a destroy always deletes the servers that elbplan creates, and keeps all other targets"


def check(subject: Subject) -> None:
    """Reports an `on_destroy:` that concerns no instance."""
    built = all(address in subject.resources for address in subject.drafts if address.kind == "targets")
    if not built or not subject.report.complete("targets", "groups"):
        return
    for path, group in _useless(subject):
        subject.report.at(path, f"{WHAT}, and {group} names none", HINT, key=True)
    if subject.short.on_destroy and not any(targets.named_instances for _, targets in subject.of("targets")):
        subject.report.at(("on_destroy",), f"{WHAT}, and this spec names none", HINT, key=True)


def _useless(subject: Subject) -> Iterator[tuple[YamlPath, str]]:
    """The places of `on_destroy:` in groups that name no instances."""
    for address, targets in subject.of("targets"):
        draft = subject.drafts[address]
        if "on_destroy" in draft.fields and not targets.named_instances:
            yield draft.place(("on_destroy",)), f'the group "{address.name}"'
    for name, path, group in _short_groups(subject):
        if group.on_destroy and Address("targets", name) not in subject.drafts:
            yield (*path, "on_destroy"), f'the group "{name}"'


def _short_groups(subject: Subject) -> Iterator[tuple[str, YamlPath, ShortGroup]]:
    if subject.short.targets:
        yield "web", ("targets",), subject.short.targets
    for name, group in (subject.short.groups or {}).items():
        yield name, ("groups", name), group
