# Everything that one does with a clone. Needs only make and python3 (3.11 to 3.13) with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: lint test conformance verification bench docs demo demo-reset lock page clean

# The stamp's name is the lock's hash, so a changed lock makes the environment anew.
# It is filled beside its final name, under a lock of this clone: two makes at once, or one that was killed, leave no half of it.
STAMP := $(VENV)/.made-from-$(firstword $(shell cksum < requirements-dev.lock))

$(VENV): $(STAMP)
$(STAMP): requirements-dev.lock
	@PYTHON="$(PYTHON)" bash .ci/make-venv "$(VENV)" "$(STAMP)"

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(PYTEST) -n 2 --dist loadscope --no-loadscope-reorder

# Outside clients and tools, from npm, PyPI and Debian. ONRECORD_CONFORMANCE_SECONDS says how long requests are made up (60).
conformance: $(STAMP)
	$(PYTEST) tests/conformance

# Also runs the suite on the oldest PostgreSQL that is supported, where Debian's package postgresql-15 is installed.
OLDEST := /usr/lib/postgresql/15/bin
verification: $(STAMP)
	ONRECORD_VERIFICATION_KILLS=200 ONRECORD_VERIFICATION_ROWS=1000000 ONRECORD_VERIFICATION_PEOPLE=100000 \
		$(PYTEST) tests/verification
	@if [ -x $(OLDEST)/postgres ]; then ONRECORD_POSTGRES_BIN=$(OLDEST) $(PYTEST) -n 2 --dist loadscope --no-loadscope-reorder; \
	else echo "PostgreSQL 15 isn't installed in $(OLDEST): the suite was not run on it"; fi

# make bench ONLY=append runs one group.
bench: $(STAMP)
	$(BIN)/python -m tests.benchmarks $(ONLY)

docs: $(STAMP)
	$(BIN)/onrecord docs

demo: $(STAMP)
	@exec $(BIN)/onrecord demo

demo-reset: $(STAMP)
	@$(BIN)/onrecord demo --reset

# Resolves anew, keeping what is pinned where it still fits; `make lock UPGRADE=--upgrade` takes what is newest.
lock:
	@PYTHON="$(PYTHON)" bash .ci/make-lock $(UPGRADE)

# Packs GraphiQL anew, from npm, after a change of its version or of what it needs.
page:
	@bash .ci/make-page

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
