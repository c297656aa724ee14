"""An answer that a reader cannot read is a problem of AWS, never a defect in itself."""

from __future__ import annotations

import pytest

from elbplan.core.call import OUTCOME_UNKNOWN, Call, Tags
from elbplan.errors import AwsProblem
from elbplan.live.batch import BatchReader
from elbplan.run.program import run_program

from ..run.test_program import Clock

LISTENERS = Call("elbv2", "DescribeListeners")


@pytest.mark.parametrize("answer", [{}, {"Listeners": None}, {"Listeners": [{}]}, [], None])
def test_a_read_whose_answer_lacks_what_aws_promises_names_the_call_and_a_way_out(answer):
    def program():
        (found,) = yield [LISTENERS]
        return [one["ListenerArn"] for one in found["Listeners"]]

    with pytest.raises(AwsProblem, match="the answer to DescribeListeners cannot be understood") as met:
        BatchReader(lambda call: answer).run([program()])
    assert "proxy" in met.value.hint
    assert met.value.code == OUTCOME_UNKNOWN


def test_tags_that_cannot_be_read_are_told_as_such():
    def program():
        return (yield [Tags(("arn:1",))])

    with pytest.raises(AwsProblem, match="the answer to DescribeTags cannot be understood"):
        BatchReader(lambda call: {}).run([program()])


def test_a_write_whose_answer_cannot_be_read_has_an_unknown_outcome_and_is_not_sent_again():
    sent = []

    def program():
        answer = yield Call("elbv2", "CreateListener")
        return {"id": answer["Listeners"][0]["ListenerArn"]}

    with pytest.raises(AwsProblem, match="the answer to CreateListener cannot be understood") as met:
        run_program(program(), lambda call: sent.append(call) or {}, Clock())
    assert met.value.code == OUTCOME_UNKNOWN
    assert len(sent) == 1


def test_a_defect_before_anything_was_asked_stays_a_defect():
    def program():
        {}["nothing"]
        yield LISTENERS

    with pytest.raises(KeyError):
        run_program(program(), lambda call: {}, Clock())
    with pytest.raises(KeyError):
        BatchReader(lambda call: {}).run([program()])
