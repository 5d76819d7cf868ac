# Everything happens in .venv, made from the first Python >= 3.11 that is found (or PYTHON=...).
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install -qq --constraint constraints.txt

ONCE ?=
SEEDS ?= 1000
TESTS ?=
# Each pytest process starts servers of its own: two are worth it for the whole suite, not for a part.
WORKERS ?= $(if $(TESTS),0,2)

.DELETE_ON_ERROR:
.PHONY: help demo demo-full test peers check bench simulate lock clean

help:
	@echo "make demo       import the example warehouse files, and go on as they change; ONCE=1 ends after the first import"
	@echo "make demo-full  an ERP and two shops, all real, kept in step by a hub; ONCE=1 ends after the walk-through"
	@echo "make test       the test suite, with servers, an ERP and shops of its own; TESTS=tests/unit for a part"
	@echo "make peers      install that ERP and those shops; then: $(BIN)/python -m tests.peers up tryton"
	@echo "make check      linter, formatting, types, import order"
	@echo "make bench      measure, beside Celery"
	@echo "make simulate   the simulator; SEEDS=1000 says how many seeds"
	@echo "make schemas    write the records' JSON Schemas and docs/records.md anew"
	@echo "make lock       take up the newest versions of all libraries, into constraints.txt"
	@echo "make clean      remove what was made here"

demo: $(VENV)/demo.stamp
	@$(BIN)/python examples/warehouse/demo.py $(if $(filter 1 yes true,$(ONCE)),--once)

# The ERP and the shops are those of the tests, installed into the same cache.
demo-full: $(VENV)/test.stamp
	@PYTHONPATH=. $(BIN)/python examples/full/demo.py $(if $(filter 1 yes true,$(ONCE)),--once)

# The systems that the hub talks to are installed before the whole suite; a part installs those it starts.
test: $(VENV)/test.stamp
	@$(PYTHON) tests/install.py servers
	@$(if $(TESTS),,$(BIN)/python -m tests.peers install)
	@$(BIN)/python -m pytest -n $(WORKERS) $(if $(filter 0,$(WORKERS)),,--dist worksteal) $(TESTS)

check: $(VENV)/check.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

peers: $(VENV)/test.stamp
	@$(PYTHON) tests/install.py servers
	@$(BIN)/python -m tests.peers install

bench: $(VENV)/bench.stamp
	@$(PYTHON) tests/install.py servers
	@$(BIN)/python -m tests.benchmarks

simulate: $(VENV)/test.stamp
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

schemas: $(VENV)/test.stamp
	@$(BIN)/python -m hub.canonical.describe docs

$(VENV)/made.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; install it, or name one: make PYTHON=..."; exit 1; }
	@$(PYTHON) tests/install.py venv
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install -qq --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/%.stamp: $(VENV)/made.stamp pyproject.toml constraints.txt
	@echo "Installing what make $* needs"
	@$(INSTALL) $(NEEDS_$*)
	@touch $@

NEEDS_demo := --editable '.[files]'
NEEDS_test := --editable '.[all,firebird]' --group test
NEEDS_bench := $(NEEDS_test) --group bench
NEEDS_check := $(NEEDS_bench) --group check 'pyright[nodejs]'

lock:
	@rm -rf .cache/lock && $(PYTHON) tests/install.py venv && $(PYTHON) -m venv .cache/lock
	@.cache/lock/bin/python -m pip install -qq --upgrade 'pip>=25.1'
	@.cache/lock/bin/python -m pip install -qq $(NEEDS_check)
	@.cache/lock/bin/python -m pip freeze --exclude-editable >.cache/constraints.txt
	@{ echo "# The versions this is tested with. Made by: make lock"; cat .cache/constraints.txt; } >constraints.txt
	@rm -rf .cache/lock .cache/constraints.txt

clean:
	rm -rf $(VENV) .cache build dist *.egg-info .hypothesis .ruff_cache .import_linter_cache bench.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
