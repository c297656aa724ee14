"""Access to moto: its answers, and its own objects."""

import functools
import io
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from moto.backends import get_backend
from moto.core import responses
from moto.core.request import Request
from moto.core.utils import method_names_from_class
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException

from .protocol import HttpReply, HttpRequest, credential_scope

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
"""Creating 800 images takes 0.4 s in every region; images.py creates only those that a call names."""

USED = ("ec2", "elb", "ssm", "secretsmanager", "wafv2", "iam", "sts", "s3", "autoscaling")


WITH_ONE_PATH = frozenset(("ec2", "ssm", "secretsmanager", "wafv2", "iam", "sts", "autoscaling"))
"""Services for which moto has one handler. It is called without moto's web application, which takes longer."""

MotoHandler = Callable[[Request, str, dict[str, str]], tuple[int, dict[str, Any], str | bytes]]

responses.method_names_from_class = functools.cache(method_names_from_class)  # type: ignore[attr-defined]
"""moto lists the methods of the service again for every call, which takes a third of its time."""


class DirectRequest(Request):
    """A request that is not from moto's web application. The sandbox's own server writes the Date header."""

    from_wsgi_server = True


def ask(incoming: HttpRequest, account_id: str) -> HttpReply:
    """Returns moto's answer. Raises NotImplementedError for what moto does not know."""
    service, _, _ = credential_scope(incoming.headers)
    environ = _environ(incoming, account_id)
    return _handled(service, environ) if service in WITH_ONE_PATH else _by_application(environ)


def _handled(service: str, environ: dict[str, Any]) -> HttpReply:
    request = DirectRequest(environ)
    try:
        status, headers, body = _handler(service)(request, request.raw_url, dict(request.headers))
    except HTTPException as refused:
        return HttpReply(refused.code or 500, {}, str(refused.description).encode())
    return HttpReply(int(status), headers, body if isinstance(body, bytes) else body.encode())


@functools.cache
def _handler(service: str) -> MotoHandler:
    regional = _backends(service)["123456789012"]
    any_backend = regional["aws" if service in ("iam", "sts") else "us-east-1"]
    handler: MotoHandler = any_backend.flask_paths["/"]
    return handler


@functools.cache
def _application() -> Any:
    return DomainDispatcherApplication(create_backend_app)


def _by_application(environ: dict[str, Any]) -> HttpReply:
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
        started.extend((status, headers))
        return lambda _: None

    chunks = _application()(environ, start)
    body = b"".join(chunks)
    return HttpReply(int(started[0].split()[0]), {k: v for k, v in started[1] if k != "Content-Length"}, body)


def _environ(incoming: HttpRequest, account_id: str) -> dict[str, Any]:
    parts = urlsplit(incoming.target)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": incoming.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "RAW_URI": incoming.target,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(incoming.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(incoming.body)),
        "CONTENT_TYPE": incoming.headers.get("content-type", ""),
        "HTTP_X_MOTO_ACCOUNT_ID": account_id,
    }
    for name, value in incoming.headers.items():
        if name not in ("content-type", "content-length", "x-moto-account_id-id"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ


def backend(service: str, account_id: str, region: str) -> Any:
    """moto's own objects for one service, account and region."""
    return _backends(service)[account_id][region]


def _backends(service: str) -> Any:
    return get_backend(service)  # type: ignore[call-overload]


def known_regions(account_id: str) -> list[str]:
    """Regions for which moto has EC2 objects of this account."""
    return list(_backends("ec2")[account_id])


def reset_moto(account_id: str) -> None:
    """Removes everything that moto keeps for an account."""
    for service in USED:
        backends = _backends(service)
        if account_id in backends:
            for regional in list(backends[account_id].values()):
                regional.reset()
