# Everything starts from a fresh clone with Python 3.11 or later and make; `make help` lists what there is.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.installed
# Processes that run the tests side by side: most of their time is waiting.
JOBS   ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo up test acceptance chaos bench bench-lag check install clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## search a sample catalogue and watch changes arrive; MODE=platform, ARGS=--keep leaves it running
	@$(BIN)/embedd demo $(if $(MODE),--mode "$(MODE)") $(ARGS)

up: $(READY) ## run PostgreSQL, API and worker; ARGS="--port 8081 --data-dir ./data"
	@$(BIN)/embedd up $(ARGS)

test: $(READY) ## run the tests; ARGS="-k filters" for some of them
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

acceptance: $(READY) ## 20,000 Debian packages, changed at random while workers are killed (20 minutes)
	EMBEDD_ACCEPTANCE_ROWS=20000 $(BIN)/python -m pytest -s tests/acceptance/test_packages.py

bench: $(READY) ## measure everything the README's table says; PEERS=DIR compares, ARGS="--only backfill,lag"
	@$(BIN)/python -W ignore -m benchmarks.run $(if $(PEERS),--peers "$(PEERS)") $(ARGS)

chaos: $(READY) ## break everything at random under load; MINUTES=10, and SEED=17 replays a round
	@EMBEDD_SEED="$(SEED)" EMBEDD_MINUTES="$(or $(MINUTES),10)" $(BIN)/python -m pytest -q -s -x tests/chaos

bench-lag: $(READY) ## measure how long after COMMIT a row is found
	@$(BIN)/python -W ignore -m benchmarks.lag $(ARGS)

check: $(READY) ## lint, types, and the rules of the architecture
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/rules

install: $(READY) ## make .venv with everything in it

clean: ## remove .venv
	rm -rf $(VENV)

# Done again only when the list of packages or the project's own description changes.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "embedd needs Python 3.11 or later as '$(PYTHON)'. Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python has no module venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
