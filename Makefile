# `make help` lists the targets. On a new machine with Python, git and make, each of them installs
# what it needs into .venv (and .venvs/, a folder for each Python that the tests run under).

BIN := .venv/bin
SHELL_SCRIPTS := .ci/run tools/chromium tools/lock tools/pythons tools/test tools/venv
ARGS ?=
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lock upgrade bench torture clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: .venv/.dev  ## make .venv with everything for working on the bot

demo: .venv/.runtime  ## run the real bot against a pretend Slack and Harness: make demo ARGS="--port 8080"
	@$(BIN)/resume-bot demo $(ARGS)

test:  ## run the tests under every supported Python here: make test ARGS="-k resume" PYTHONS=3.13
	@tools/test -n $(WORKERS) $(ARGS)

check: .venv/.dev  ## lint, format, types, layers, shell scripts, Dockerfile
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/shellcheck $(SHELL_SCRIPTS)
	$(BIN)/hadolint deploy/Dockerfile

format: .venv/.dev  ## put the code in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: .venv/.dev  ## write requirements/*.txt anew for the bounds in pyproject.toml
	tools/lock

upgrade: .venv/.dev  ## the same with the newest versions that the bounds allow
	tools/lock --upgrade

bench: .venv/.test  ## measure: latency, processor time and requests
	$(BIN)/python -m tools.bench $(ARGS)

torture: .venv/.test  ## kill, click and fuzz, and count what was lost
	$(BIN)/python -m tools.torture $(ARGS)

clean:  ## remove what the other targets made
	rm -rf .venv .venvs build dist *.egg-info .coverage* .hypothesis \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find bot tests tools -name __pycache__ -type d -exec rm -rf {} +

.venv/.%: requirements/%.txt requirements/build.txt pyproject.toml
	@tools/venv .venv $*
