# Everything a person types here is listed by `make help`.
# It needs Python 3.11 or later; what else is needed is installed beside the code, in .venv.

PORT ?= 5000
HOST ?= 127.0.0.1
DEMO ?= 1
# How many tests run at once.
TEST_JOBS ?= 2

VENV := .venv
PY := $(VENV)/bin/python
TEMPLATES := ehiia/templates

.DEFAULT_GOAL := help
.PHONY: help run install install-test apt-test test test-quick check format bench lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: install ## start it: PORT=5000 HOST=127.0.0.1, DEMO=0 for an empty one
	@exec $(PY) -m ehiia.supervisor --host '$(HOST)' --port '$(PORT)' --demonstration '$(DEMO)' --started-by-make

test: apt-test install-test check ## the checks and every test, with real servers and a real browser
	$(PY) -m pytest -n $(TEST_JOBS)

test-quick: install-test ## the tests that need neither a browser nor patience
	$(PY) -m pytest -n $(TEST_JOBS) -m 'not slow and not browser'

check: install-test ## format, lint, types, import contracts, templates
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	if [ -d $(TEMPLATES) ]; then $(VENV)/bin/djlint --lint --quiet $(TEMPLATES); fi

format: install-test ## let ruff put the code in order
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: install-test ## measure speed against bare pages and print the ratios
	$(PY) -m tests.bench

# -- installing ------------------------------------------------------------------------------
# A stamp is named after the digest of the list that was installed, so that a second run is quick
# and a changed list is noticed. The project itself is not installed: a .pth file points at it.

install: $(VENV)/bin/python
	@sh .ci/install $(VENV) requirements.txt

install-test: $(VENV)/bin/python
	@sh .ci/install $(VENV) requirements-test.txt

$(VENV)/bin/python:
	@sh .ci/make-venv $(VENV)

apt-test:
	@sh .ci/apt-test

lock: install-test ## work out the dependencies anew and write both lists
	@$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
		setup.cfg --extra postgresql --extra notify --extra production --extra pkcs11 --extra bench \
		--extra test --extra e2e --extra lint \
		-o requirements-test.txt
	$(PY) -m uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
		--constraint requirements-test.txt \
		setup.cfg --extra postgresql \
		-o requirements.txt

clean: ## remove what can be made again; instance/ and audits/ are left alone
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find ehiia tests -name __pycache__ -type d -prune -exec rm -rf {} +
