"""The changes of a plan, one row a resource: symbol, kind, name, what changes, and how long it usually takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from ..core.address import Address
from ..core.change import Change
from ..core.hidden import redacted
from ..core.kind import Kinds
from ..core.plan import Plan
from ..core.resource import Resource
from ..kinds.elastic_ip import ElasticIp
from ..kinds.record import Record
from .differences import ALL, BRIEF, field_text
from .follow import followers, followers_text, own_differences, serving
from .given_settings import given_settings
from .layout import WIDEST, flow, padded, shortened_inside, wrapped
from .phases import DRAINED, gate_of
from .servers import summary_of, with_names
from .style import COLOURS, SYMBOLS, Style
from .summaries import row_name, summary_of_row, user_of
from .words import title_of, wording

ORDER = ("adopt", "create", "update", "take-over", "replace", "recreate", "stop", "delete")

MIN_SUMMARY = 20
"""If a row has fewer columns for its summary, the summary moves below the name."""

OLD_FIRST = "the old one goes first: see the hazards"

IN_PLACE = " (AWS cannot change it in place)"


def shown_action(change: Change, plan: Plan) -> str:
    """Returns the action of the row: a record that takes the place of one of others replaces it."""
    if change.action == "create" and change.address in plan.replaced:
        return "take-over"
    if change.action == "replace" and is_deleted_first(change, plan):
        return "recreate"
    return change.action


def is_deleted_first(change: Change, plan: Plan) -> bool:
    """True if the plan deletes the old side of a replacement before it creates the new one."""
    order = {(step.do, step.address): number for number, step in enumerate(plan.steps)}
    old = order.get(("delete", live_address(change)))
    new = order.get(("create", change.address))
    return old is not None and new is not None and old < new


def live_address(change: Change) -> Address:
    """Returns the address of the live resource, which is the old side of a replacement, or of the new resource."""
    return change.live.address if change.live else change.address


Note = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """One row in plain text.

    aside  the usual reason of a replacement or a delete; left out where the row has no room, since the symbol says it
    short  the text is not a change, so it may be dim
    time   how long it usually takes; empty: not long, or nobody knows
    below  further lines: their first letters, their text and its colour
    """

    action: str
    title: str
    name: str
    text: str
    aside: str
    short: bool
    time: str
    below: Sequence[Note]


def change_rows(plan: Plan, kinds: Kinds, *, detail: bool = False) -> list[Row]:
    """Returns the rows of all changes. Without `detail`, what only follows from a replacement is one line below it."""
    folded = {} if detail else followers(plan, kinds)
    hidden = {change.address for changes in folded.values() for change in changes}
    builder = _RowBuilder(plan, kinds, detail)
    shown = [change for change in plan.changes if change.address not in hidden]
    rows = [builder.row(change, folded.get(change.address, ())) for change in shown]
    return sorted(rows, key=lambda row: ORDER.index(row.action))


def row_lines(rows: Sequence[Row], style: Style) -> Iterator[Text]:
    """Yields the lines of the rows, which all have the same columns."""
    columns = _Columns.of(rows, style)
    for row in rows:
        yield from columns.lines(row, style)


class _RowBuilder:
    """Makes the text of each row."""

    def __init__(self, plan: Plan, kinds: Kinds, detail: bool) -> None:
        self.plan, self.kinds, self.detail = plan, kinds, detail
        self.wording = wording(plan)

    def row(self, change: Change, following: Sequence[Change]) -> Row:
        """Returns the row of a change, with what follows from it."""
        address = change.address
        resource = (change.before if change.action == "stop" else change.after) or change.before
        assert resource is not None
        changed = change.action in ("update", "replace") and change.before is not None and change.after is not None
        summary = self._summary(address, resource, change)
        handed_over = change.action == "update" and not changed
        text = self._changes(change) if changed else summary + self._left_over(change)
        text = with_names(self.wording(change.because), self.plan.servers) if handed_over else text
        below = [*self._notes(change), *([("", summary, "dim")] if changed and self.detail else [])]
        below += [("", given, "dim")] if (given := self._given(change)) else []
        below += [("└ ", followers_text(following, address), "")] if following else []
        action, name = shown_action(change, self.plan), row_name(address, resource)
        title, aside = title_of(address.kind), self._aside(change, action)
        return Row(action, title, name, text, aside, not changed, self._time(change), below)

    def _summary(self, address: Address, resource: Resource, change: Change) -> str:
        shown = redacted(resource, change.after)
        summary = user_of(address, self.plan) if isinstance(shown, ElasticIp) and not shown.instance else ""
        summary = summary or summary_of_row(address, shown, self.kinds, full=self.detail)
        return self.wording(summary_of(resource, summary, self.plan.servers))

    def _given(self, change: Change) -> str:
        """With `--detail`, the settings of a new resource."""
        new = change.after if self.detail and change.action == "create" else None
        return given_settings(new) if new is not None else ""

    def _changes(self, change: Change) -> str:
        """What differs, and whether AWS can change it in place."""
        assert change.before is not None
        assert change.after is not None
        after = self.kinds[change.address.kind].with_live_defaults(change.after, change.before)
        most = ALL if self.detail else BRIEF
        fields = own_differences(change, self.kinds) or change.fields
        fixed = [field for field in fields if change.action == "replace" and field in change.fields]
        texts = [
            field_text(change.before, after, field, most) for field in [*fixed, *(f for f in fields if f not in fixed)]
        ]
        first = [OLD_FIRST] if shown_action(change, self.plan) == "recreate" else []
        name = f"{change.after.name}: " if isinstance(change.after, Record) else ""
        return with_names(self.wording(name + "; ".join([*(texts or [change.because]), *first])), self.plan.servers)

    def _aside(self, change: Change, action: str) -> str:
        """Why a resource is replaced or deleted; a delete of the whole stack needs no reason."""
        if action == "replace":
            return IN_PLACE
        in_spec = action != "delete" or not self.plan.desired or change.address.deposed
        return "" if in_spec else f" ({change.because})"

    def _left_over(self, change: Change) -> str:
        """Whether the old side of an earlier replacement, which did not end, still gets requests."""
        if change.action != "delete" or not change.address.deposed or not self.plan.desired:
            return ""
        serves = change.address in serving(self.plan)
        return " (it serves until the new one takes over)" if serves else " (left over: nothing uses it)"

    def _notes(self, change: Change) -> Iterator[Note]:
        """What a record replaced or replaces, and whether it comes back."""
        address = live_address(change)
        if text := self.plan.replaced.get(change.address):
            yield "", _replaced_text(text, change), COLOURS["replace"]
        if text := self.plan.restored.get(address):
            yield "", f"{text} comes back, as before elbplan", COLOURS["create"]
        if text := self.plan.not_restored.get(address):
            yield "", f"was {text}", COLOURS["delete"]

    def _time(self, change: Change) -> str:
        """`~2-3 min`: the longest usual wait of the resource. Less than a minute is not worth a word."""
        steps = [step for step in self.plan.steps if step.do == "wait" and step.address == change.address]
        usual = [gate.usual for step in steps if (gate := gate_of(step, self.kinds)) and step.until != DRAINED]
        long = [text for text in usual if text and not text.startswith("<")]
        return f"~{long[0]}" if long and long[0][0].isdigit() else "".join(long[:1])


def _replaced_text(text: str, change: Change) -> str:
    """What a record replaces, whose it is, and whether it comes back."""
    old, unkept, why = text.partition("; elbplan cannot keep it")
    assert isinstance(change.after, Record)
    foreign = "" if old.startswith("the record of ") else ", not elbplan's"
    kept = (
        "destroy brings it back" if change.after.restore else "without `restore: true`, destroy does not bring it back"
    )
    return f"was {old}{foreign}{unkept}{why}; {'destroy does not bring it back' if unkept else kept}"


@dataclass(frozen=True)
class _Columns:
    """The widths of the columns of all rows. A name that is longer than its column has a line of its own."""

    symbol: int
    title: int
    name: int

    @classmethod
    def of(cls, rows: Sequence[Row], style: Style) -> _Columns:
        most = 10 if style.width < 72 else 16 if style.width < 100 else 24
        names = [width for row in rows if (width := cell_len(style.clean(row.name))) <= most]
        symbols = [len(style.clean(SYMBOLS[row.action])) for row in rows]
        titles = [len(row.title) for row in rows]
        return cls(max(symbols, default=1), max(titles, default=0), max(names, default=0))

    def lines(self, row: Row, style: Style) -> Iterator[Text]:
        """Yields the lines of one row: its text wraps below its own start."""
        edge = min(style.width, WIDEST)
        head = style.line(
            "  ",
            (padded(style.clean(SYMBOLS[row.action]), self.symbol), f"bold {COLOURS[row.action]}"),
            f" {padded(row.title, self.title)}  ",
        )
        start = head.cell_len
        time = f"  {row.time}" if row.time else ""
        name, text = style.clean(row.name), style.clean(row.text)
        indent = start + self.name + 2
        colour = "dim" if row.short else ""
        fits = start + cell_len(name) + 2 + cell_len(text) + len(time) <= edge
        if not fits and (cell_len(name) > self.name or edge - indent - len(time) < MIN_SUMMARY):
            head.append(shortened_inside(name, edge - start - len(time), "..." if style.ascii else "…"))
            yield _with_time(head, time, edge)
            indent = start + 2 if edge - start - 2 >= MIN_SUMMARY else self.symbol + 5
            yield from (Text(" " * indent).append(line, colour) for line in wrapped(text, edge - indent))
        else:
            room = edge - start - max(cell_len(name), self.name) - 2 - len(time)
            text += row.aside if cell_len(text + row.aside) <= room else ""
            first, *rest = wrapped(text, room)
            head.append(f"{padded(name, self.name)}  ").append(first, colour)
            yield _with_time(head, time, edge)
            yield from (Text(" " * indent).append(line, colour) for line in rest)
        for mark, note, note_colour in row.below:
            yield from flow(style, style.line(" " * (self.symbol + 5), (mark, "dim")), note, note_colour)


def _with_time(line: Text, time: str, edge: int) -> Text:
    line.rstrip()
    if time:
        line.append(" " * (edge - line.cell_len - len(time))).append(time, "dim")
    return line
