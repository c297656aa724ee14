"""One command server and one simulator for each process of the tests; a page begins with an empty simulator."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .command_server import CommandServer
from .reader import Reader


@pytest.fixture(scope="session")
def command_server() -> Iterator[CommandServer]:
    # A Unix socket needs a short path.
    with tempfile.TemporaryDirectory(prefix="elbplan-docs-") as folder:
        server = CommandServer(Path(folder))
        yield server
        server.close()


@pytest.fixture(scope="session")
def simulator(command_server: CommandServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yields the folder of the simulator, which the first page starts."""
    folder = tmp_path_factory.mktemp("simulator")
    yield folder
    Reader(tmp_path_factory.mktemp("last"), folder, command_server).run("elbplan sandbox stop")


@pytest.fixture
def reader(tmp_path: Path, simulator: Path, command_server: CommandServer) -> Reader:
    return Reader(tmp_path, simulator, command_server)
