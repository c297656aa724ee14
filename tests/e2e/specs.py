"""Specs of the end-to-end tests."""

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\n"
SERVERS = "servers: {count: 2}\n"
WEB = "targets: {port: 80, health: /health}\n"
DOMAIN = "domain: api.example.com\n"

HTTP = HEAD + SERVERS + WEB
COURSE = HEAD + DOMAIN + SERVERS + WEB
PORT_8080 = HEAD + DOMAIN + SERVERS + "targets: {port: 8080, health: /health}\n"
THREE_ZONES = COURSE.replace("[a, c]", "[a, b, c]")
THREE_SERVERS = COURSE.replace("count: 2", "count: 3")
ONE_SERVER = COURSE.replace("count: 2", "count: 1")
OTHER_IMAGE = COURSE.replace("{count: 2}", "{count: 2, image: al2}")
MUTUAL_TLS = (
    COURSE
    + """
listeners:
  - {listen: 80/http, redirect: 443/https}
  - {listen: 443/https, forward: web, client_certificates: clients, hsts: true, server_header: false}
trust_stores: {clients: {bundle: s3://authorities/ca.pem, revocations: s3://authorities/a.crl}}
"""
)
INTERNAL = COURSE + "access: internal\n"
TWO_NAMES = COURSE.replace("domain: api.example.com", "domain: [api.example.com, www.example.com]")
ASKED = COURSE + "remove_validation: true\n"
ELASTIC = COURSE.replace("{count: 2}", "{count: 2, elastic_ip: true}")

SERVICES = (
    HEAD
    + """
domain: api.example.com
servers: {web: {count: 1}, api: {count: 1}}
groups:
  web: {servers: web, port: 80, health: /health}
  api: {servers: api, port: 8080, health: /ready}
"""
)
RULES = """
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    forward: web
    rules:
"""
A = "      - {name: api, path: /api/*, forward: api}\n"
B = "      - {name: old, path: /old/*, redirect: {path: /new}}\n"
C = "      - {name: closed, path: /admin/*, respond: {status: 403, body: no}}\n"

STICKY = COURSE.replace("health: /health}", "health: /health, sticky: 1h}")
WEIGHTS = SERVICES + RULES.replace("forward: web", "forward: {web: 90, api: 10}") + B
STICKY_WEIGHTS = (
    WEIGHTS.replace("health: /health}", "health: /health, sticky: 1h}")
    .replace("health: /ready}", "health: /ready, sticky: 10m}")
    .replace("forward: {web: 90, api: 10}", "forward: {groups: {web: 90, api: 10}, sticky: 1h}")
)

CLOSED = (
    HEAD
    + """
domain: api.example.com
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    respond: 503
    rules:
      - {name: api, path: /api/*, respond: 503}
"""
)

NAMED = ("api.example.com", 443, "api.example.com", "/")
PLAIN = ("api.example.com", 80, "api.example.com", "/")
API = ("api.example.com", 443, "api.example.com", "/api/x")
ADMIN = ("api.example.com", 443, "api.example.com", "/admin/x")
