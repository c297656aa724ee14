"""Applies main.tf with Terraform to the local AWS simulator, imports the result, and writes recording.json.

    python -m tests.importer.terraform.record PLUGINS

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

from elbplan.sandbox.box import Box

from .recording import recorder, save

MAIN = Path(__file__).with_name("main.tf")
REGION = "eu-central-1"


class Terraform:
    """Runs `terraform` in a folder of its own."""

    def __init__(self, folder: Path, plugins: Path, url: str) -> None:
        self.folder, self.url = folder, url
        (folder / "main.tf").write_bytes(MAIN.read_bytes())
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


def main(plugins: Path) -> None:
    with Box() as box, tempfile.TemporaryDirectory() as folder:
        engine = recorder(box)
        terraform = Terraform(Path(folder), plugins, box.url)
        terraform.run("init")
        terraform.against_simulator("apply", "-auto-approve")
        header = {
            "about": "What Terraform asks of AWS for main.tf. Written by record.py; replayed by a test.",
            "region": REGION,
            "versions": terraform.version(),
        }
        save(engine.recorded, header)
        print(f"{len(engine.recorded)} calls recorded")
        again = terraform.against_simulator("plan", "-detailed-exitcode")
        print("terraform plan after apply:", "no change" if again.returncode == 0 else again.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
