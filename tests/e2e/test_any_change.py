"""Changes between random stacks: they converge, and common routes answer all the time."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elbplan.sandbox.box import Box

from .stage import Stage

RULES = {
    "api": "      - {name: api, path: /api/*, forward: api}\n",
    "mix": "      - {name: mix, path: /mix/*, forward: {web: 1, api: 3}}\n",
    "old": "      - {name: old, path: /old/*, redirect: {path: /new}}\n",
    "shut": "      - {name: shut, path: /admin/*, respond: {status: 403, body: no}}\n",
    "deep": "      - {name: deep, host: api.example.com, path: /deep/*, forward: web}\n",
}
PATHS = {"api": "/api/x", "mix": "/mix/x", "old": "/old/x", "shut": "/admin/x", "deep": "/deep/x"}
NEEDS_API = ("api", "mix")


@dataclass(frozen=True)
class RandomSpec:
    """The contents of a generated spec."""

    zones: str
    servers: int
    image: str
    port: int
    api_port: int
    names: tuple[str, ...]
    internal: bool
    elastic: bool
    rules: tuple[str, ...]

    @property
    def has_api(self) -> bool:
        return any(rule in NEEDS_API for rule in self.rules)

    def spec(self) -> str:
        elastic = ", elastic_ip: true" if self.elastic else ""
        servers = f"{{web: {{count: {self.servers}, image: {self.image}{elastic}}}"
        groups = f"  web: {{servers: web, port: {self.port}, health: /health}}\n"
        if self.has_api:
            servers += ", api: {count: 1}"
            groups += f"  api: {{servers: api, port: {self.api_port}, health: /ready}}\n"
        text = f"name: my-web\nregion: ap-northeast-2\nzones: [{self.zones}]\nservers: {servers}}}\ngroups:\n{groups}"
        text += "access: internal\n" if self.internal else ""
        text += f"domain: [{', '.join(self.names)}]\n" if self.names else ""
        rules = "    rules:\n" + "".join(RULES[rule] for rule in self.rules) if self.rules else ""
        if self.names:
            return (
                text
                + "listeners:\n  - {listen: 80/http, redirect: 443/https}\n"
                + (f"  - listen: 443/https\n    forward: web\n{rules}")
            )
        return text + f"listeners:\n  - listen: 80/http\n    forward: web\n{rules}"


wishes = st.builds(
    RandomSpec,
    zones=st.sampled_from(["a, c", "a, b, c", "b, c"]),
    servers=st.integers(1, 3),
    image=st.sampled_from(["al2023", "al2"]),
    port=st.sampled_from([80, 8080]),
    api_port=st.sampled_from([81, 9090]),
    names=st.sampled_from([(), ("api.example.com",), ("api.example.com", "www.example.com"), ("www.example.com",)]),
    internal=st.booleans(),
    elastic=st.booleans(),
    rules=st.lists(st.sampled_from(sorted(RULES)), unique=True).map(tuple),
)


def routes(before: RandomSpec, after: RandomSpec) -> list[tuple[str, int, str, str]]:
    """Returns the routes of both specs. They must answer during the whole change."""
    shared = [name for name in before.names if name in after.names]
    paths = ["/", *(PATHS[rule] for rule in before.rules if rule in after.rules)]
    public = not before.internal and not after.internal
    return [(name, 443, name, path) for name in shared for path in paths] if public or shared else []


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=wishes, after=wishes)
def test_any_change_converges_and_serves_what_both_have(slow_box: Box, before: RandomSpec, after: RandomSpec) -> None:
    stage = Stage(slow_box)
    stage.apply(before.spec())
    stage.apply(after.spec(), watch=routes(before, after))
    stage.destroy(after.spec())
