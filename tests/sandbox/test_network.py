"""The network of the sandbox, end to end: a name, its address, TLS, HTTP."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from elbplan.sandbox.box import Box

from .kit import Kit, alias
from .visitor import Visitor

Site = dict[str, Any]


@pytest.fixture
def site(kit: Kit) -> Site:
    """https://api.example.com in front of one healthy instance, and a redirect from http."""
    servers, front = kit.open_group("servers"), kit.open_group("front")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web-1"}]}]
    instance, group = kit.instance(servers, TagSpecifications=tags), kit.group()
    balancer = kit.balancer(SecurityGroups=[front])
    certificate = kit.issued()
    secure = kit.listener(
        balancer["LoadBalancerArn"], group, 443, Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}]
    )
    config = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    kit.listener(balancer["LoadBalancerArn"], "", 80, DefaultActions=[{"Type": "redirect", "RedirectConfig": config}])
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    kit.change(("CREATE", alias("api.example.com", balancer)))
    return {"balancer": balancer, "group": group, "instance": instance, "secure": secure, "front": front}


def test_a_browser_gets_the_page_of_a_server(kit: Kit, site: Site) -> None:
    visitor = Visitor(kit.box)
    addresses = visitor.values("api.example.com")
    assert len(addresses) == 2, "one node in each zone"
    page = visitor.get("https://api.example.com/hello?x=1", at=addresses[0])
    assert page.status == 200
    assert page.text.startswith(f"web-1 ({site['instance']}) in eu-central-1a, port 80\nGET /hello?x=1\n")
    assert page.headers["Content-Type"] == "text/plain"


def test_http_is_redirected_with_path_and_query(kit: Kit, site: Site) -> None:
    page = Visitor(kit.box).plain("http://api.example.com/hello?x=1")
    assert page.status == 301
    assert page.headers["Location"] == "https://api.example.com:443/hello?x=1"
    assert page.headers["Server"] == "awselb/2.0"


def test_the_network_does_not_enter_the_call_log(kit: Kit, site: Site) -> None:
    calls = len(kit.box.calls)
    visitor = Visitor(kit.box)
    visitor.get("https://api.example.com/")
    visitor.ask("api.example.com")
    assert len(kit.box.calls) == calls


def test_a_box_that_closes_takes_its_network_along() -> None:
    with Box() as box:
        visitor = Visitor(box)
        assert visitor.rcode("nothing.example.com") == "NXDOMAIN"
    with pytest.raises(ConnectionRefusedError):
        visitor.plain("http://nothing.example.com/")


def test_an_open_network_keeps_no_process_alive() -> None:
    code = """
import socket
from elbplan.sandbox.box import Box
box = Box()
box.server.start()
network = box.network()
held = socket.create_connection(("127.0.0.1", int(network["proxy"].rpartition(":")[2])))
held.sendall(b"CONNECT nobody.example.com:443")
print("ends")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "ends\n"


def test_what_the_proxy_does_not_understand(kit: Kit) -> None:
    visitor = Visitor(kit.box)
    assert visitor.plain("/no-proxy-request").status == 400
    assert visitor.plain("http://api.example.com/", X_Sandbox_Source="nonsense").status == 400
    with pytest.raises(OSError, match="400"):
        Visitor(kit.box, source="nonsense").tunnel("api.example.com", 443)


def test_a_page_of_tls_is_not_plain(kit: Kit, site: Site) -> None:
    assert "expects TLS" in Visitor(kit.box).plain("http://api.example.com:443/").text


def test_a_sandbox_without_visitors_imports_nothing_of_it() -> None:
    code = "import sys; from elbplan.sandbox.box import Box; print([m for m in ('dns', 'trustme') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
