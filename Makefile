# Everything a contributor or CI runs. Needs python3 (3.11 or newer), git and make, nothing else.
# Set-up happens by itself, once, into .venv; a second call is instant.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9

# A caller's PYTHONPATH would let packages from outside the lock in.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
# Tests start many processes; without this each of them would compile the bot anew.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
PIP_INSTALL := $(BIN)/python -m pip install --quiet
INSTALL_PROJECT := $(PIP_INSTALL) --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := practice
.PHONY: practice dev test soak check train format lock clean help FORCE

practice: $(VENV)/.runtime ## answer Docker questions in this terminal (the default)
	@$(BIN)/interview-bot practice docker

dev: $(VENV)/.dev ## set up .venv with everything tests and checks need

test: $(VENV)/.dev ## run the tests
	$(BIN)/pytest

soak: $(VENV)/.dev ## run the long tests that are left out of `test`
	$(BIN)/pytest -m soak

check: $(VENV)/.dev ## formatting, lint, types, import directions, questions, generated docs, containers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo
	$(BIN)/interview-bot questions check
	$(BIN)/python docs/generate.py --check
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

train: $(VENV)/.dev ## fit the second hearing anew to benchmarks/second_hearing
	$(PIP_INSTALL) --require-hashes -r requirements/train.txt
	$(BIN)/python benchmarks/second_hearing/train.py

format: $(VENV)/.dev ## format, and mend what the linter can mend
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

# Locks hold hashes and no addresses, so they install from any mirror. dev.txt comes first and binds the
# others: whatever is tested is what ships. UPGRADE=1 moves every pin to the newest version.
UV_COMPILE = "$$scratch/bin/uv" pip compile --quiet --no-config --system-certs --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --annotation-style line \
	$(if $(UPGRADE),--upgrade)

lock: $(VENV)/.made-for ## write requirements/*.txt anew from pyproject.toml (UPGRADE=1: newest versions)
	@set -e; scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(BIN)/python -m venv "$$scratch"; \
	"$$scratch/bin/python" -m pip install --quiet uv==$(UV_VERSION); \
	$(UV_COMPILE) pyproject.toml --all-extras --group dev -o requirements/dev.txt; \
	$(UV_COMPILE) pyproject.toml --extra all -c requirements/dev.txt -o requirements/all.txt; \
	$(UV_COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt; \
	$(UV_COMPILE) --group build -c requirements/dev.txt -o requirements/build.txt; \
	$(UV_COMPILE) --group train -c requirements/dev.txt -o requirements/train.txt
	@echo "Locks written. Read the diff, then: make check test"

clean: ## remove .venv and everything generated
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf '%-16s %s\n' "$$name" "$$what"; done

# Set-up. A stamp says what .venv holds; newer locks or a newer pyproject.toml make it stale.
$(VENV)/.dev: $(VENV)/.made-for requirements/dev.txt pyproject.toml
	@echo "Installing the locked tools into $(VENV) (half a minute, once) ..."
	@$(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@$(INSTALL_PROJECT)
	@touch $(VENV)/.runtime $@

$(VENV)/.runtime: $(VENV)/.made-for requirements/runtime.txt requirements/build.txt pyproject.toml
	@echo "Installing the locked packages into $(VENV) (twenty seconds, once) ..."
	@$(PIP_INSTALL) --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	@$(INSTALL_PROJECT)
	@touch $@

# A virtual environment is tied to its folder and its interpreter. One left by another Python, or moved or
# copied here, is thrown away. The stamp keeps its age otherwise, so this looks each time and costs nothing.
DESCRIBE := import os, sys; base = os.path.realpath(sys._base_executable); \
	print(base, *sys.version_info[:3]) if sys.version_info >= (3, 11) else sys.exit(1)

$(VENV)/.made-for: FORCE
	@found=$$($(PYTHON) -c '$(DESCRIBE)' 2>/dev/null) || { \
		echo "error: '$(PYTHON)' is not Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }; \
	found="$(CURDIR) $$found"; \
	if [ "$$found" != "$$(cat $@ 2>/dev/null)" ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		rm -rf $(VENV); \
		$(PYTHON) -m venv $(VENV) >/dev/null || { rm -rf $(VENV); \
			echo "error: '$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
		echo "$$found" > $@; \
	fi
FORCE:
