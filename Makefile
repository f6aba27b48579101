# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TWIN_DIR ?= twin-data
PORT ?= 8000
FRONTEND_SOURCES := $(shell find web/frontend -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: demo test test-long bench lint page clean

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

# The product with its page: reinstalled when its metadata or the page's sources change.
$(VENV)/.installed: $(VENV)/.made setup.cfg pyproject.toml build_backend.py $(FRONTEND_SOURCES)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[test,lint]' --config-settings=page=skip
	touch $@

demo: $(VENV)/.installed
	$(BIN)/twin demo --twin $(TWIN_DIR) --port $(PORT)

test: $(VENV)/.installed-test
	$(BIN)/python tests/install_browser.py
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m 'not long'

test-long: $(VENV)/.installed-test
	$(BIN)/python tests/install_browser.py
	$(BIN)/python -m pytest

bench: $(VENV)/.installed-test
	$(BIN)/python tests/bench/run.py

lint: $(VENV)/.installed-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build dist web/static *.egg-info
