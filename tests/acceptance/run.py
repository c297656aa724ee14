"""One run: estimate, story, questions, clean-up, report. The clean-up runs in every case, also after a signal."""

from __future__ import annotations

import contextlib
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from .aws import Aws, public_zones
from .cleanup import clean_up
from .commands import Elbplan, Launch, launch
from .estimate import estimate_text
from .questions import QUESTIONS, Asker, answered
from .report import Report, StepResult
from .settings import DOMAIN, Misuse, Settings
from .story import STEPS, NotAsked, Stage, Step, StepFailed
from .visitor import Get, get

OK, FAILED, INTERRUPTED, MISUSE = 0, 1, 130, 64
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Tell = Callable[[str], None]


def say(text: str) -> None:
    """Prints a line. Without a terminal (after SIGHUP), the clean-up goes on in silence."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


class Interrupted(BaseException):
    """A signal ends the run."""


@dataclass
class AcceptanceRun:
    """What a run needs. Tests hand in another way to start elbplan, and to ask the load balancer."""

    settings: Settings
    aws: Aws
    folder: Path
    tell: Tell = say
    launch: Launch = launch
    get: Get | None = None
    after_step: Callable[[str], None] = field(default=lambda name: None)

    def run(self) -> int:
        """Returns the exit code: 0 if the story is green and nothing is left."""
        report = self._begin()
        with tempfile.TemporaryDirectory(prefix="elbplan-acceptance-") as folder:
            elbplan = Elbplan(Path(folder), self.settings.stack, self.launch)
            stage = Stage(self.settings, self.aws, elbplan, self.get or (get if self.aws.is_real else None))
            report.waits, report.timings, report.calls = elbplan.waits, stage.timings, self.aws.calls
            with Signals(self.tell) as signals:
                try:
                    signals.guard(lambda: self._story_and_questions(stage, report))
                except Interrupted as interrupted:
                    report.ended_by = str(interrupted)
                finally:
                    elbplan.stop()
                    self._clean_up(report)
                return self._end(report)

    def _story_and_questions(self, stage: Stage, report: Report) -> None:
        if "story" in self.settings.parts:
            self._story(stage, report)
        if "questions" in self.settings.parts:
            self._questions(Asker(self.settings, self.aws, stage.servers), report)

    def _begin(self) -> Report:
        """Asks AWS for the account and the hosted zone. Raises Misuse, CallFailed; then nothing was created."""
        report = Report(self.settings, self.aws.region, self.aws.is_real)
        report.account = self.aws.account()
        self._check_domain()
        report.estimate = list(estimate_text(self.aws.region, self.settings.domain))
        self.tell(f"run {self.settings.run} in {self.aws.region}, account {report.account}")
        for line in report.estimate:
            self.tell(line)
        self.tell(f"If this process is killed: {clean_up_command(self.settings, self.aws.region)}")
        return report

    def _check_domain(self) -> None:
        """The clean-up finds records by the name of the run in a zone, so the domain must be a zone."""
        domain = self.settings.domain
        if domain and f"{domain}." not in [zone["Name"] for zone in public_zones(self.aws)]:
            raise Misuse(f"{DOMAIN}={domain} is not a public hosted zone of account {self.aws.account()}")

    def _story(self, stage: Stage, report: Report) -> None:
        for step in STEPS:
            if report.failed:
                report.steps.append(StepResult(step.name, step.expects, "not run", f"{report.failed[0].name} failed"))
                continue
            self.tell(f"- {step.name}: {step.expects}")
            result = _taken(step, stage)
            report.steps.append(result)
            self.tell(f"  {result.state}: {result.text}")
            self.after_step(step.name)

    def _questions(self, asker: Asker, report: Report) -> None:
        for question in QUESTIONS:
            finding = answered(question, asker)
            report.findings.append((question, finding))
            self.tell(f"? {question.text}\n  {finding.verdict}: {finding.answer}")
            self.after_step(question.id)

    def _clean_up(self, report: Report) -> None:
        self.tell("clean-up: deletes everything with the tag of this run")
        started = self.aws.clock.now()
        report.clean_up = clean_up(self.aws, self.settings, self.tell)
        report.timings["clean-up"] = self.aws.clock.now() - started

    def _end(self, report: Report) -> int:
        file = report.write(self.folder)
        cleaned = report.clean_up
        assert cleaned is not None
        self.tell(cleaned.text)
        states = [step.state for step in report.steps]
        verdicts = [finding.verdict for _, finding in report.findings]
        self.tell(f"story: {_counted(states)}")
        self.tell(f"questions: {_counted(verdicts)}")
        self.tell(f"report: {file}")
        if not cleaned.is_clean:
            self.tell(f"clean up again: {clean_up_command(self.settings, self.aws.region)}")
        if report.ended_by:
            return INTERRUPTED
        return FAILED if report.failed or not cleaned.is_clean else OK


def _counted(words: Sequence[str]) -> str:
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "not begun"


def _taken(step: Step, stage: Stage) -> StepResult:
    started = time.monotonic()
    try:
        state, text = "ok", step.do(stage)
    except NotAsked as reason:
        state, text = "not asked", str(reason)
    except StepFailed as problem:
        state, text = "failed", str(problem)
    except Exception as problem:  # whatever AWS answers, the questions and the clean-up go on
        state, text = "failed", f"{type(problem).__name__}: {problem}"
    return StepResult(step.name, step.expects, state, text, time.monotonic() - started)


def clean_up_command(settings: Settings, region: str) -> str:
    """The command that deletes what a killed run left."""
    return f"AWS_REGION={region} .venv/bin/python -m tests.acceptance --clean-up {settings.run}"


def clean_up_only(settings: Settings, aws: Aws, tell: Tell = say) -> int:
    """Deletes what a run left. Returns the exit code."""
    with Signals(tell):
        result = clean_up(aws, settings, tell)
    tell(result.text)
    return OK if result.is_clean else FAILED


def region_of(aws: Aws) -> str:
    """Raises Misuse if there is no region."""
    if not aws.region:
        raise Misuse("no region: set AWS_REGION")
    return aws.region


class Signals:
    """Handles signals in a `with` block. During `guard`, the first one raises Interrupted; all others are ignored.

    What a clean-up leaves would cost money, so only SIGKILL stops it.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._raises = False

    def __enter__(self) -> Signals:
        self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, earlier in self._before.items():
            signal.signal(number, earlier)

    def guard(self, work: Callable[[], None]) -> None:
        """Raises Interrupted at the first signal."""
        self._raises = True
        work()
        self._raises = False

    def _handle(self, number: int, _: FrameType | None) -> None:
        if not self._raises:
            self._tell("the clean-up goes on; only kill -9 stops it")
            return
        self._raises = False
        raise Interrupted(signal.Signals(number).name)
