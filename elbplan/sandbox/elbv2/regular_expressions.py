"""The regular expressions of rules."""

import re

from ..errors import validation
from ..rules import rule

UNSUPPORTED = re.compile(
    r"""
    \(\?<?[=!]              # lookaheads and lookbehinds
    | \(\?>                 # atomic groups
    | \(\?(?:R|\d+|&|P>)    # subroutines and recursion
    | (?<!\\)\\[1-9]        # backreferences
    | (?<!\\)[*+?}]\+       # possessive quantifiers
    | \\[pP]\{             # Unicode character classes
    """,
    re.VERBOSE,
)


@rule(21)
def check_expression(expression: str, longest: int) -> None:
    """A length, and features that AWS's engine does not have.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html ("do not support the
    following features: lookaheads, lookbehinds, backreferences, atomic groups, possessive quantifiers, subroutines,
    recursion, and Unicode character classes"). The page does not give the error.
    """
    if not 1 <= len(expression) <= longest:
        raise validation(f"A regular expression can have at most '{longest}' characters")
    if UNSUPPORTED.search(expression):
        raise validation(f"The regular expression '{expression}' is not valid")
    try:
        re.compile(expression)
    except re.error:
        raise validation(f"The regular expression '{expression}' is not valid") from None
