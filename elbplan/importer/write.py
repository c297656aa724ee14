"""The text of an imported spec: a head, the shortest form, what it does not have, and what it adopts. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from ..errors import ElbplanError, SpecProblem, escaped
from ..spec import load_text
from ..spec.yaml.tree import Source
from .defaults import minimal
from .rest import complete
from .short import short_document
from .source import ImportSource
from .yaml_text import yaml_text

WIDTH = 100


def spec_text(source: ImportSource, stack: str, file: str, when: str) -> str:
    """The spec as YAML, which elbplan has loaded once. `file` is where it will be, `when` a date for people.

    Raises ElbplanError if no spec can say what AWS has.
    """
    try:
        document = minimal(source, complete(source, *short_document(source, stack)))
    except SpecProblem as problem:
        what = f"elbplan cannot write a spec of {source.title}: {problem.problems[0].what}"
        raise ElbplanError(what, hint="this is a defect in elbplan; please report it") from None
    adopt = {"adopt": {str(address): id for address, id in source.ids.items()}} if source.ids else {}
    body = CLIENT_ID.sub(_secret_hint(stack), yaml_text(document, source.labels))
    parts = [_comment(_head(source, file, when)), body, _comment(_left(source))]
    parts += [_comment(ADOPT), yaml_text(adopt, {})] if adopt else []
    text = "\n".join(part for part in parts if part)
    load_text(Source(file, text, "."), {})
    return text


CLIENT_ID = re.compile(r"^( +)client_id: .*$", re.MULTILINE)


def _secret_hint(stack: str) -> str:
    """A comment after the client id of a login: where the secret would stand, which AWS never returns."""
    why = "AWS keeps the secret it has; only a new login needs this line"
    return rf"\g<0>\n\g<1># client_secret: ssm:/{stack}/oidc  ({why})"


ADOPT = (
    "These exist. `elbplan apply` writes its tags on them and changes nothing else.",
    "After that, these lines have no effect.",
)


def _head(source: ImportSource, file: str, when: str) -> Iterator[str]:
    """What the file is, where it came from, and what to do next."""
    origin = "as it is in AWS: imported" if source.ids else "translated"
    yield f"{source.title[:1].upper()}{source.title[1:]}, {origin} {when},"
    yield f"account {source.account}, {source.region}: {source.arn}"
    yield from source.notes
    yield f"  elbplan plan {file}     shows what elbplan would do"
    if source.ids:
        yield f"  elbplan apply {file}    takes it over as it is: tags only"
    else:
        yield f"  elbplan apply {file}    creates it, waits until its targets are healthy, and moves the records"
        yield f"  elbplan verify {file}   shows whether it answers"
    yield from (f"  {command}" for command, _ in source.afterwards)


def _left(source: ImportSource) -> Iterator[str]:
    """What the spec does not have."""
    if source.not_imported:
        yield "Not in this spec, and never touched by elbplan:" if source.ids else "What the new one does otherwise:"
        yield from (f"- {escaped(str(left))}" for left in source.not_imported)


def _comment(lines: Iterator[str] | tuple[str, ...]) -> str:
    """The lines as comments; long ones are wrapped."""
    wrapped = [part for line in lines for part in _wrapped(line)]
    return "".join(f"# {line}\n" for line in wrapped)


def _wrapped(line: str) -> list[str]:
    indent = "  " if line.startswith("- ") else ""
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
