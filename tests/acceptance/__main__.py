"""python -m tests.acceptance: see docs/acceptance.md."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError

from .aws import Aws, CallFailed
from .run import FAILED, INTERRUPTED, MISUSE, AcceptanceRun, clean_up_only, region_of
from .settings import Misuse, read_settings


def main() -> int:
    """Returns the exit code."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        settings = read_settings(sys.argv[1:], os.environ)
        aws = Aws(os.environ.get("AWS_REGION", ""))  # boto3 itself reads only AWS_DEFAULT_REGION
        region_of(aws)
        if settings.clean_up:
            return clean_up_only(settings, aws)
        return AcceptanceRun(settings, aws, Path.cwd()).run()
    except Misuse as problem:
        print(problem, file=sys.stderr)
        return MISUSE
    except KeyboardInterrupt:
        print("interrupted before anything was created", file=sys.stderr)
        return INTERRUPTED
    except (CallFailed, BotoCoreError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
