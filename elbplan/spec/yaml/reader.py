"""Reads YAML text as trees, with the position of every key and value, and without YAML's usual traps.

PyYAML's composer recurses without limit and ignores duplicate keys. So this module uses only PyYAML's scanner and
parser, and builds the trees from the parser's events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from ...core.hidden import Hidden, HiddenNumber
from ...errors import Problem
from .aliases import MAX_DEPTH, Layout, UnreadableYaml, UnreadScalar, YamlNode
from .scalars import TooLarge, scalar_value
from .tree import BREAK, Source, SourceSpan, Tree
from .variables import BadVariable, read
from .yaml_messages import explain_error

SURROGATE = re.compile("[\ud800-\udfff]")
Tagged = yaml.ScalarEvent | yaml.CollectionStartEvent
STRING_TAGS = (None, "!", "tag:yaml.org,2002:str")
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class TreeBuilder:
    """Builds the trees of one source, and collects the problems after which it can go on."""

    source: Source
    env: Mapping[str, str]
    lenient: bool = False
    """If true, the text of a variable that is not set stays as it is."""
    problems: list[Problem] = field(default_factory=list)

    def documents(self) -> Iterator[Tree]:
        """Returns every document up to the first syntax error."""
        bad = FORBIDDEN.search(self.source.text)
        if bad:
            spot = _spot_at(self.source.text, bad.start())
            self._note(
                spot, f"YAML does not allow this character (U+{ord(bad[0]):04X})", "check that this is a text file"
            )
            return
        try:
            yield from self._documents()
        except UnreadableYaml as error:
            self._note(error.spot, error.what, error.hint)

    def _documents(self) -> Iterator[Tree]:
        events = _events(self.source)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors: dict[str, YamlNode] = {}
                root = self._node(next(events), events, 0)
                tree = self._laid_out(root)
                if tree:
                    yield tree

    def _note(self, spot: SourceSpan, what: str, hint: str = "") -> None:
        self.problems.append(self.source.problem(spot, what, hint))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> YamlNode:
        spot = _spot(event)
        if depth > MAX_DEPTH:
            raise UnreadableYaml(spot, f"nested more than {MAX_DEPTH} levels deep", "a spec does not need this")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, spot)
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, spot)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_tag(event, "tag:yaml.org,2002:seq")
            node = YamlNode(spot, items=tuple(self._items(events, depth)))
        else:
            assert isinstance(event, yaml.MappingStartEvent)
            self._refuse_tag(event, "tag:yaml.org,2002:map")
            node = YamlNode(spot, pairs=tuple(self._pairs(events, depth)))
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent, spot: SourceSpan) -> YamlNode:
        if event.anchor not in self._anchors:
            hint = f'if this is text, quote it: "*{event.anchor}"'
            raise UnreadableYaml(spot, f"the alias *{event.anchor} has no anchor &{event.anchor} before it", hint)
        return self._anchors[event.anchor]

    def _refuse_tag(self, event: Tagged, default: str) -> None:
        if event.tag not in (None, "!", default):
            shown = str(event.tag).replace("tag:yaml.org,2002:", "!!").rstrip(",")
            raise UnreadableYaml(
                SourceSpan(_spot(event).line, _spot(event).column, len(shown)),
                f"{shown} is a YAML tag, and specs cannot use tags",
                f'if the value starts with "!", quote it: "{shown}"',
            )

    def _scalar(self, event: yaml.ScalarEvent, spot: SourceSpan) -> YamlNode:
        plain = event.implicit[0] and event.style is None
        if not plain:
            self._refuse_tag(event, "tag:yaml.org,2002:str")
        try:
            text = read(event.value, self.env, lenient=self.lenient)
            if SURROGATE.search(text):
                self._note(spot, "half of a surrogate pair is not a character")
                return YamlNode(spot, UnreadScalar())
            value = scalar_value(text) if plain else text
            origin = event.value if isinstance(text, Hidden) else ""
            if origin and isinstance(value, int) and not isinstance(value, bool):
                value = HiddenNumber(value, origin)
            return YamlNode(spot, text if isinstance(value, str) else value, origin=origin)
        except BadVariable as bad:
            self._note(spot, str(bad), bad.hint)
        except TooLarge:
            self._note(spot, "this number is too large", "if this is text, quote it")
        return YamlNode(spot, UnreadScalar())

    def _items(self, events: Iterator[yaml.Event], depth: int) -> Iterator[YamlNode]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, events, depth + 1)

    def _pairs(self, events: Iterator[yaml.Event], depth: int) -> Iterator[tuple[str, SourceSpan, YamlNode]]:
        seen: dict[str, SourceSpan] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key, spot = self._key(event), _spot(event)
            value = self._node(next(events), events, depth + 1)
            if key in seen:
                hint = f"it is also in line {seen[key].line}; keep one of the two"
                self._note(spot, f'this map has the key "{key}" twice', hint)
            else:
                yield key, spot, value
            seen.setdefault(key, spot)

    def _key(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableYaml(
                _spot(event),
                f"the alias *{event.anchor} cannot be a key",
                f'if this is text, quote it: "*{event.anchor}"',
            )
        if not isinstance(event, yaml.ScalarEvent):
            what = "a key must be text, not a list or a map"
            raise UnreadableYaml(_spot(event), what, "quote text that starts with [ or {")
        if event.tag not in STRING_TAGS or SURROGATE.search(event.value):
            self._refuse_tag(event, "tag:yaml.org,2002:str")
            raise UnreadableYaml(_spot(event), "half of a surrogate pair is not a character")
        return str(event.value)

    def _laid_out(self, root: YamlNode) -> Tree | None:
        layout = Layout()
        try:
            data = layout.put((), root)
        except UnreadableYaml as error:
            self._note(error.spot, error.what, error.hint)
            return None
        return Tree(self.source, data, _start(root), layout.keys, layout.values, layout.origins)


def _events(source: Source) -> Iterator[yaml.Event]:
    """The parser's events. Raises UnreadableYaml in place of the parser's errors."""
    last = SourceSpan(1, 1)
    try:
        for event in yaml.parse(source.text, Loader=yaml.SafeLoader):
            last = _spot(event)
            yield event
    except yaml.MarkedYAMLError as error:
        spot, what, hint = explain_error(error, source, last)
        raise UnreadableYaml(spot, what, hint) from None
    except (yaml.YAMLError, ValueError, OverflowError, LookupError, TypeError, AttributeError):
        # The scanner raises other errors for some escapes ("\UFFFFFFFF").
        raise UnreadableYaml(last, "this is not valid YAML", "check the quotes and escapes after this place") from None


def _spot(event: yaml.Event) -> SourceSpan:
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return SourceSpan(1, 1)
    width = end.column - start.column if end.line == start.line else 999
    if isinstance(event, yaml.CollectionStartEvent):
        width = 1
    return SourceSpan(start.line + 1, start.column + 1, max(1, width))


def _spot_at(text: str, index: int) -> SourceSpan:
    before = BREAK.split(text[:index])
    return SourceSpan(len(before), len(before[-1]) + 1)


def _start(root: YamlNode) -> SourceSpan:
    """The place of a document: its first key, which is clearer than the `---` before it."""
    return root.pairs[0][1] if root.pairs else root.spot
