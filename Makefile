# Everything a developer runs. `make ask` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
Q ?= What are the treatment options for hepatorenal syndrome?

.PHONY: ask test check lint format types layers bench docs spark clean

ask: $(VENV)/ask.done  ## set up and answer a question: make ask Q="..."
	@$(BIN)/hepatica ask "$(Q)"

test: $(VENV)/dev.done  ## set up and run every test and check
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@$(BIN)/mypy & types=$$!; $(BIN)/pytest -n auto --dist worksteal && wait $$types

lint: $(VENV)/dev.done
	$(BIN)/ruff check .

format: $(VENV)/dev.done
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

types: $(VENV)/dev.done
	$(BIN)/mypy

layers: $(VENV)/dev.done
	$(BIN)/lint-imports

docs: $(VENV)/dev.done  ## write the generated pages of the guide
	$(BIN)/python -m docs.commands

DATA ?= $(HEPATICA_DATA)
bench: $(VENV)/dev.done  ## measure: make bench DATA=folder of the evaluation data
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[bench]"
	$(BIN)/python -m benchmarks.answers $(DATA)/evidence/questions*.yaml
	$(BIN)/python -m benchmarks.abstention $(DATA)/evidence/abstain.yaml
	$(BIN)/python -m benchmarks.retrieval $(DATA)/data/retrieval/bioasq-snippets

spark: $(VENV)/dev.done  ## the definitions on Spark, which is large and needs Java
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[spark]"
	$(BIN)/pytest tests/clinic/cohort -m spark

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/ask.done: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -e .
	@touch $@

$(VENV)/dev.done: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -e ".[dev]"
	@touch $@ $(VENV)/ask.done

clean:
	rm -rf $(VENV) build dist src/*.egg-info
