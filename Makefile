# One target per habit. Needs make, Python 3.11+ and a network; everything else is fetched by setup.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Hundreds of processes of a test run read the program: it is compiled for all of them, not by each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup pictures demo test test-long check format lock bench bench-bulk bench-doorbell bench-panel bench-day bench-night chaos clients clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMP) ## Install everything into .venv and sfdx/node_modules (idempotent)
	@$(BIN)/python sfdx/install_cli.py >&2

$(STAMP): requirements-dev.txt pyproject.toml
	@echo "Installing the Python requirements into .venv (hashes checked) …" >&2
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("Bellwether needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@touch $@

demo: setup ## The whole road on this machine; EXPORT=your.zip uses your own data, RULES=rules.toml your rules. Ctrl-C stops it
	@$(BIN)/bellwether demo $(if $(EXPORT),--export "$(EXPORT)") $(if $(RULES),--rules "$(RULES)") $(DEMO_OPTIONS)

test: setup check ## All tests but the long ones
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not long" $(TEST_OPTIONS)

test-long: setup ## The long tests, and ten times as many examples of the arithmetic
	@$(BIN)/python -m pytest -m long $(TEST_OPTIONS)
	@$(BIN)/python -m pytest -n 3 -m "not long" --hypothesis-profile thorough tests/scoring $(TEST_OPTIONS)

check: setup ## Lint, types, import contracts, metadata, spelling, lock files
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@said="$$($(BIN)/lint-imports --no-logo 2>&1)" || { echo "$$said"; exit 1; }
	@$(BIN)/python -m localorg.metadata sfdx
	@$(BIN)/codespell service canvas jobs localorg tests chaos clients bench docs README.md CHANGELOG.md
	@! grep -nE 'https?://' requirements*.txt || (echo "a lock file names a host" && exit 1)

format: setup ## Format and fix what can be fixed
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: setup ## Ten million rows: the floor, pandas and ours side by side (BENCH_OPTIONS="--rows 100000")
	@$(BIN)/python -m bench.run $(BENCH_OPTIONS)

bench-bulk: setup ## A million rows through query jobs beside a bare download of their bytes (BENCH_OPTIONS="--rows 100000 --mbit 50")
	@$(BIN)/python -m bench.bulk $(BENCH_OPTIONS)

bench-doorbell: setup ## From the doorbell's ring to the post, 100 deals a minute (BENCH_OPTIONS="--minutes 1")
	@$(BIN)/python -m bench.doorbell $(BENCH_OPTIONS)

bench-panel: setup ## How long the panel takes beyond its one round trip, 50 viewers at once (BENCH_OPTIONS="--seconds 5")
	@$(BIN)/python -m bench.panel $(BENCH_OPTIONS)

bench-night: setup ## What a worker holds in whole nights of 10,000 people and ten million activities (BENCH_OPTIONS="--rows 100000")
	@$(BIN)/python -m bench.night $(BENCH_OPTIONS)

bench-day: setup ## The API calls of a whole day of 1,000 people, by the stand-in org's journal (BENCH_OPTIONS="--users 60")
	@$(BIN)/python -m bench.day $(BENCH_OPTIONS)

chaos: setup ## 200 workers killed while all else goes wrong, posts counted (CHAOS_OPTIONS="--seed 1 --bug upsert", "--bugs")
	@$(BIN)/python -m chaos $(CHAOS_OPTIONS)

clients: setup ## sf, jsforce and simple-salesforce at work, and 25 planted mistakes (installs jsforce beside them)
	@$(BIN)/python -m clients $(CLIENTS_OPTIONS)

pictures: setup ## Take the pictures of README anew (needs chromium)
	@$(BIN)/python -m tests.e2e.pictures

lock: ## Renew the pinned, hashed requirements (maintainers; needs uv)
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.txt
	uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.txt

clean: ## Remove what the demo and the tests left (not .venv)
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
