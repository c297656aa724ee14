"""The states in which a page may begin: `<!-- setup: NAME -->`. Each is a list of commands for an empty home folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from .pages import README, ROOT, blocks, section

FIRST_STACK = "".join(block.commands for block in blocks(section(README.read_text(encoding="utf-8"), "A first stack")))
FIRST_SPEC = FIRST_STACK.partition("elbplan ")[0]
SAVED_CHANGE = f"""{FIRST_STACK}
sed -i.bak 's/ 80$/ 8080/' specs/web.yaml
elbplan plan specs/web.yaml --sandbox --save app_on_8080 --title "the app listens on 8080"
"""
REPOSITORY = f"cp -r {ROOT}/specs {ROOT}/migrations .\n"
SHORT_HOLD = "sed -i.bak 's/hold: 15m/hold: 1s/' migrations/shop/0003_app_on_8080.yaml && rm migrations/shop/*.bak\n"
GIT = """
git init -q -b main . && git config user.name reader && git config user.email reader@example.com
git add -A && git commit -q -m "the stack"
"""
TWO_BRANCHES = f"""{FIRST_SPEC}
elbplan plan specs/web.yaml --sandbox --save first
elbplan apply specs/web.yaml --sandbox --yes
{GIT}
git switch -q -c tls
sed -i.bak '1a tls: modern' specs/web.yaml && rm specs/*.bak
elbplan plan specs/web.yaml --sandbox --save modern_tls
git add -A && git commit -q -m "Modern TLS"
git switch -q main
sed -i.bak 's/ 80$/ 8080/' specs/web.yaml && rm specs/*.bak
elbplan plan specs/web.yaml --sandbox --save app_on_8080
git add -A && git commit -q -m "The app listens on 8080"
"""
CHANGE_BY_HAND = f"""{FIRST_STACK}
{sys.executable} -m tests.docs.change_by_hand "$(elbplan sandbox status --json)"
"""
SETUPS: Mapping[str, str] = {
    "empty": "",
    "first stack": FIRST_STACK,
    "first spec": FIRST_SPEC,
    "saved change": SAVED_CHANGE,
    "repository": REPOSITORY,
    "repository with a short hold": REPOSITORY + SHORT_HOLD + "elbplan rebase --refresh shop\n",
    "two branches": TWO_BRANCHES,
    "a change by hand": CHANGE_BY_HAND,
}
"""`first stack` is what the section of that name in the README leaves behind, `saved change` a migration of it."""
