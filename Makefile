# Two commands matter: `make run` and `make test`. `make` alone lists them all.
# No build step, no npm, no containers: a virtual environment and hashed pins.

PYTHON3 ?= python3
HOST ?= 127.0.0.1
# The server takes addresses, not names.
LISTEN = $(subst localhost,127.0.0.1,$(HOST))
PORT ?= 8000
WORKERS ?= 2
# Prometheus reads here, from this machine only.
METRICS_PORT ?= $(shell expr $(PORT) + 1000)
# A line a request costs as much as a page, and a proxy in front writes its own.
ACCESS_LOG ?= 0
ifneq ($(filter-out 0 1,$(ACCESS_LOG)),)
$(error ACCESS_LOG is 1 or 0)
endif

# A heap for each thread would leave 2 MB more of a worker unused.
export MALLOC_ARENA_MAX ?= 2

# Some machines forbid it; each process of the site and of its tests would then compile
# all that it imports.
unexport PYTHONDONTWRITEBYTECODE

# Where `make backup` puts its file.
TO ?= backups

# Of `make bench`: how often each load is repeated.
ROUNDS ?= 5

BIN = .venv/bin
MANAGE = $(BIN)/python manage.py
PIP = $(BIN)/pip install -qq --disable-pip-version-check --require-hashes
# In the order of tests/conftest.py: what takes longest first.
PYTEST = $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder
# A release must have been public for a week: most poisoned ones are found sooner.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
	--exclude-newer "7 days"

.DEFAULT_GOAL = help
.PHONY: help run dev test lock format password screenshots lighthouse weights usability \
	api faults fuzz mutation soak sbom bench profile backup restore installed linted types \
	sqlite postgresql checked

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12
	@echo "Set HOST, PORT, WORKERS, METRICS_PORT, ACCESS_LOG, DATABASE_URL: make run PORT=9000"

# Granian counts open connections against --backpressure, idle ones too. With HTTP/1
# alone, one on which no request is begun is closed like one whose headers are late.
run: .venv/runtime ## install, prepare the database and serve (production server)
	@$(MANAGE) prepare --host "$(HOST)" --port "$(PORT)" \
		--metrics-port "$(METRICS_PORT)"
	@exec $(BIN)/python -m anakinra_site.starting.serve --interface wsgi \
		--host "$(LISTEN)" --port "$(PORT)" \
		--workers "$(WORKERS)" --respawn-failed-workers --workers-kill-timeout 5 \
		--blocking-threads 4 --backpressure 512 --http1-header-read-timeout 5000 \
		--http 1 --no-ws $(if $(filter 1,$(ACCESS_LOG)),--access-log) \
		--log-config anakinra_site/server_log.json \
		--metrics --metrics-scrape-interval 5 --metrics-port "$(METRICS_PORT)" \
		anakinra_site.wsgi:application

dev: .venv/runtime ## serve with auto-reload and DEBUG
	@DEBUG=1 $(MANAGE) prepare --host "$(HOST)" --port "$(PORT)"
	@DEBUG=1 exec $(MANAGE) runserver "$(HOST):$(PORT)"

# Tests wait for servers, time-outs and disks: what else is to be done uses that time.
test: .venv/dev ## lint, types, checks and every test, on SQLite and PostgreSQL
	@echo "1 of 2: style, layers, migrations, settings of production, what is installed"
	@$(MAKE) --no-print-directory --jobs --output-sync installed linted checked
	@echo "2 of 2: every test on SQLite; beside it types, and on PostgreSQL what depends on it"
	@$(MAKE) --no-print-directory --jobs types sqlite postgresql

installed:
	@tests/tools/install_browser.sh $(BIN)/python
	@tests/tools/install_nginx.sh
	@tests/tools/install_postgresql.sh

linted:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types:
	@$(BIN)/mypy

sqlite:
	@DATABASE_URL= $(PYTEST) --numprocesses auto

# Said when it has ended, so that two rows of dots are not one.
postgresql:
	@log=$$(mktemp); \
	$(PYTEST) -p tests.support.postgresql >"$$log" 2>&1; status=$$?; \
	cat "$$log"; rm -f "$$log"; exit $$status

checked:
	$(MANAGE) makemigrations --check --dry-run
	PUBLIC_ORIGIN=https://reference.example \
		SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(50))') \
		$(MANAGE) check --deploy --fail-level WARNING

lock: .venv/lock ## compile requirements/*.txt from pyproject.toml
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/runtime.txt \
		-o requirements/dev.txt
	$(COMPILE) pyproject.toml --group bench -c requirements/runtime.txt \
		-o requirements/bench.txt
	$(COMPILE) --group lock -o requirements/lock.txt
	$(COMPILE) --group lighthouse -o requirements/lighthouse.txt
	$(COMPILE) --group sbom -c requirements/dev.txt -o requirements/sbom.txt

