"""YAML text to trees: from the parser's events, with every position kept and the language's traps closed.

PyYAML's own composer recurses without limit and forgets duplicate keys; its parser and scanner do neither, so only
those are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from ...core.hidden import Hidden, HiddenNumber
from ...errors import Problem
from .aliases import DEEPEST, Layout, Stop, UnreadScalar, YamlNode
from .scalars import TooLarge, scalar_value
from .tree import BREAK, Source, SourceSpan, Tree
from .variables import BadVariable, read
from .yaml_messages import explained

SURROGATE = re.compile("[\ud800-\udfff]")
Tagged = yaml.ScalarEvent | yaml.CollectionStartEvent
STRING_TAGS = (None, "!", "tag:yaml.org,2002:str")
FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class TreeBuilder:
    """Turns one source's events into trees; collects problems that need not stop the reading."""

    source: Source
    env: Mapping[str, str]
    lenient: bool = False
    """Does a variable that is not set stay as it is written?"""
    problems: list[Problem] = field(default_factory=list)

    def documents(self) -> Iterator[Tree]:
        """Every document that can be read; after a syntax error there are no more."""
        bad = FORBIDDEN.search(self.source.text)
        if bad:
            spot = _spot_at(self.source.text, bad.start())
            self._note(spot, f"this character (U+{ord(bad[0]):04X}) cannot stand in YAML", "is this a text file?")
            return
        try:
            yield from self._documents()
        except Stop as stop:
            self._note(stop.spot, stop.what, stop.hint)

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
        if depth > DEEPEST:
            raise Stop(spot, f"nested more than {DEEPEST} levels deep", "no key of a spec needs that")
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
            hint = f'if it is meant as text, quote it: "*{event.anchor}"'
            raise Stop(spot, f"*{event.anchor} repeats an anchor &{event.anchor} that is not there", hint)
        return self._anchors[event.anchor]

    def _refuse_tag(self, event: Tagged, usual: str) -> None:
        if event.tag not in (None, "!", usual):
            shown = str(event.tag).replace("tag:yaml.org,2002:", "!!").rstrip(",")
            raise Stop(
                SourceSpan(_spot(event).line, _spot(event).column, len(shown)),
                f"{shown} is a YAML tag, which a spec does not use",
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
            self._note(spot, "this number is too large for anything", "quote it if it is meant as text")
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
                hint = f"it is in line {seen[key].line} already; keep one of the two"
                self._note(spot, f'the key "{key}" stands here twice', hint)
            else:
                yield key, spot, value
            seen.setdefault(key, spot)

    def _key(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent):
            raise Stop(
                _spot(event),
                f"*{event.anchor} stands where a key should",
                f'if it is meant as text, quote it: "*{event.anchor}"',
            )
        if not isinstance(event, yaml.ScalarEvent):
            raise Stop(_spot(event), "a key must be a word, not a list or a map", "quote text that starts with [ or {")
        if event.tag not in STRING_TAGS or SURROGATE.search(event.value):
            self._refuse_tag(event, "tag:yaml.org,2002:str")
            raise Stop(_spot(event), "half of a surrogate pair is not a character")
        return str(event.value)

    def _laid_out(self, root: YamlNode) -> Tree | None:
        layout = Layout()
        try:
            data = layout.put((), root)
        except Stop as stop:
            self._note(stop.spot, stop.what, stop.hint)
            return None
        return Tree(self.source, data, _start(root), layout.keys, layout.values, layout.origins)


def _events(source: Source) -> Iterator[yaml.Event]:
    """The parser's events; its complaints become a Stop in plain words."""
    last = SourceSpan(1, 1)
    try:
        for event in yaml.parse(source.text, Loader=yaml.SafeLoader):
            last = _spot(event)
            yield event
    except yaml.MarkedYAMLError as error:
        spot, what, hint = explained(error, source, last)
        raise Stop(spot, what, hint) from None
    except (yaml.YAMLError, ValueError, OverflowError, LookupError, TypeError, AttributeError):
        # The scanner trips over some escapes ("\UFFFFFFFF") without saying so.
        raise Stop(last, "this is not YAML from here on", "look at the quotes and escapes that follow") from None


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
    """The first key says better where a document begins than the `---` before it."""
    return root.pairs[0][1] if root.pairs else root.spot
