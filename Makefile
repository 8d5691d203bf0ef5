# The whole book from these few words; `make help` lists them.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
C      ?= 05_eigen

.DEFAULT_GOAL := help
.PHONY: help book chapter serve pdf same links test test-browser test-binder doctest lint format bench clean lock assets

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# Python packages; a change of any of these files installs again
$(VENV)/.installed: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "the book needs Python 3.11 or later, this is " + sys.version.split()[0])'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing the book's environment in $(VENV) (about a minute) …"
	@$(PY) -m pip install --quiet --progress-bar on --disable-pip-version-check -r requirements.txt -e '.[test]' -c constraints.txt
	@touch $@

assets: $(VENV)/.installed  ## fetch the front-end assets (Node comes as a wheel)
	@$(PY) tools/book.py assets

book: $(VENV)/.installed  ## build _build/html/index.html; every warning is an error
	@$(PY) tools/book.py build

chapter: $(VENV)/.installed  ## run and build one page: make chapter C=05_eigen
	@$(PY) tools/book.py chapter $(C)

serve: $(VENV)/.installed  ## rebuild and reload while you write
	@$(PY) tools/book.py serve

pdf: $(VENV)/.installed  ## the printed book (needs XeLaTeX)
	@$(PY) tools/book.py pdf

same: $(VENV)/.installed  ## build twice from nothing: are the bytes the same?
	@$(PY) tools/book.py same

links: $(VENV)/.installed  ## follow every address that the book names
	@$(PY) tools/book.py links

test: book  ## all that needs no browser: units, properties, doctests, the built pages
	@$(PY) -m pytest -n auto -m "not browser and not binder"

test-browser: book  ## the built pages in Chromium
	@$(PY) -m pytest -n auto -m browser

test-binder: $(VENV)/.installed  ## Binder's environment, and a chapter run in JupyterLab
	@$(PY) -m pytest -m binder

doctest: $(VENV)/.installed  ## the examples in the docstrings
	@$(PY) -m pytest mml

lint: $(VENV)/.installed  ## style
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: $(VENV)/.installed  ## mend style
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: $(VENV)/.installed  ## mml beside its peers (installs them)
	@$(PY) -m pip install --quiet --disable-pip-version-check -e '.[bench]' -c constraints.txt
	@$(PY) -m benchmarks

lock: $(VENV)/.installed  ## write constraints.txt from what is installed
	@{ echo '# Exact versions of everything the environment holds; written by `make lock`.'; \
	   $(PY) -m pip list --format=freeze --disable-pip-version-check 2>/dev/null \
	   | grep -vE '^(pip|setuptools|wheel|mml)=='; } > constraints.new && mv constraints.new constraints.txt

clean:  ## remove what was built (A=--all: what was executed and installed too)
	@$(PYTHON) tools/book.py clean $(A)
	@if [ "$(A)" = "--all" ]; then rm -rf $(VENV) node_modules; fi
