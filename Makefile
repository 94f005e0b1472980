# Two commands need nothing but Python 3.11 and the package index: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TEST_HOME ?= .
# tests start many processes, which would each compile the program anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test run lint bench corpus long clean

demo: $(READY)
	$(BIN)/python tests/demo/demo.py

test: $(READY)
	$(BIN)/python -m pytest -n auto

long: $(READY)
	@$(BIN)/python -m pip install --quiet --only-binary :all: 'atheris>=2.3' || \
		echo "atheris could not be had here: no coverage-guided fuzzing"
	$(BIN)/python -m pytest -n auto --long

run: $(READY)
	$(BIN)/gateway --home $(TEST_HOME) run

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

SETS ?= 1000 10000
bench: $(READY)
	$(BIN)/python tests/bench/bench.py --sets $(SETS)
	$(BIN)/python tests/bench/as2.py
	$(BIN)/python tests/bench/as2_http.py

corpus: $(READY)
	$(BIN)/python tests/corpus/tables.py

$(READY): setup.cfg
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "venv is missing: install it (on Debian: apt install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
