"""elbplan: creates, changes and deletes AWS load-balancing stacks that a YAML spec describes.

A program imports this package and calls `load`, `plan`, `apply`, `destroy`, `verify` and `status`. The names are loaded
when they are first used, so that `import elbplan` takes no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .api.events import StackEvent
    from .api.functions import apply, destroy, load, plan, status, verify
    from .api.results import PlannedStack, StackCondition, StackResult, StackVerification
    from .api.session import Session
    from .core.stack import Stack
    from .errors import (
        AwsProblem,
        AwsUnavailable,
        Declined,
        ElbplanError,
        Interrupted,
        Problem,
        Refused,
        SpecProblem,
        UsageProblem,
    )

__all__ = [
    "AwsProblem",
    "AwsUnavailable",
    "Declined",
    "ElbplanError",
    "Interrupted",
    "PlannedStack",
    "Problem",
    "Refused",
    "Session",
    "SpecProblem",
    "Stack",
    "StackCondition",
    "StackEvent",
    "StackResult",
    "StackVerification",
    "UsageProblem",
    "__version__",
    "apply",
    "destroy",
    "load",
    "plan",
    "status",
    "verify",
]

_PLACES = {
    **dict.fromkeys(("apply", "destroy", "load", "plan", "status", "verify"), "api.functions"),
    **dict.fromkeys(("PlannedStack", "StackCondition", "StackResult", "StackVerification"), "api.results"),
    "Session": "api.session",
    "Stack": "core.stack",
    "StackEvent": "api.events",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_PLACES.get(name, 'errors')}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
