"""Every example loads, has the expected resources, and is the same after a round trip through the long form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from elbplan.kinds.instance import Instance
from elbplan.spec import expand_text, load

from .kit import GOOD, ROOT, SPECS, stacks


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_each_example_of_the_repository_is_one_stack_with_a_balancer(path: Path) -> None:
    (stack,) = load([str(path)], env={})
    assert {"load_balancer", "listener"} <= {address.kind for address in stack.resources}


def test_examples_have_different_names_so_that_the_folder_is_a_set_of_stacks() -> None:
    assert len({stack.name for stack in load([str(ROOT / "specs")], env={})}) == len(SPECS) >= 8


def test_the_quickstart_has_every_resource_of_an_https_stack() -> None:
    (stack,) = load([str(ROOT / "specs" / "quickstart.yaml")], env={})
    assert [str(address) for address in stack.resources] == [
        "security_group.lb",
        "security_group.web-servers",
        "instance.web-1",
        "instance.web-2",
        "load_balancer.main",
        "target_group.web",
        "targets.web",
        "certificate.main",
        "listener.443",
        "listener.80",
        "record.api.example.com",
    ]
    assert stack.domains == ("api.example.com",)
    assert stack.region == "ap-northeast-2"


@pytest.mark.parametrize("path", [*SPECS, *GOOD], ids=lambda path: path.stem)
def test_the_long_form_of_an_example_means_the_same(path: Path) -> None:
    before = load([str(path)], env={})
    after = stacks(expand_text(before))
    assert [list(stack.resources.items()) for stack in after] == [list(stack.resources.items()) for stack in before]
    assert [stack.spec_hash for stack in after] == [stack.spec_hash for stack in before]
    assert expand_text(after) == expand_text(before)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_servers_of_examples_load_nothing_from_the_network(path: Path) -> None:
    (stack,) = load([str(path)], env={})
    scripts = [server.user_data or "" for server in stack.resources.values() if isinstance(server, Instance)]
    assert not [script for script in scripts if "http://" in script or "https://" in script]


def test_loading_imports_no_aws_client_and_no_terminal_library() -> None:
    code = "import sys, elbplan.spec; print([m for m in ('boto3', 'botocore', 'click', 'rich') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
