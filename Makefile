# make train, make test, make setup: what each needs is made first, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	--no-emit-find-links --no-header --group install $(UPGRADE) pyproject.toml

# A quarter of a worker's time in the tests is waiting for servers: two cores have work for three.
TEST_WORKERS ?= 3

# What is compiled is kept: hundreds of processes begin in a test run, and each would compile the project again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup up down status train test test-fast test-campaigns coverage check docs benchmark benchmark-small torture lock clean

help: ## Show what can be made.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make the environment (.venv) from the lock.

train: setup ## Train, compare and promote every architecture, at the quickest.
	@$(BIN)/jena train --profile quick

test: check ## Check style, types and imports, and run every test.
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --durations=10

coverage: $(VENV)/.installed-test ## Measure what the tests cover that need no process but their own.
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --cov --ignore=tests/end_to_end --ignore=tests/benchmarks --ignore=tests/test_notebooks.py

test-fast: $(VENV)/.installed-test ## Run the tests that take a second at most: no servers, no trainings.
	@$(BIN)/python -m pytest -n 2 -m "not slow"

test-campaigns: $(VENV)/.installed-test ## Run the long forms of what tests show in short.
	@$(BIN)/python -m pytest -n 2 -m campaign --durations=10
	@$(BIN)/python -m pytest -n 2 -m "hypothesis and not campaign" --hypothesis-profile exploring

check: $(VENV)/.installed-test ## Check style, types, imports and dependencies alone.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@# It gives its workers three seconds to begin, and ends with 2 where a busy machine takes longer.
	@$(BIN)/mypy --num-workers 2 || { [ $$? -eq 2 ] && $(BIN)/mypy; }
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/deptry --no-ansi .
	@$(BIN)/deptry $$(find tests -type d) --config pyproject.toml --exclude '^$$' --ignore DEP002,DEP004

docs: $(VENV)/.installed-test ## Make the pages of docs/ and of the library's docstrings into a site, in docs/_build/html.
	@rm -rf docs/api # pages of modules that have moved would stay
	@$(BIN)/sphinx-build --fail-on-warning --keep-going --jobs 2 --quiet docs docs/_build/html
	@echo "docs/_build/html/index.html"

up: setup ## Start this machine's Prefect server, MLflow server, page and worker.
	@$(BIN)/jena up

down: setup ## End them, with the flow runs that are going on.
	@$(BIN)/jena down

status: setup ## Tell how they are.
	@$(BIN)/jena status

benchmark: setup ## Time every architecture against the chapter's code, into docs/performance.md (an hour or two).
	@$(BIN)/python -m benchmarks.run --output docs
	@$(BIN)/python -m benchmarks.run.accuracy --output docs

torture: $(VENV)/.installed-test ## Break everything around the workflow, for hours (ROUNDS=3 for less), into docs/reliability.md; goes on where it was.
	@$(BIN)/python -m benchmarks.torture $(if $(ROUNDS),--rounds $(ROUNDS)) --output docs

benchmark-small: setup ## Show within two minutes that the benchmark works.
	@$(BIN)/python -m benchmarks.run --small

lock: | $(BIN)/uv ## Write the locks anew; with UPGRADE=--upgrade, with the newest versions that are allowed.
	@PATH=$(BIN):$$PATH $(LOCK) --output-file requirements.lock
	@PATH=$(BIN):$$PATH $(LOCK) --all-extras --constraint requirements.lock --output-file requirements-test.lock

clean: ## Remove the environment and every stage's result; mlflow.db and its artifacts stay.
	rm -rf $(VENV) .cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)

# The lock brings the tool that installs it. Where that cannot be had, the target stays away and pip does the work.
$(BIN)/uv: | $(BIN)/python
	@awk '/^[^ #]/ { found = /^uv==/ } found' requirements.lock > $(VENV)/uv.lock
	@$(PIP) install --quiet --require-hashes --requirement $(VENV)/uv.lock || true

# The locks are whole: nothing is left to resolve. Imports take half the time when everything is compiled beforehand.
define install
	@if $(BIN)/uv --version > /dev/null 2>&1; then \
		$(BIN)/uv pip install --python $(BIN)/python --no-deps --require-hashes --compile-bytecode --requirement $(1) && \
		$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --quiet --editable . && \
		$(BIN)/uv pip check --python $(BIN)/python --quiet; \
	else \
		echo "uv cannot be had here: pip installs, which takes several minutes" >&2 && \
		$(PIP) install --no-deps --require-hashes --requirement $(1) && \
		$(PIP) install --no-deps --no-build-isolation --quiet --editable . && \
		$(PIP) check; \
	fi
endef

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/uv
	@echo "Installing what the project runs on (about a minute)" >&2
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.installed-test: requirements-test.lock pyproject.toml | $(BIN)/uv
	@echo "Installing what the project runs on and is tested with (about a minute)" >&2
	$(call install,requirements-test.lock)
	@touch $@ $(VENV)/.installed
