# Everything starts from a fresh clone with Python 3.11 or later and make; `make help` lists what there is.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.installed
# Processes that run the tests side by side: most of their time is waiting.
JOBS   ?= 3
# Keep compiled Python, also where the environment says not to: tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=
# The other versions of PostgreSQL that `make test-versions` runs on.
VERSIONS ?= 16 15
# Where `make extension INSTALL=1` learns the place of a server's extensions.
PG_CONFIG ?= pg_config

.DEFAULT_GOAL := help
.PHONY: help demo up extension test test-versions acceptance chaos bench bench-lag check install clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## search a sample catalogue and watch changes arrive; MODE=platform, ARGS=--keep leaves it running
	@$(BIN)/embedd demo $(if $(MODE),--mode "$(MODE)") $(ARGS)

up: $(READY) ## run PostgreSQL, API and worker; ARGS="--port 8081 --data-dir ./data"
	@$(BIN)/embedd up $(ARGS)

extension: $(READY) ## write the files for CREATE EXTENSION embedd into build/extension; INSTALL=1 copies them to PG_CONFIG's server
	@$(BIN)/python -m embedd_pg.database.extension build/extension tests/migration/released
	@$(if $(INSTALL),cp build/extension/embedd* "$$($(PG_CONFIG) --sharedir)/extension/",ls build/extension/*)

test: $(READY) ## run the tests; ARGS="-k filters" for some of them, PG=16 or PG=15 (Debian's) for another PostgreSQL than 18
	$(if $(PG),EMBEDD_TEST_PG=$(PG) PGSERVER_POSTGRES_VERSION=$(PG:15=18)) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0 $(ARGS)

test-versions: $(READY) ## run the tests of SQL, installation, extension and dumps on PostgreSQL 16 and 15
	@for version in $(VERSIONS); do $(MAKE) test PG=$$version ARGS="-q tests/sql tests/migration --ignore=tests/migration/test_tools.py --ignore=tests/migration/test_plpython.py" || exit 1; done

acceptance: $(READY) ## 20,000 Debian packages, changed at random while workers are killed (20 minutes)
	EMBEDD_ACCEPTANCE_ROWS=20000 $(BIN)/python -m pytest -s -o faulthandler_timeout=0 tests/acceptance/test_packages.py

bench: $(READY) ## measure everything the README's table says; PEERS=DIR compares, ARGS="--only backfill,lag"
	@$(BIN)/python -W ignore -m benchmarks.run $(if $(PEERS),--peers "$(PEERS)") $(ARGS)

chaos: $(READY) ## break everything at random under load; MINUTES=10, SEED=17 replays a round, WITHOUT=poolers,upgrade
	@EMBEDD_SEED="$(SEED)" EMBEDD_MINUTES="$(or $(MINUTES),10)" EMBEDD_WITHOUT="$(WITHOUT)" $(BIN)/python -m pytest -q -s -x -o faulthandler_timeout=0 tests/chaos

bench-lag: $(READY) ## measure how long after COMMIT a row is found
	@$(BIN)/python -W ignore -m benchmarks.lag $(ARGS)

check: $(READY) ## lint, types, and the rules of the architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
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
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
