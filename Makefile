# Two commands are all that is needed: make demo, make test.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
DEMO_MODEL = qwen2.5-coder-1.5b
TEST_MODEL = smollm2-135m

BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test lint format clean
.DELETE_ON_ERROR:

help:
	@echo "make demo    install, fetch the embedded model (1.1 GB, once), solve a word problem"
	@echo "make test    install, then run every check and the whole test suite"
	@echo "make lint    only the checks: ruff, mypy, import-linter"
	@echo "make format  let ruff tidy the code"
	@echo "make clean   remove what these commands made; models stay in the user's cache"

demo: .venv/.demo
	$(BIN)/solvitur models pull $(DEMO_MODEL)
	$(BIN)/solvitur solve --model local:$(DEMO_MODEL) examples/bakery.txt

test: lint
	@$(BIN)/solvitur models pull $(TEST_MODEL) || \
	  echo "The small model cannot be had here; the tests that need it are skipped." >&2
	$(BIN)/python -m pytest

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict
	$(BIN)/lint-imports --no-logo

format: .venv/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# --- the environment; each file says that a step is done ------------------------------------------

.venv/.demo: .venv/.made pyproject.toml
	@echo "Installing solvitur with the embedded runtime (a minute or two) ..."
	@$(PIP) --editable ".[local]"
	@touch $@

.venv/.dev: .venv/.made pyproject.toml
	@echo "Installing solvitur with everything its tests need (a minute or two) ..."
	@$(PIP) --editable ".[dev]"
	@touch $@

.venv/.made:
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(MAKE) --no-print-directory environment
	@touch $@

.PHONY: environment
environment:
	@command -v "$(PYTHON)" > /dev/null || { \
	  echo "There is no '$(PYTHON)' here, and solvitur needs Python 3.11 or later;" >&2; \
	  echo "install it, or name it: make test PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
	  echo "'$(PYTHON)' is not Python 3.11 or later: $$("$(PYTHON)" --version 2>&1 | head -n 1)" >&2; \
	  echo "Name one that is: make test PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c "import ensurepip, venv" 2> /dev/null || { \
	  echo "'$(PYTHON)' cannot make environments: its modules venv and ensurepip are missing." >&2; \
	  echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
