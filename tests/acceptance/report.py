"""The report of a run: Markdown for people, JSON with every answer of AWS."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore

import elbplan

from .aws import RecordedCall
from .cleanup import CleanUp
from .commands import Wait
from .questions import NOT_ASKED, Finding, Question
from .settings import Settings

SECRET = ("UserData", "SecretAccessKey", "SessionToken", "AccessKeyId", "ZipFile")
MASK = "<account>"


@dataclass(frozen=True)
class StepResult:
    """The result of one step of the story: `ok`, `failed`, `not asked` or `not run`."""

    name: str
    expects: str
    state: str
    text: str
    seconds: float = 0.0


@dataclass
class Report:
    """Everything that a run saw. It can be written at any time, also of a run that was interrupted."""

    settings: Settings
    region: str
    is_real: bool
    account: str = ""
    estimate: Sequence[str] = ()
    ended_by: str = ""
    steps: list[StepResult] = field(default_factory=list)
    findings: list[tuple[Question, Finding]] = field(default_factory=list)
    waits: Sequence[Wait] = ()
    timings: dict[str, float] = field(default_factory=dict)
    calls: Sequence[RecordedCall] = ()
    clean_up: CleanUp | None = None
    started: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))

    @property
    def failed(self) -> list[StepResult]:
        return [step for step in self.steps if step.state == "failed"]

    def write(self, folder: Path) -> Path:
        """Writes both files and returns the Markdown file. The id of the account is masked in both."""
        base = folder / f"acceptance-{self.settings.run}"
        document = json.dumps(self._document(), indent=1, default=str, ensure_ascii=False)
        base.with_suffix(".json").write_text(self._masked(document) + "\n", encoding="utf-8")
        markdown = base.with_suffix(".md")
        markdown.write_text(self._masked("\n".join(self._markdown())) + "\n", encoding="utf-8")
        return markdown

    def _masked(self, text: str) -> str:
        return text.replace(self.account, MASK) if self.account else text

    def _document(self) -> dict[str, Any]:
        return {
            "run": self.settings.run,
            "started": self.started,
            "ended_by": self.ended_by,
            "region": self.region,
            "endpoint": self._endpoint,
            "versions": versions(),
            "estimate": list(self.estimate),
            "story": [asdict(step) for step in self.steps],
            "timings": self.timings,
            "waits": [asdict(wait) for wait in self.waits],
            "questions": [
                {"id": q.id, "text": q.text, "assumes": q.assumes, "changes": q.changes, **asdict(finding)}
                for q, finding in self.findings
            ],
            "clean_up": asdict(self.clean_up) if self.clean_up else None,
            "calls": [without_secrets(asdict(call)) for call in self.calls],
        }

    @property
    def _endpoint(self) -> str:
        return "AWS" if self.is_real else "a double, not AWS"

    def _markdown(self) -> Iterator[str]:
        yield f"# Acceptance run {self.settings.run}"
        yield ""
        yield f"* {self.started}, region {self.region}, domain {self.settings.domain or 'none'}"
        yield f"* endpoint: {self._endpoint}"
        yield f"* versions: {', '.join(f'{name} {version}' for name, version in versions().items())}"
        if self.ended_by:
            yield f"* ended by: {self.ended_by}"
        yield from ("", "## Cost", "", *(f"    {line}" for line in self.estimate))
        yield from self._story()
        yield from self._timings()
        yield from self._questions()
        yield from ("", "## Clean-up", "", (self.clean_up.text if self.clean_up else "did not run"), "")
        yield f"Every call and answer is in `acceptance-{self.settings.run}.json`."

    def _story(self) -> Iterator[str]:
        yield from ("", "## Story", "", "| step | expected | result | |", "|---|---|---|---|")
        for step in self.steps:
            yield f"| {step.name} | {step.expects} | {step.state} | {_cell(step.text)} |"

    def _timings(self) -> Iterator[str]:
        yield from ("", "## Durations", "", "| what | seconds |", "|---|---|")
        yield from (f"| {what} | {seconds:.1f} |" for what, seconds in self.timings.items())
        for wait in self.waits:
            yield f"| command {wait.number}, `{wait.command}`: {wait.step} | {wait.seconds:.1f} |"

    def _questions(self) -> Iterator[str]:
        yield from ("", "## Questions", "", "| question | assumed | AWS | verdict |", "|---|---|---|---|")
        for question, finding in self.findings:
            yield f"| {question.text} | {question.assumes} | {_cell(finding.answer)} | {finding.verdict} |"
        other = [(q, finding) for q, finding in self.findings if finding.verdict == "otherwise"]
        yield from ("", "Otherwise than assumed:" if other else "No answer is otherwise than assumed.", "")
        yield from (f"* {question.id}: {question.changes}" for question, _ in other)
        yield from ("", "Not asked:", "", *(f"* {claim}: {why}" for claim, why in NOT_ASKED.items()))


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def versions() -> dict[str, str]:
    """The versions that matter for the answers."""
    return {
        "elbplan": elbplan.__version__,
        "boto3": boto3.__version__,
        "botocore": botocore.__version__,
        "Python": platform.python_version(),
    }


def without_secrets(value: Any) -> Any:
    """The same data, without the values of keys that can be secret or long."""
    if isinstance(value, dict):
        return {key: "(hidden)" if key in SECRET else without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value]
    return value
