# make demo        the whole life of a stack on the local AWS simulator, in under a minute
# make test        all tests
# make test-without-browser   all tests but those of the report in a browser
# make fuzz        the tests that generate their examples, with other examples in every run
# make check       lint and types
# make test-pythons   the fast tests with each newer Python that is installed
# make docs        the site of the documentation, in build/site
# make acceptance  the suite for a real AWS account. AWS bills it: read docs/acceptance.md first

PYTHON ?= python3
BIN = .venv/bin

# Compiled modules are kept, also where the environment says otherwise: each of many processes would compile them again.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-without-browser fuzz check test-pythons docs golden acceptance clean
.DEFAULT_GOAL := test

demo: .venv/installed-sandbox
	@$(BIN)/elbplan sandbox demo

test: .venv/installed-dev
	$(BIN)/pytest -n 3 --dist worksteal

test-without-browser: .venv/installed-dev
	$(BIN)/pytest -n 3 --dist worksteal --ignore tests/browser

# The profile `default` is that of hypothesis.
fuzz: .venv/installed-dev
	$(BIN)/pytest -n 3 --hypothesis-profile=default $$(grep -rl '^from hypothesis' tests --include='test_*.py')

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: .venv/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "open build/site/index.html"

test-pythons:
	.ci/test-pythons

# Writes the approved screens and the outputs in the docs anew; read the diff before you keep it.
golden: .venv/installed-dev
	ELBPLAN_GOLDEN=write $(BIN)/pytest tests/render tests/sandbox/test_behaviour_page.py tests/explain/test_page.py tests/docs \
		tests/cli/test_completion.py tests/cli/test_man.py

# Refuses without ELBPLAN_ACCEPTANCE=yes-bill-me; deletes what it created, also after Ctrl-C.
acceptance: .venv/installed-sandbox
	@$(BIN)/python -m tests.acceptance

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("elbplan needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

# A stamp for each set of packages: nothing is installed twice.
.venv/installed-sandbox: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[sandbox]'
	@touch $@

.venv/installed-docs: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@

.venv/installed-dev: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ .venv/installed-sandbox .venv/installed-docs
