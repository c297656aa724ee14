"""Attributes of listeners.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
"""

import re

from ..account import CallContext
from ..errors import misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredListener
from . import attributes, find
from .attribute_tables import LISTENER, Defaults

NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
VALUE = re.compile(r"[ -~]*", re.ASCII)
LONGEST_VALUE = 1024


@rule(21)
def described(listener: StoredListener) -> list[Params]:
    """All attributes of its protocol, with AWS's defaults; TLS, UDP and QUIC listeners have none.

    AWS refuses the call for a TLS listener: https://github.com/hashicorp/terraform-provider-aws/issues/40000.
    TCP_UDP: https://github.com/hashicorp/terraform-provider-aws/issues/50100.
    """
    if listener.protocol not in LISTENER:
        raise misconfigured(f"Listener attributes are not supported for {listener.protocol} listeners")
    return attributes.as_list(LISTENER[listener.protocol], listener.attributes)


@rule(21)
def check_headers(given: Defaults) -> None:
    """The characters and lengths of header names and values.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html (Limits)
    """
    for key, value in given.items():
        if key.endswith(".header_name") and value and not NAME.fullmatch(value):
            raise validation(f"'{key}' value '{value}' has invalid characters")
        if key.endswith(".header_value") and (len(value) > LONGEST_VALUE or not VALUE.fullmatch(value)):
            raise validation(f"'{key}' value '{value}' has invalid characters or more than {LONGEST_VALUE} of them")


def modify_listener_attributes(context: CallContext, params: Params) -> Params:
    listener = find.listener(context, params["ListenerArn"])
    described(listener)
    given = attributes.checked(context, LISTENER[listener.protocol], params.get("Attributes", []))
    check_headers(given)
    listener.attributes.update(given)
    return {"Attributes": described(listener)}


def describe_listener_attributes(context: CallContext, params: Params) -> Params:
    return {"Attributes": described(find.listener(context, params["ListenerArn"]))}
