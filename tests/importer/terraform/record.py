"""Applies a configuration with Terraform to the local AWS simulator, writes its recording, and lets elbplan take over.

    python -m tests.importer.terraform.record PLUGINS shop      main.tf: recording.json
    python -m tests.importer.terraform.record PLUGINS edge      edge.tf: edge.json

After the take-over, `elbplan plan` must be empty and `terraform plan` may show only elbplan's tags. Then elbplan
destroys the stack.

PLUGINS is a folder with the provider hashicorp/aws, as `terraform providers mirror` makes it. Terraform must be on the
PATH. The test in tests/e2e/test_import_terraform.py replays the recording and needs neither.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from .recording import FOLDER, prepare, recorder, save

CONFIGURATIONS = {"shop": "main.tf", "edge": "edge.tf"}
REGION = "eu-central-1"


class Terraform:
    """Runs `terraform` in a folder of its own."""

    def __init__(self, folder: Path, plugins: Path, url: str, stack: str) -> None:
        self.folder, self.url = folder, url
        (folder / "main.tf").write_bytes((FOLDER / CONFIGURATIONS[stack]).read_bytes())
        mirror = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{plugins}"\n  }}\n}}\n'
        (folder / "rc").write_text(mirror, encoding="utf-8")
        self.environ = {**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "rc"), "CHECKPOINT_DISABLE": "1"}

    def run(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        line = ["terraform", command, "-no-color", *words]
        return subprocess.run(line, cwd=self.folder, env=self.environ, text=True, capture_output=True, check=False)

    def against_simulator(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        done = self.run(command, "-input=false", "-var", f"endpoint={self.url}", *words)
        if done.returncode not in (0, 2):
            sys.exit(f"terraform {command} failed:\n{done.stdout[-3000:]}\n{done.stderr}")
        return done

    def version(self) -> dict[str, str]:
        version = json.loads(self.run("version", "-json").stdout)
        return {"terraform": version["terraform_version"], **version["provider_selections"]}


def main(plugins: Path, stack: str) -> None:
    with Box() as box, tempfile.TemporaryDirectory() as folder:
        prepare(box, REGION)
        engine = recorder(box)
        terraform = Terraform(Path(folder), plugins, box.url, stack)
        terraform.run("init")
        terraform.against_simulator("apply", "-auto-approve")
        file = CONFIGURATIONS[stack]
        header = {
            "about": f"What Terraform asks of AWS for {file}. Written by record.py; replayed by a test.",
            "region": REGION,
            "versions": terraform.version(),
        }
        save(stack, engine.recorded, header)
        print(f"{len(engine.recorded)} calls recorded")
        again = terraform.against_simulator("plan", "-detailed-exitcode")
        print("terraform plan after terraform apply:", "no change" if again.returncode == 0 else again.stdout)
        take_over(box, Path(folder), terraform, stack)


def take_over(box: Box, folder: Path, terraform: Terraform, stack: str) -> None:
    """Imports, adopts, plans with both tools, and destroys."""
    os.chdir(folder)
    shell = Shell(box, folder)
    Path(shell.spec).unlink()
    elbplan(shell, "import", stack)
    elbplan(shell, "apply", f"specs/{stack}.yaml", "--yes", "--no-verify")
    elbplan(shell, "plan", f"specs/{stack}.yaml", "--exit-code")
    terraform.against_simulator("plan", "-out", "tfplan")
    changes = json.loads(terraform.run("show", "-json", "tfplan").stdout)["resource_changes"]
    print("terraform plan after the take-over changes:")
    for change in changes:
        if change["change"]["actions"] != ["no-op"]:
            print(f"  {change['address']}: {', '.join(changed(change['change']))}")
    elbplan(shell, "destroy", f"specs/{stack}.yaml", "--confirm", stack)


def changed(change: dict[str, Any]) -> list[str]:
    """The attributes that differ, or the action if it is no update."""
    if change["actions"] != ["update"]:
        return list(change["actions"])
    return sorted(name for name, value in change["after"].items() if change["before"].get(name) != value)


def elbplan(shell: Shell, *words: str) -> None:
    """Runs a command. Ends the program if it fails, or if a plan has changes."""
    result = shell.run(*words)
    print(f"elbplan {' '.join(words)}: {result.code}")
    if result.code:
        sys.exit(result.out + result.err)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
