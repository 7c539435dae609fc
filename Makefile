SHELL := /bin/sh
PYTHON ?= python3
EVALUATION ?= data/french-impact
TO ?= reports
BIN := .venv/bin
# What a report needs; and, on top of it, what tests, JupyterLab and the documentation need.
READY := .venv/.ready
READY_DEV := .venv/.ready-dev
# Compiled when it is first imported, and not before: most of what is installed never is, and it costs 20 s and
# 200 MB. Kept then, whatever the shell says: without it, each process would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(BIN)/python -m pip install --quiet --no-compile
# Tests that share something go to one of two processes, the longest first.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder --durations=10

# Nothing is written in the user's home: these tools would otherwise keep their settings and caches there.
STATE := $(CURDIR)/.venv/state
export IPYTHONDIR := $(STATE)/ipython
export JUPYTER_CONFIG_DIR := $(STATE)/jupyter/config
export JUPYTER_DATA_DIR := $(STATE)/jupyter/data
export JUPYTER_RUNTIME_DIR := $(STATE)/jupyter/runtime
export MPLCONFIGDIR := $(STATE)/matplotlib
# JupyterLab asks npm, where there is one, for language servers.
export npm_config_cache := $(STATE)/npm
ifndef PIP_CACHE_DIR
export PIP_NO_CACHE_DIR := 1
endif
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help reports demo quick test test-all bench performance chaos check-statistics mutants lint docs lab licences lock clean

help: ## Liste de ces commandes
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r name words; do printf '  make %-16s %s\n' "$$name" "$$words"; done

reports: $(READY) ## Un rapport par territoire, dans reports/ (EVALUATION=dossier, TO=dossier pour un autre)
	@$(BIN)/impactkit run $(EVALUATION) --to $(TO)

demo: $(READY) ## L'évaluation inventée, réécrite, et ses rapports
	@$(BIN)/python data/demo/make.py
	@$(BIN)/impactkit run data/demo --to $(TO)

quick: $(READY_DEV) ## Les tests sans processus ni navigateur, en moins d'une minute
	@$(PYTEST) --tier quick

test: $(READY_DEV) ## Chaque composant réel une fois, en petit : moins de cinq minutes sur deux cœurs
	@$(PYTEST) --tier test

test-all: $(READY_DEV) ## Tous les tests (avec IMPACTKIT_SOURCES et IMPACTKIT_PUBLISHED, ceux des fichiers officiels)
	@$(PYTEST) --tier all

bench: $(READY_DEV) ## Les temps et la mémoire promis, mesurés (le meilleur de trois)
	@$(BIN)/python bench/ceilings.py
	@$(BIN)/python bench/perimeters.py
	@$(BIN)/python bench/estimators.py
	@$(BIN)/python bench/melodi_rate.py
	@$(BIN)/python bench/run.py
	@$(BIN)/python bench/loop.py

performance: $(READY_DEV) ## docs/performance.md, mesuré de nouveau (une demi-heure)
	@$(BIN)/python bench/run.py --full

chaos: $(READY_DEV) ## 200 fois : tuer, remplir le disque, et regarder ce qui reste (une demi-heure)
	@PYTHONPATH=tests/reports:tests $(BIN)/python tests/reports/chaos.py 200

check-statistics: $(READY_DEV) ## Combien de fois chaque test se trompe là où rien n'a été fait (une demi-heure)
	@$(BIN)/python bench/ordinary.py
	@$(BIN)/python bench/calibration.py
	@$(BIN)/python bench/secrecy.py

mutants: $(READY_DEV) ## 300 petites fautes, une à la fois, dans ce qui décide : les tests les voient-ils ? (une heure ; reprend)
	@$(BIN)/python bench/mutants.py

lint: $(READY_DEV) ## La forme du code (ruff) et ses types (mypy)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

docs: $(READY_DEV) ## La documentation, dans docs/_build/html
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# A kernel named python3 on the user's JUPYTER_PATH would be taken before the one of .venv. The interface is in
# French (.jupyter), and asks nobody for news.
lab: $(READY_DEV) ## JupyterLab, ouvert sur le premier carnet
	@env -u JUPYTER_PATH JUPYTER_CONFIG_PATH=$(CURDIR)/.jupyter $(BIN)/jupyter lab \
		--LabApp.default_url=/lab/tree/notebooks/00_commencer_ici.ipynb $(LAB_FLAGS)

licences: $(READY_DEV) ## Les licences de ce que les deux verrous installent
	@$(BIN)/python bench/licences.py

# Each lock is whole: pip asks a hash of every name that it may have to install. The second is held to the first.
LOCK := $(BIN)/python -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-cache --quiet
lock: $(BIN)/python ## Récrit les deux verrous d'après pyproject.toml (LOCK_FLAGS=--upgrade pour les dernières versions)
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(INSTALL) uv
	@$(LOCK) --extra build $(LOCK_FLAGS) --output-file requirements.lock
	@$(LOCK) --extra build --extra lab --extra docs --extra cluster --extra dev $(LOCK_FLAGS) \
		--constraint requirements.lock --output-file requirements-dev.lock

clean: ## Efface .venv, les caches et les rapports construits
	@rm -rf .venv build dist docs/_build docs/_generated .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find src tests notebooks -name __pycache__ -type d -prune -exec rm -rf {} +
	@find docs/locale -name "*.mo" -delete
	@find reports -mindepth 1 ! -name README.md -delete 2>/dev/null || true

$(READY): $(BIN)/python requirements.lock pyproject.toml
	@echo "Installation des bibliothèques d'un rapport dans .venv (une fois, moins d'une minute)…"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(READY_DEV): $(READY) requirements-dev.lock
	@echo "Installation, en plus, des bibliothèques des tests, de JupyterLab et de la documentation (une fois)…"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python est introuvable : « sudo apt install python3 python3-venv »." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Il faut Python 3.11 ou plus récent ; s'il est à côté : « make PYTHON=python3.11 »." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Ce Python ne sait pas créer de .venv : « sudo apt install python3-venv »." >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
