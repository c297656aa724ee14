"""The settings of a run, from the command line and the environment."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONSENT, YES = "ELBPLAN_ACCEPTANCE", "yes-bill-me"
DOMAIN = "ELBPLAN_ACCEPTANCE_DOMAIN"
ONLY, PARTS = "ELBPLAN_ACCEPTANCE_ONLY", ("story", "questions")
TAG = "elbplan-acceptance"
"""The key of the tag of everything that a run creates. Its value is the id of the run."""

RUN_ID = re.compile(r"\d{8}[0-9a-f]{6}")
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")
USAGE = f"""usage: make acceptance                                      ({CONSENT}={YES} must be set)
       python -m tests.acceptance --clean-up RUN_ID         deletes what a killed run left

It creates resources in your AWS account, which cost money, and deletes them. See docs/acceptance.md."""


class Misuse(Exception):
    """The command line or the environment is wrong. Nothing was called."""


@dataclass(frozen=True)
class Settings:
    """One run of the suite. `clean_up`: only delete what the run left."""

    run: str
    domain: str = ""
    parts: tuple[str, ...] = PARTS
    clean_up: bool = False

    @property
    def stack(self) -> str:
        """The name of the stack, and the beginning of every name that the run gives."""
        return f"acc-{self.run}"


def read_settings(words: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Returns the settings. Raises Misuse."""
    if words and words[0] == "--clean-up":
        if len(words) != 2 or not RUN_ID.fullmatch(words[1]):
            raise Misuse(f"--clean-up needs the id of a run, such as 11300823ab12cd\n\n{USAGE}")
        return Settings(words[1], clean_up=True)
    if words:
        raise Misuse(USAGE)
    if environ.get(CONSENT) != YES:
        raise Misuse(f"not started: AWS bills what this suite creates. If you agree, set {CONSENT}={YES}\n\n{USAGE}")
    domain = environ.get(DOMAIN, "").strip().rstrip(".").lower()
    if domain and not HOST.fullmatch(domain):
        raise Misuse(f"{DOMAIN}={domain!r} is not a domain, such as example.com")
    only = environ.get(ONLY, "")
    if only not in ("", *PARTS):
        raise Misuse(f"{ONLY}={only!r} is neither story nor questions")
    return Settings(new_run_id(), domain, (only,) if only else PARTS)


def new_run_id() -> str:
    """An id that no other run has: month, day, hour, minute and six random digits."""
    return time.strftime("%m%d%H%M", time.gmtime()) + secrets.token_hex(3)
