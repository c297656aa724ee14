"""What may follow on a command line, by the table of commands and the names around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .sources import Sources
from .table import CommandRow, OptionRow, Table

FILES = ("FILE", "[FILE]")
FOLDERS = ("DIR",)
FORMATS = {"FORMAT": ("text", "html", "md", "mermaid", "json")}
MIGRATIONS = "--migrations"


@dataclass(frozen=True)
class Candidate:
    """A word that may follow. `type` is `plain`, or `file` or `dir` if the shell completes paths itself."""

    value: str
    help: str = ""
    type: str = "plain"


@dataclass
class CommandLine:
    """A command line up to the word that is completed.

    options     the options so far
    positional  the arguments so far, without the names of commands
    pending     the option whose value is completed; None for an argument or option
    closed      `--` was written: only arguments follow
    """

    table: Table
    path: str = ""
    options: list[str] = field(default_factory=list)
    positional: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    pending: OptionRow | None = None
    closed: bool = False

    @classmethod
    def of(cls, table: Table, words: Sequence[str]) -> CommandLine:
        """Reads the words before the word that is completed. Some shells split `--option=value` at the `=`."""
        line = cls(table)
        for word in words:
            if word != "=":
                line._take(word)
        return line

    @property
    def command(self) -> CommandRow:
        """The command that the words name so far."""
        return self.table["commands"][self.path]

    def option(self, name: str) -> OptionRow | None:
        """The option of this name; None if the command has no such option."""
        return next((option for option in self.known if name in option["names"]), None)

    @property
    def known(self) -> list[OptionRow]:
        """The options of the command, and those of every command."""
        return [*self.command["options"], *self.table["shared"]]

    def _take(self, word: str) -> None:
        if self.pending is not None:
            self.values[self.pending["names"][0]] = word
            self.pending = None
        elif word == "--" and not self.closed:
            self.closed = True
        elif word.startswith("-") and not self.closed:
            name, equals, _ = word.partition("=")
            option = self.option(name)
            self.options.append(name)
            self.pending = option if option and option["value"] and not equals else None
        elif word in self.command["commands"] and not self.positional:
            self.path = f"{self.path} {word}".strip()
        else:
            self.positional.append(word)


def complete(table: Table, sources: Sources, words: Sequence[str], incomplete: str) -> list[Candidate]:
    """Returns the words that may stand in place of the incomplete word, in the order in which a shell shows them."""
    line = CommandLine.of(table, words)
    if incomplete == "=":
        incomplete = ""
    if line.pending is not None:
        return _matching(_values_of(line, line.pending, sources, incomplete), incomplete)
    if incomplete.startswith("-") and not line.closed:
        return _option_or_value(line, sources, incomplete)
    if line.command["commands"] and not line.positional:
        return _matching(_commands(line), incomplete)
    return _matching(_arguments(line, sources, incomplete), incomplete)


def _option_or_value(line: CommandLine, sources: Sources, incomplete: str) -> list[Candidate]:
    name, equals, value = incomplete.partition("=")
    option = line.option(name)
    if not equals or option is None:
        return _matching(_options(line), incomplete)
    found = _matching(_values_of(line, option, sources, value), value)
    return [Candidate(f"{name}={each.value}", each.help) for each in found if each.type == "plain"]


def _commands(line: CommandLine) -> Iterator[Candidate]:
    for name in line.command["commands"]:
        yield Candidate(name, line.table["commands"][f"{line.path} {name}".strip()]["help"])
    if not line.path:
        yield Candidate("help", "Show the help of a command")


def _options(line: CommandLine) -> Iterator[Candidate]:
    for option in line.known:
        if option["multiple"] or not set(option["names"]) & set(line.options):
            yield from (Candidate(name, option["help"]) for name in option["names"])


def _values_of(line: CommandLine, option: OptionRow, sources: Sources, incomplete: str) -> Iterable[Candidate]:
    name = option["names"][-1] if len(option["names"]) == 1 else next(n for n in option["names"] if n[:2] == "--")
    if option["choices"]:
        return map(Candidate, option["choices"])
    if name == "--profile":
        return map(Candidate, sources.profiles())
    if option["value"] == "HAZARD":
        return _several(line.table["values"]["HAZARD"], incomplete)
    if option["value"] == "NNNN":
        return _migrations(line, sources)
    return _of_placeholder(line, option["value"], sources)


def _several(values: Sequence[str], incomplete: str) -> Iterator[Candidate]:
    """Values of a list with commas: those that the word does not have yet, after what it has."""
    before, comma, _ = incomplete.rpartition(",")
    given = before.split(",")
    return (Candidate(f"{before}{comma}{value}") for value in values if value not in given)


def _migrations(line: CommandLine, sources: Sources) -> Iterator[Candidate]:
    found = sources.migrations(line.positional, line.values.get(MIGRATIONS, "migrations"))
    return (Candidate(number, title) for number, title in found.items())


def _arguments(line: CommandLine, sources: Sources, incomplete: str) -> Iterable[Candidate]:
    """The candidates for the next argument. The last placeholder of a command may be repeated."""
    if line.path == "" and line.positional[:1] == ["help"]:
        return _commands(line)
    placeholders = [word for text in line.command["arguments"] for word in text.split(" ")]
    if not placeholders:
        return ()
    placeholder = placeholders[min(len(line.positional), len(placeholders) - 1)]
    if len(line.positional) >= len(placeholders) and not placeholder.endswith("..."):
        return ()
    paths = "/" in incomplete or incomplete.startswith((".", "~"))
    if "PATH" in placeholder and paths and not any(p.startswith(incomplete) for p in sources.spec_paths()):
        return (Candidate("", type="file"),)
    if "FILE" in placeholder and "NNNN" not in placeholder and line.path == "rehearse":
        return _migrations(line, sources)
    return [each for each in _of_placeholder(line, placeholder, sources) if each.value not in line.positional]


def _of_placeholder(line: CommandLine, placeholder: str, sources: Sources) -> Iterator[Candidate]:
    words = placeholder.strip("[].").split("|")
    if placeholder in FILES or placeholder in FOLDERS:
        yield Candidate("", type="dir" if placeholder in FOLDERS else "file")
    if "ADDRESS" in words:
        yield from map(Candidate, sources.addresses(line.positional))
    if "STACK" in words:
        yield from (Candidate(name, "stack") for name in sources.stacks())
    if "PATH" in words:
        yield from (Candidate(path, "spec") for path in sources.spec_paths())
    yield from map(Candidate, filter(str.islower, words))  # `bash|zsh|fish` are the values themselves
    for word in words:
        yield from map(Candidate, FORMATS.get(word, ()))
        yield from map(Candidate, line.table["values"].get(word, ()))


def _matching(candidates: Iterable[Candidate], incomplete: str) -> list[Candidate]:
    return [each for each in candidates if each.type != "plain" or each.value.startswith(incomplete)]
