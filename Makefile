# One command for each task. Nothing in this file talks to a real cluster, but
# `KUBECONFIG=... make lab-test`.

PYTHON ?= python3
STACK ?= homelab

VENV := .venv
STAMP := $(VENV)/.requirements
RUN := $(VENV)/bin/python

# Each worker on the engine has its own API server. In the lab they take the groups of
# tests/lab/groups.py: with more at once, two cores keep none of the promises in time.
SIDE_BY_SIDE := -n 4 --dist loadgroup --no-loadscope-reorder

# The lab's short set: three groups, the last of which has the lab alone.
SMOKE := -m smoke -v --durations 0 --durations-min 1 -n 2 --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help venv lab lab-down lab-status lab-test lab-smoke demo up preview down clean status build charts check test test-equipment record docs bench
# The targets that run the program share one API server and one directory.
.NOTPARALLEL:

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP) ## Make .venv with everything that is pinned

up: $(STAMP) ## Deploy STACK (homelab) to a sandbox: the real Pulumi engine and API server
	@$(RUN) -m tools up $(STACK)

preview: $(STAMP) ## Show what `make up` would change in the sandbox
	@$(RUN) -m tools preview $(STACK)

down: $(STAMP) ## Stop every sandbox; the data stay for the next `make up`
	@$(RUN) -m tools down

clean: down ## Stop every sandbox and the lab, and remove their data
	@[ ! -d .tier0/lab ] || $(RUN) -m tools.lab down
	@rm -rf .tier0
	@echo "removed .tier0"

status: $(STAMP) ## Say which sandboxes run
	@$(RUN) -m tools status

build: $(STAMP) ## Build what this machine lacks of the toolchain (10 minutes the first time)
	@$(RUN) -m tools build

charts: $(STAMP) ## Ask each chart repository whether it still has the pinned chart; needs the network
	@$(RUN) -m tools charts

check: $(STAMP) ## Format, lint, types and the tests that need no engine; needs no network
	@$(RUN) -m ruff format --check
	@$(RUN) -m ruff check
	@$(RUN) -m mypy
	@git ls-files -z '*.sh' .ci/run | xargs -0 $(VENV)/bin/shellcheck
	@$(RUN) -m pytest tests --ignore tests/engine --ignore tests/lab -q -n auto --dist worksteal

test: check build ## check, then the tests on the real engine and API server
	@$(RUN) -m pytest tests/engine --ignore tests/engine/equipment $(SIDE_BY_SIDE)

test-equipment: $(STAMP) build ## The tests of what tests and sandbox stand on: the plugins, the sandbox
	@$(RUN) -m pytest tests/engine/equipment $(SIDE_BY_SIDE)

record: $(STAMP) ## Rewrite the golden files from what the program makes now
	@$(RUN) -m pytest tests --ignore tests/engine --ignore tests/lab -q --record

docs: $(STAMP) ## Rewrite the generated documents
	@$(RUN) -m tools.docs.specs

bench: $(STAMP) ## Measure
	@$(RUN) -m benchmarks

lab: $(STAMP) ## Bring up a real node with the real operators, Ceph and a KMS (root; see docs/lab.md)
	@$(RUN) -m tools.lab up

lab-status: $(STAMP) ## Say which parts of the lab run
	@$(RUN) -m tools.lab status

lab-down: $(STAMP) ## Remove the lab without trace; its images stay in the cache
	@$(RUN) -m tools.lab down

lab-test: $(STAMP) ## Put the claims to the test in the lab, or on the cluster of KUBECONFIG
	@$(RUN) -m pytest tests/lab $(if $(KUBECONFIG),,-v $(SIDE_BY_SIDE))

lab-smoke: $(STAMP) ## Its short set: up, backups, a restore to a moment, a fault that must be loud (12 minutes)
	@$(RUN) -m pytest tests/lab $(SMOKE)

demo: $(STAMP) ## Show it all in the lab: load, a drill, the fire, the recovery, the report (root; 15 minutes)
	@$(RUN) -m tools.demo

# The stamp is written last: an interrupted installation is done again.
$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "tier0: $(PYTHON): it is not Python 3.11 or newer; install one and write PYTHON=its-path" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "tier0: $(PYTHON): it cannot make virtual environments; install python3-venv (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@echo "making $(VENV) (about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt || \
	  { echo "tier0: requirements-dev.txt: pip could not install it, for the reason above; fix that and run make again" >&2; exit 1; }
	@touch $@
