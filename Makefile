# The two commands that do everything: `make demo` and `make test`.
# Set-up is done once and again only when something it depends on has changed.

SHELL := /bin/bash
PYTHON := .venv/bin/python
READY := .cache/ready

.PHONY: demo test check setup gallery bench chaos fuzz soak-devices generate lock clean help

help:             ## what there is to make
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 18

setup: $(READY)   ## Debian packages, .venv, fonts

$(READY): requirements-dev.txt deploy/setup.sh deploy/packages.txt screens/fonts.py \
		tests/kiosk/identity/provider/package-lock.json
	bash deploy/setup.sh
	@mkdir -p $(@D) && touch $@

demo: setup       ## the terminal on simulated devices, in a window where there is a display
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(PYTHON) run_kiosk.py --demo; \
	else $(PYTHON) run_kiosk.py --demo --headless; fi

test: check       ## every test
	$(PYTHON) -m pytest

check: setup      ## lint, types, import rules, generated files
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m kiosk.generate --check

generate: setup   ## types and documents from the data files
	$(PYTHON) -m kiosk.generate

gallery: setup    ## a picture of every screen into docs/gallery
	bash deploy/with-display.sh $(PYTHON) -m screens.gallery

bench: setup      ## every benchmark
	bash deploy/with-display.sh $(PYTHON) -m bench all --json

chaos: setup      ## power cuts, 1000 kills, a bad line, 10000 visits: hours; sums and parts in out/
	@mkdir -p out
	$(PYTHON) -W ignore -m bench offline --json
	$(PYTHON) -W ignore -m bench chaos power --parts 20 --out out/chaos.jsonl
	$(PYTHON) -W ignore -m bench chaos line --out out/chaos.jsonl
	$(PYTHON) -W ignore -m bench chaos kills --parts 20 --count 50 --out out/chaos.jsonl
	$(PYTHON) -W ignore -m bench chaos visits --count 10000 --out out/chaos.jsonl

fuzz: setup       ## every protocol and format under atheris, for FUZZ_SECONDS (600)
	$(PYTHON) -W ignore -m tests.fuzz

soak-devices: setup ## every device pulled out and plugged in SOAK_CYCLES (1000) times, and liveness
	$(PYTHON) -W ignore -m bench devices --json
	$(PYTHON) -W ignore -m bench read --json
	$(PYTHON) -W ignore -m bench liveness --json

lock:             ## requirements*.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --generate-hashes --no-header -o requirements.txt
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-header \
		-c requirements.txt -o requirements-dev.txt

clean:            ## everything that was made
	rm -rf .venv .cache out var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
