# Everything a newcomer runs. Each target does its own set-up, and a second run
# takes seconds: `make help` lists them.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
# Stamps: what the demo needs is installed, and what the other targets need.
DEMO   := $(VENV)/.demo
READY  := $(VENV)/.ready
# Of a release: its tools, and what whoever installs it gets.
TOOLS     := build/release-tools
INSTALLED := build/installed

# So that a failure on the left of a pipe is one.
SHELL       := bash
.SHELLFLAGS := -o pipefail -c

.DEFAULT_GOAL := help
# Two installations into one environment would disturb each other.
.NOTPARALLEL:
# Packages are compiled when they are first imported; each Python would do that again.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup develop demo test test-real-provider contract lint site pictures mutants dist lock clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEMO) ## install into .venv what the demo and the embedded AWS need, pinned, and get a Pulumi CLI
	@$(PY) -m toolchain >/dev/null

# A stamp is written last, so an interrupted installation is started again.
define INSTALL
@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed, this is " + sys.version.split()[0] + ": set PYTHON=/path/to/python3.11")'
@printf 'Installing pinned packages into $(VENV), $(SIZE) on disk: '
@test -x $(PY) || $(PYTHON) -m venv $(VENV)
@SECONDS=0; $(PY) -m pip install --disable-pip-version-check --require-hashes --no-compile --progress-bar off -r $< \
  | awk '/^Collecting/ { printf "."; fflush() }' && echo " $$SECONDS seconds."
@$(PY) -m pip check --disable-pip-version-check --quiet
@$(PY) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
@ln -sfn ../$(VENV) policypack/venv
@touch $@
endef

$(DEMO): SIZE := about 300 MB
$(DEMO): localcloud/requirements.lock pyproject.toml
	$(INSTALL)

$(READY): SIZE := about 800 MB
$(READY): requirements.lock pyproject.toml
	$(INSTALL)
	@touch $(DEMO) # which is a part of it

develop: $(READY) setup ## install what lint and the tests need besides

demo: setup ## the whole story on an embedded AWS: preview, up, proof, up again, destroy
	@$(PY) -m localcloud run -- $(PY) -m localcloud.demo

test: develop ## run every test, in parallel
	@$(PY) -m toolchain --other-languages >/dev/null \
	  || echo "The tests of other languages than Python are skipped, or fail where CI=true."
	@$(PY) -m pytest --numprocesses auto --dist worksteal

lint: $(READY) ## formatting, lint, strict types, architecture, workflows
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/basedpyright
	@PYTHONPATH=.:components:policypack $(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/zizmor --offline --quiet --strict-collection .github examples/github-actions/*.yml
	@if command -v go >/dev/null; then \
	  cd .github/actionlint && go tool actionlint -shellcheck= -pyflakes= ../workflows/*.yml ../../examples/github-actions/*.yml; \
	else echo "Skipped actionlint, which is built with Go (https://go.dev/dl/): CI runs it."; fi

test-real-provider: develop ## the stack's and the components' end-to-end tests with Pulumi's own AWS plugin, which is downloaded
	@PATH="$$($(PY) -m toolchain):$$PATH" pulumi plugin install resource aws \
	  "$$($(PY) -c 'from importlib.metadata import version; print(version("pulumi-aws"))')"
	@$(PY) -m pytest --numprocesses auto --dist worksteal --real-provider \
	  tests/e2e/enforcement tests/e2e/test_vpc_flow_logs.py tests/e2e/test_flow_logs_compliance.py

contract: develop ## record anew what Pulumi's real bridge answers, and compare the stand-in: Go builds it, minutes the first time
	@cd tests/localcloud/bridge/recorder && go run . ../../../../localcloud/provider/facts.json ../answers ../scenarios/*.json
	@$(PY) -m pytest --quiet tests/localcloud/test_bridge.py
	@git diff --stat -- tests/localcloud/bridge/answers

site: $(READY) ## build the documentation into build/site; a broken link fails it
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet

pictures: develop ## make the pictures of the documentation: record the demo, and the report in Chromium
	@PYTHONPATH=. $(PY) docs/record.py

mutants: develop ## make small mistakes in what decides, and see whether the tests notice: an hour
	@$(PY) -m bench.mutants

dist: ## build what a release publishes: sdist, wheel, and the bill of what is installed with them
	@rm -rf dist $(TOOLS) $(INSTALLED)
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes -r .github/release-requirements.txt
	@SOURCE_DATE_EPOCH="$$(git log -1 --format=%ct)" $(TOOLS)/bin/uv build --quiet --no-build-isolation --python $(TOOLS)/bin/python
	@$(TOOLS)/bin/uv venv --quiet --python $(PYTHON) $(INSTALLED)
	@$(TOOLS)/bin/uv pip install --quiet --python $(INSTALLED) --constraint requirements.lock --all-extras -r pyproject.toml
	@$(TOOLS)/bin/uv pip install --quiet --python $(INSTALLED) --no-deps dist/*.whl
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file dist/vpc-flow-logs.cdx.json $(INSTALLED)
	@ls dist

# Of the folders that users get; each line is a package's name and its pin.
FOR_USERS = $(VENV)/bin/uv pip compile - --constraint requirements.lock --universal --python-version 3.11 \
  --no-annotate --no-header --quiet --output-file

lock: $(READY) ## pin the newest versions that pyproject.toml allows into the locks
	@$(VENV)/bin/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --upgrade --quiet \
	  --custom-compile-command "make lock" --output-file requirements.lock
	@$(VENV)/bin/uv pip compile pyproject.toml --all-extras --group demo --constraint requirements.lock \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --quiet \
	  --custom-compile-command "make lock" --output-file localcloud/requirements.lock
	@printf '%s\n' jsonschema pulumi-policy pyyaml | $(FOR_USERS) policypack/requirements.txt
	@printf '%s\n' pulumi pulumi-aws | $(FOR_USERS) components/requirements.txt
	@$(VENV)/bin/uv pip compile --group release --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --upgrade --quiet \
	  --custom-compile-command "make lock" --output-file .github/release-requirements.txt

clean: ## remove what was made here; the built Pulumi CLI in the per-user cache stays
	rm -rf $(VENV) policypack/venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