format: .venv/dev ## put the code into its one format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

password: .venv/runtime ## set a new random password: make password USER=name
	@$(MANAGE) password "$(USER)"

backup: .venv/runtime ## back the database up while it is served: make backup TO=folder
	@$(MANAGE) backup --to "$(TO)"

restore: .venv/runtime ## restore into an empty place: make restore FILE=backups/….tar
	@$(if $(FILE),,echo "Name the backup: make restore FILE=backups/….tar"; exit 2)
	@$(MANAGE) restore "$(FILE)"

screenshots: .venv/dev ## draw every page and every sheet, and the pictures in docs/
	@tests/tools/install_browser.sh $(BIN)/python
	$(BIN)/python -m tests.tools.screenshots $(ONLY)

lighthouse: .venv/lighthouse ## judge pages as a phone sees them; writes docs/lighthouse.md
	@tests/tools/install_browser.sh $(BIN)/python
	$(BIN)/python -m tests.tools.lighthouse_scores

weights: .venv/dev ## measure the pages as sent; the table is in docs/measuring.md
	$(BIN)/python -m tests.tools.page_weights

usability: .venv/dev ## walk through the tasks of docs/usability.md and count the steps
	@tests/tools/install_browser.sh $(BIN)/python
	$(BIN)/python -m tests.tools.usability

api: .venv/dev ## ask what /openapi.json says may be asked, 20,000 times
	$(BIN)/python -m tests.tools.api_conformance

faults: .venv/dev ## every fault and attack in full; writes docs/reliability.md
	@tests/tools/install_browser.sh $(BIN)/python
	@tests/tools/install_firefox.sh
	@tests/tools/install_nginx.sh
	$(BIN)/python -m tests.tools.reliability faults $(ONLY)

fuzz: .venv/dev ## random requests, texts, files and acts, each judged
	$(BIN)/python -m tests.tools.reliability fuzz $(ONLY)

sbom: .venv/sbom ## list what the site is made of, for auditors; writes sbom.cdx.json
	$(BIN)/python -m tests.tools.bill_of_materials

mutation: .venv/dev ## change the code in one place at a time: does a test notice?
	$(BIN)/python -m tests.tools.mutation $(ONLY)

soak: .venv/dev ## hold mixed load for 30 minutes, and kill workers: make soak MINUTES=1
	@MINUTES="$(MINUTES)" $(BIN)/python -m tests.tools.reliability.soak

bench: .venv/bench ## measure what a request costs; writes docs/performance.md
	@bench/install_tools.sh
	@$(BIN)/python -m bench --rounds "$(ROUNDS)" $(if $(ONLY),--only "$(ONLY)")

profile: .venv/bench ## show where the time of a request goes
	@.venv/peers/bin/python -m bench.profile $(ONLY)

# The environment. A file in .venv is newer than the pins it was installed from.

$(BIN)/python:
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON3=python3.11 …"; exit 1; }
	@$(PYTHON3) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv is missing. On Debian: apt-get install python3-venv"; \
		exit 1; }
	@$(PYTHON3) -m venv .venv

.venv/runtime: requirements/runtime.txt | $(BIN)/python
	@echo "Installing what the site needs."
	@$(PIP) -r requirements/runtime.txt
	@touch $@

# Python compiles what is imported, which is the lesser part.
.venv/dev: requirements/dev.txt | $(BIN)/python
	@echo "Installing what the site and its tests need."
	@$(PIP) --no-compile -r requirements/dev.txt
	@touch .venv/runtime $@

# Node comes as a wheel, and Lighthouse is kept outside of the tree.
.venv/lighthouse: requirements/lighthouse.txt $(wildcard tests/tools/lighthouse/*.json) | .venv/dev
	@echo "Installing Lighthouse."
	@$(PIP) -r requirements/lighthouse.txt
	@mkdir -p .venv/lighthouse_modules
	@cp tests/tools/lighthouse/*.json .venv/lighthouse_modules
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix .venv/lighthouse_modules \
		--ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The peers of the benchmark are no part of the site, and so are kept out of it.
.venv/bench: requirements/bench.txt | .venv/dev
	@echo "Installing what the site is compared with."
	@$(PYTHON3) -m venv .venv/peers
	@.venv/peers/bin/pip install -qq --disable-pip-version-check --require-hashes \
		-r requirements/bench.txt
	@touch $@

.venv/sbom: requirements/sbom.txt | .venv/dev
	@$(PIP) -r requirements/sbom.txt
	@touch $@

.venv/lock: requirements/lock.txt | $(BIN)/python
	@$(PIP) -r requirements/lock.txt
	@touch $@
