# Every target makes or repairs the environment that it needs; only git, make and Python 3.11 must be there.
#
# Variables, on the command line or in the environment:
#   STACK   tfx-1.16 or tfx-1.21, in an environment of its own   (default: what fits this machine's glibc, in .venv)
#   CONFIG  the pipeline.yaml of `make demo` and `tensorboard`   (default: local_runner.py's own)
#   OUTPUT  the folder of `make demo`, `tensorboard`, `notebook` (default: local_runner.py's own)
#   IMAGE   the name of the image                                 (default: tfx-tabular-edge:latest)
#   BASE    an image with Debian trixie and Python 3.11           (default: the official python image; without a
#           registry, as with BASE=debootstrap, one made from Debian's packages and this machine's Python)
#   ARGS    more options, as in make test ARGS='-m unit -x'       (default: none)

# A value is text: make does not expand it, and recipes hand it to the shell as a variable, never as part of a command.
override VARIABLES := STACK CONFIG OUTPUT IMAGE BASE ARGS
$(foreach name,$(VARIABLES),$(eval override $(name) := $$(value $(name))))
export $(VARIABLES)

override VENV := .venv$(addprefix -,$(filter tfx-1.16 tfx-1.21,$(STACK)))
override PYTHON := $(VENV)/bin/python
override RUN := requirements/with_args.sh
override CODE := $(wildcard pipeline components modules benchmarks tests local_runner.py kubeflow_runner.py setup.py)
# Importing Keras writes a settings file: into the environment, not into the user's home.
export KERAS_HOME ?= $(CURDIR)/$(VENV)/keras

# Tests that share a long fixture stay in one worker: tests/conftest.py says which, and in which order.
override PARALLEL := --numprocesses auto --maxprocesses 4 --max-worker-restart 0 --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo notebook tensorboard test test-faults kubeflow-test kubeflow-test-image check format lock audit bench bench-start bench-ingest bench-evaluator bench-wide bench-quality bench-ladder bench-search image base-image \
	test-image clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@awk '!/^#/ { exit } /^# Variables/ { on = 1; print "" } on { print substr($$0, 3) }' $(firstword $(MAKEFILE_LIST))

setup: ## make or repair the Python environment (all other targets do so by themselves)
	@requirements/install.sh

demo: setup ## run the whole pipeline and push a model (exit status 3: it ran, but a gate refused the model)
	@$(RUN) $(PYTHON) local_runner.py run $${CONFIG:+--config "$$CONFIG"} $${OUTPUT:+--output "$$OUTPUT"}

tensorboard: setup ## show the training curves of the latest run, of every trial too
	@$(RUN) $(PYTHON) local_runner.py tensorboard $${CONFIG:+--config "$$CONFIG"} $${OUTPUT:+--output "$$OUTPUT"}

notebook: setup ## open notebooks/inspect.ipynb, which shows what the last run found, in JupyterLab
	@$(RUN) $(VENV)/bin/jupyter lab notebooks/inspect.ipynb

test: setup ## run all tests, on up to four cores at once
	@$(RUN) $(PYTHON) -m pytest $(PARALLEL)

test-faults: setup ## kill, starve, damage and attack runs in all ways of docs/reliability.md (8 minutes)
	@$(RUN) $(PYTHON) -m pytest $(PARALLEL) -m faults

kubeflow-test: setup ## compile for Kubeflow, check, and run every step from the compiled file to a pushed model (4 minutes)
	@$(RUN) $(PYTHON) -m pytest -m kubeflow

kubeflow-test-image: setup ## the same, with every step in a container of the image, as the image's user
	@PYTHON=$(PYTHON) $(RUN) image/walk.sh

check: setup ## lint, formatting, types; changes nothing
	$(VENV)/bin/ruff check $(CODE)
	$(VENV)/bin/ruff format --check $(CODE)
	$(PYTHON) -m mypy $(CODE)

format: setup ## format the code and fix what the linter can fix
	$(VENV)/bin/ruff check --fix $(CODE)
	$(VENV)/bin/ruff format $(CODE)

# Versions in a lock stay as they are while requirements/*.in allow them; ARGS=--upgrade takes the newest ones.
# The platform is named so that the result does not depend on the machine that makes it: the oldest glibc of each.
override COMPILE = cd requirements && ../$(RUN) ../$(VENV)/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 \
	--override overrides.txt --custom-compile-command 'make lock'
lock: setup ## make the locks again from requirements/*.in
	$(COMPILE) --python-platform x86_64-manylinux_2_28 bootstrap.in -o bootstrap.lock
	$(COMPILE) --python-platform x86_64-manylinux_2_28 audit.in -o audit.lock
	$(COMPILE) --python-platform x86_64-manylinux_2_28 tfx-1.16.in development.in -o tfx-1.16.lock
	$(COMPILE) --python-platform x86_64-manylinux_2_39 tfx-1.21.in development.in -o tfx-1.21.lock
	$(COMPILE) --python-platform x86_64-manylinux_2_39 tfx-1.21.in --constraints tfx-1.21.lock --no-annotate -o image.lock

audit: setup ## hold the locks against the known vulnerabilities (needs a network; exit status 1: some are known)
	@requirements/audit.sh $(PYTHON)

bench: setup ## measure the figures of the README
	@$(RUN) $(PYTHON) -m benchmarks

bench-start: setup ## measure how soon the command line answers (ARGS='--repeats N')
	@$(RUN) $(PYTHON) -m benchmarks.start

bench-ingest: setup ## measure how fast tables become examples, beside TFX's CsvExampleGen (ARGS='--rows N')
	@$(RUN) $(PYTHON) -m benchmarks.ingest

bench-evaluator: setup ## time the Evaluator beside TFX's stock one on the test rows of an earlier run (ARGS='--times N')
	@$(RUN) $(PYTHON) -m benchmarks.evaluator

bench-wide: setup ## measure how each step grows with the number of columns (ARGS='--columns 500 1000 --rows N')
	@$(RUN) $(PYTHON) -m benchmarks.wide

bench-quality: setup ## compare with boosted trees on tables that packages carry; hours (ARGS='--tables digits ames --seeds N --write')
	@$(RUN) $(PYTHON) -m benchmarks.quality

bench-ladder: setup ## tabulate every point of the ladder (ARGS='--run NAME CONFIG KEY=VALUE … --seeds N --write')
	@$(RUN) $(PYTHON) -m benchmarks.ladder

bench-search: setup ## compare the strategies of the search by replays, in a few minutes (ARGS='--replays N --write'; --train: tables anew)
	@$(RUN) $(PYTHON) -m benchmarks.search

image: ## build the image that Kubeflow's tasks run in, with docker, podman or buildah
	@image/build.sh

base-image: ## make a base image from Debian's packages and this machine's Python 3.11, anew
	@image/base.sh

test-image: ## run the tests in the image; ARGS as in make test
	@$(RUN) image/test.sh $(PARALLEL)

clean: ## remove what runs, builds and checks left behind, but not the environments
	rm -rf out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name '.venv*' -prune -o -name __pycache__ -prune -exec rm -rf {} +
