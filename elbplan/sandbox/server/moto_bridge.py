"""Access to moto: its server application, and its own objects."""

import functools
import io
import os
from typing import Any
from urllib.parse import urlsplit

from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from .protocol import HttpReply, HttpRequest

os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
"""Creating 800 images takes 0.4 s in every region; images.py creates only those that a call names."""

USED = ("ec2", "elb", "ssm", "secretsmanager", "wafv2", "iam", "sts", "s3", "autoscaling")


@functools.cache
def application() -> Any:
    return DomainDispatcherApplication(create_backend_app)


def ask(incoming: HttpRequest, account_id: str) -> HttpReply:
    """Returns moto's answer."""
    environ = _environ(incoming, account_id)
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
        started.extend((status, headers))
        return lambda _: None

    chunks = application()(environ, start)
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
