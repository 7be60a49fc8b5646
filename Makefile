# Everything a developer does; `make` alone shows this list.
.DEFAULT_GOAL := help
.PHONY: help setup compiled demo serve test check bench bench-laws format lock clean

PYTHON ?=
BIN := .venv/bin
STAMP := .venv/.installed
WORKERS ?= logical

help:  ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: compiled  ## make .venv from the lock; compile the busiest files where there is a C compiler

$(BIN)/python:
	@PYTHON="$(PYTHON)" scripts/venv.sh

$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Making the environment in .venv …"; begun=$$(date +%s); set -e; \
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	touch $(STAMP); echo "That took $$(($$(date +%s) - begun)) s"

compiled: $(STAMP)
	@$(BIN)/python scripts/compile.py

demo: $(STAMP)  ## run a hub with sample registers and show a whole exchange (Ctrl-C ends it)
	@$(BIN)/ipshare demo

serve: compiled  ## run a hub of your own in var/hub (Ctrl-C ends it)
	@$(BIN)/ipshare serve

test: compiled  ## run the tests, by a worker per processor; WORKERS=0: in one process
	$(BIN)/python -m pytest -m "not alone" -n $(WORKERS) --dist loadgroup --no-loadscope-reorder --durations=40
	$(BIN)/python -m pytest -m alone

check: $(STAMP)  ## format, lint, types, rooms, migrations, generated pages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	IPSHARE_DATA=var/check DJANGO_SETTINGS_MODULE=ipshare.config.settings \
	    $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run
	$(BIN)/python scripts/make_pages.py --check
	$(BIN)/python scripts/rules_page.py --check

bench: compiled  ## measure speed and memory; writes benchmarks/results.json
	$(BIN)/python -m benchmarks

bench-laws: compiled  ## the laws of sharing over 20,000 histories each (hours)
	IPSHARE_LAW_EXAMPLES=20000 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests/laws/test_noninterference.py \
	    tests/laws/test_feed_replay.py

format: $(STAMP)  ## format the code and put imports in order
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

lock:  ## re-make requirements.lock after a change of pyproject.toml
	scripts/lock.sh

clean:  ## remove what was built; the data in var/ stays
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
