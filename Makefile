# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TWIN_DIR ?= twin-data
PORT ?= 8000
# What runs on PostgreSQL as well: all of it at length, a sample each time.
BOTH_ENGINES := tests/store tests/web tests/flow
SAMPLE_OF_BOTH := tests/store/test_store.py tests/store/test_layers.py tests/store/test_concurrency.py tests/store/test_jobs.py \
	tests/web/test_bcf_api.py tests/flow/test_import_again.py
FRONTEND_SOURCES := $(shell find web/frontend docs -type f -not -path "*/node_modules/*" 2>/dev/null)

.PHONY: demo test test-long bench lint page clean

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

# The product with its page: reinstalled when its metadata or the page's sources change.
$(VENV)/.installed: $(VENV)/.made setup.cfg pyproject.toml build_backend.py $(FRONTEND_SOURCES)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# What the tests need besides; the page is built already.
$(VENV)/.installed-test: $(VENV)/.installed
	TWIN_SKIP_PAGE=1 $(BIN)/python -m pip install --quiet --editable '.[test,lint]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/twin demo --twin $(TWIN_DIR) --port $(PORT)

test: lint
	$(BIN)/python -m tests.debian
	$(BIN)/npm --prefix web/frontend --silent test
	$(BIN)/python -m pytest -n 3 --dist loadfile -m 'not long'  # much of it is waiting
	TWIN_TEST_ENGINE=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile -m 'not long' $(SAMPLE_OF_BOTH)

test-long: lint
	$(BIN)/python -m tests.debian
	$(BIN)/npm --prefix web/frontend --silent test
	TWIN_FIGURES=$(CURDIR)/docs/robustness.json $(BIN)/python -m pytest
	$(BIN)/python -m tests.robustness
	TWIN_TEST_ENGINE=postgresql $(BIN)/python -m pytest $(BOTH_ENGINES)

bench: $(VENV)/.installed-test
	TWIN_SKIP_PAGE=1 $(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python tests/bench/run.py

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

page:
	$(BIN)/npm --prefix web/frontend run build

clean:
	rm -rf $(VENV) build dist web/static *.egg-info
