"""`elbplan prices` and `elbplan prices refresh`, with a fake price list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.errors import AwsProblem
from elbplan.sandbox.box import Box
from tests.cost.price_list import ORDINARY, PriceListCloud, balancer

from .kit import CommandResult, PipeStream, Shell

SEOUL = "ap-northeast-2"
DENIED = AwsProblem(
    "AWS refused GetProducts: not authorized (AccessDeniedException)",
    hint="the credentials need the permission pricing:GetProducts",
    code="AccessDeniedException",
)


class PriceShell:
    """Runs `elbplan prices` with a price list, and with a cache folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.environ = {"XDG_CACHE_HOME": str(folder), "AWS_REGION": SEOUL}
        self.file = folder / "elbplan" / "prices.json"

    def run(self, *words: str, cloud: PriceListCloud | None = None) -> CommandResult:
        out, err = PipeStream(), PipeStream()
        fake = cloud or PriceListCloud()
        code = run(("prices", *words), Terminal(PipeStream(), out, err, self.environ), lambda region: fake)
        return CommandResult(code, out.getvalue(), err.getvalue())

    def refresh(self, items: Sequence[str] = ORDINARY, *words: str) -> CommandResult:
        return self.run("refresh", *words, cloud=PriceListCloud(items))

    def price(self, name: str) -> str | None:
        price = self.run("--json").document["prices"][name]
        return price and str(price["price"])


@pytest.fixture
def shell(tmp_path: Path) -> PriceShell:
    return PriceShell(tmp_path)


def test_the_table_is_shown_with_dates_and_sources_and_without_aws(shell: PriceShell) -> None:
    cloud = PriceListCloud()
    shown = shell.run(cloud=cloud)
    assert (shown.code, cloud.calls) == (0, [])
    assert "ap-northeast-2 · US dollars · table of 2026-10-15" in shown.out
    assert "application load balancer" in shown.out
    assert "2026-10-15  AWS price list, AmazonEC2" in shown.out
    assert shell.run("--json").document["prices"]["application-hour"] == {
        "price": "0.0225", "source": "AWS price list, AmazonEC2", "date": "2026-10-15",
    }  # fmt: skip


def test_unknown_prices_are_said_to_be_unknown(shell: PriceShell) -> None:
    shown = shell.run("--region", "ap-east-2")
    assert "elbplan prices refresh --region ap-east-2" in shown.out
    (line,) = [line for line in shown.out.splitlines() if "application load balancer" in line]
    assert line.split()[-1] == "unknown"
    assert "no prices of cn-north-1" in shell.run("--region", "cn-north-1").out


def test_a_refresh_is_used_by_later_commands(shell: PriceShell) -> None:
    done = shell.refresh()
    assert done.code == 0, done.err
    assert "application-hour: $0.0225 → $0.024" in done.out
    assert f"written to {shell.file}" in done.out
    assert shell.price("application-hour") == "0.024"
    assert shell.price("instance:m5.large") == "0.118"
    assert shell.price("hosted-zone-month") == "0.5"
    assert shell.run("--json").document["date"] == "2026-11-20"
    assert not [file for file in shell.file.parent.iterdir() if file != shell.file]


def test_a_refresh_keeps_the_other_regions(shell: PriceShell) -> None:
    shell.refresh()
    shell.refresh(
        [text.replace(SEOUL, "ap-east-2").replace("APN2", "APE2") for text in ORDINARY], "--region", "ap-east-2"
    )
    assert shell.price("application-hour") == "0.024"
    assert '"application-hour": {' in shell.run("--region", "ap-east-2", "--json").out


def test_older_prices_of_the_cache_do_not_count(shell: PriceShell) -> None:
    shell.refresh([text.replace("2026-11-20", "2025-01-01") for text in ORDINARY])
    assert shell.price("application-hour") == "0.0225"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"schema": 9}', "\x00"])
def test_a_broken_cache_is_ignored_with_a_warning(shell: PriceShell, text: str) -> None:
    shell.file.parent.mkdir()
    shell.file.write_text(text)
    shown = shell.run()
    assert shown.code == 0
    assert "application load balancer" in shown.out
    assert f"warning: {shell.file} is ignored" in shown.err
    assert "elbplan prices refresh" in shown.err
    assert shell.refresh().code == 0
    assert shell.run().err == ""


def test_a_cache_in_another_encoding_is_ignored_too(shell: PriceShell) -> None:
    shell.file.parent.mkdir()
    shell.file.write_bytes(b"\xff\xfe{}")
    assert "is ignored" in shell.run().err


def test_an_ambiguous_price_is_an_error_and_the_others_are_written(shell: PriceShell) -> None:
    done = shell.refresh([*ORDINARY, balancer("ALB2", price="0.5")])
    assert done.code == 1
    assert "application-hour: 2 products have this price: ALB, ALB2" in done.err
    assert shell.price("application-hour") == "0.0225"
    assert shell.price("lcu") == "0.009"


def test_only_ambiguous_prices_write_nothing(shell: PriceShell) -> None:
    done = shell.refresh([balancer("ALB"), balancer("ALB2")])
    assert done.code == 1
    assert "2 products have this price" in done.err
    assert not shell.file.exists()


def test_a_missing_permission_is_named(shell: PriceShell) -> None:
    done = shell.run("refresh", cloud=PriceListCloud(problem=DENIED))
    assert done.code == 1
    assert "pricing:GetProducts" in done.err
    assert not shell.file.exists()


def test_a_region_that_aws_does_not_know(shell: PriceShell) -> None:
    done = shell.run("refresh", "--region", "xx-nowhere-1")
    assert done.code == 1
    assert "no prices of xx-nowhere-1" in done.err
    assert shell.run("--region", "seoul").code == 1


def test_the_sandbox_has_no_price_list(shell: PriceShell) -> None:
    done = shell.run("refresh", "--sandbox")
    assert done.code == 64
    assert "the local AWS simulator has no price list" in done.err


def test_a_folder_that_cannot_be_written(shell: PriceShell) -> None:
    shell.file.parent.write_text("a file where the folder should be")
    done = shell.refresh()
    assert done.code == 1
    assert "cannot be written" in done.err
    assert "XDG_CACHE_HOME" in done.err


def test_json_of_a_refresh(shell: PriceShell) -> None:
    document = shell.refresh([*ORDINARY, balancer("ALB2")], "--json").document
    assert document["file"] == str(shell.file)
    assert document["problems"] == ["application-hour: 2 products have this price: ALB, ALB2"]
    assert document["prices"]["lcu"] == {"price": "0.009", "source": "AWS price list, AWSELB", "date": "2026-11-20"}


def test_a_plan_uses_the_refreshed_prices(shell: PriceShell, tmp_path: Path, box: Box) -> None:
    shell.refresh()
    box.reset()
    plans = Shell(box, tmp_path)
    plans.environ["XDG_CACHE_HOME"] = shell.environ["XDG_CACHE_HOME"]
    (stack,) = plans.run("plan", plans.spec, "--json").document["stacks"]
    (item,) = [item for item in stack["cost"]["items"] if item["what"] == "application load balancer"]
    assert (item["unit_price"], item["date"]) == ("0.024", "2026-11-20")
    assert json.loads(shell.file.read_text())["regions"][SEOUL]["lcu"][0] == "0.009"
