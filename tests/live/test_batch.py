"""Questions in rounds: asked together, asked once, and one missing resource does not fail the others."""

from __future__ import annotations

import threading

import pytest

from elbplan.core.call import Call, Tags
from elbplan.errors import AwsProblem
from elbplan.live.batch import TAGS_A_REQUEST, BatchReader


class Aws:
    """Answers with the call's own number; knows the tags of all but the missing."""

    def __init__(self, missing=(), code="TargetGroupNotFound"):
        self.missing = set(missing)
        self.code = code
        self.calls: list[Call] = []
        self._lock = threading.Lock()

    def send(self, call):
        with self._lock:
            self.calls.append(call)
        if call.operation != "DescribeTags":
            return {"of": call.params.get("n")}
        arns = call.params["ResourceArns"]
        if self.missing & set(arns):
            raise AwsProblem("gone", code=self.code)
        return {"TagDescriptions": [{"ResourceArn": a, "Tags": [{"Key": "me", "Value": a}]} for a in arns]}

    def asked(self, operation):
        return [call for call in self.calls if call.operation == operation]


def ask(n):
    return Call("elbv2", "DescribeListeners", {"n": n})


def program(*rounds):
    """Asks these, round by round, and returns all answers."""
    answers = []
    for asks in rounds:
        answers.append((yield asks))
    return answers


def test_programs_go_in_lock_step_and_get_their_answers_in_order():
    aws, one, two = Aws(), program([ask(1), ask(2)], [ask(3)]), program([ask(4)], [ask(5)], [ask(6)])
    reader = BatchReader(aws.send)
    assert reader.run([one, two]) == [[[{"of": 1}, {"of": 2}], [{"of": 3}]], [[{"of": 4}], [{"of": 5}], [{"of": 6}]]]
    assert reader.rounds == 3


def test_nothing_is_asked_twice_neither_at_once_nor_later():
    aws = Aws()
    reader = BatchReader(aws.send)
    reader.run([program([ask(1)], [ask(2)]), program([ask(1), ask(1)], [ask(1)], [ask(2)])])
    assert sorted(call.params["n"] for call in aws.calls) == [1, 2]


def test_a_program_that_asks_what_is_known_goes_on_at_once():
    aws = Aws()
    reader = BatchReader(aws.send)
    reader.run([program([ask(1)])])
    reader.run([program([ask(1)], [ask(1)], [ask(2)])])
    assert reader.rounds == 2


def test_a_program_that_asks_nothing_returns_at_once():
    reader = BatchReader(Aws().send)
    assert reader.run([program(), program([])]) == [[], [[]]]
    assert reader.rounds == 0


def test_what_one_program_learned_spares_the_other_a_round():
    aws = Aws()
    reader = BatchReader(aws.send)
    reader.run([program([ask(1)], [ask(3)]), program([ask(2)], [ask(1)], [ask(4)])])
    assert reader.rounds == 2


def test_tags_of_all_programs_go_out_twenty_to_a_request():
    aws = Aws()
    left = tuple(f"arn:{n:02}" for n in range(30))
    right = tuple(f"arn:{n:02}" for n in range(20, 50))
    first, second = BatchReader(aws.send).run([program([Tags(left)]), program([Tags(right)])])
    assert first[0][0] == {arn: {"me": arn} for arn in left}
    assert second[0][0] == {arn: {"me": arn} for arn in right}
    sizes = [len(call.params["ResourceArns"]) for call in aws.calls]
    assert sum(sizes) == 50
    assert max(sizes) <= TAGS_A_REQUEST
    assert len(sizes) == 3


@pytest.mark.parametrize("gone", [{"arn:00"}, {"arn:19"}, {"arn:03", "arn:11"}, {f"arn:{n:02}" for n in range(20)}])
def test_one_that_is_gone_is_left_out_and_the_others_are_told(gone):
    arns = tuple(f"arn:{n:02}" for n in range(20))
    aws = Aws(missing=gone)
    ((told,),) = BatchReader(aws.send).run([program([Tags(arns)])])
    assert set(told[0]) == set(arns) - gone
    if len(gone) == 1:
        assert len(aws.calls) <= 11


def test_another_refusal_is_not_taken_for_a_missing_one():
    with pytest.raises(AwsProblem) as problem:
        BatchReader(Aws(missing={"arn:1"}, code="AccessDenied").send).run([program([Tags(("arn:1", "arn:2"))])])
    assert problem.value.code == "AccessDenied"


def test_a_refused_question_ends_it_all():
    def send(call):
        raise AwsProblem("no", code="AccessDenied")

    with pytest.raises(AwsProblem, match="no"):
        BatchReader(send).run([program([ask(1)])])
