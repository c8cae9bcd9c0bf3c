# make train, make test, make setup: what each needs is made first, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The locks are whole: nothing is left to resolve, and pip's own resolver would look past what they pin for extras.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.DEFAULT_GOAL := help
.PHONY: help setup up down status train test check benchmark benchmark-small lock clean

help: ## Show what can be made.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make the environment (.venv) from the lock.

train: setup ## Train, compare and promote every architecture, at the quickest.
	@$(BIN)/jena train --profile quick

test: check ## Check style, types and imports, and run every test.
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.installed-test ## Check style, types and imports alone.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

up: setup ## Start this machine's Prefect server, MLflow server and worker.
	@$(BIN)/jena up

down: setup ## End them, with the flow runs that are going on.
	@$(BIN)/jena down

status: setup ## Tell how they are.
	@$(BIN)/jena status

benchmark: setup ## Time every architecture against the chapter's code, into docs/performance.md (an hour or two).
	@$(BIN)/python -m benchmarks.run --output docs
	@$(BIN)/python -m benchmarks.accuracy --output docs

benchmark-small: setup ## Show within two minutes that the benchmark works.
	@$(BIN)/python -m benchmarks.run --small

lock: ## Write the locks anew (needs uv).
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links \
		--no-header pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links \
		--no-header --all-extras --constraint requirements.lock pyproject.toml --output-file requirements-test.lock

clean: ## Remove the environment and every stage's result; mlflow.db and its artifacts stay.
	rm -rf $(VENV) .cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the project runs on (a minute or two)" >&2
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

$(VENV)/.installed-test: requirements-test.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the project runs on and is tested with (a minute or two)" >&2
	@$(INSTALL) --require-hashes --requirement requirements-test.lock
	@$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@ $(VENV)/.installed
