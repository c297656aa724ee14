"""What verify finds, through real sockets on this machine."""

from __future__ import annotations

from .kit import answering, failures, found, verified


def test_a_stack_that_answers() -> None:
    with answering() as network:
        verification = verified(network)
    assert failures(verification) == {}
    print(*verification.checks, sep="\n")
    assert (verification.answers, verification.state) == (True, "ok")
