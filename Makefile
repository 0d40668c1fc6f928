# make run | test | lint | format | lock | bench | bench-scan.  PYTHON=/path/to/python chooses the interpreter (3.12 or later).
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := run

VENV := .venv
PY := $(VENV)/bin/python
# A test that hangs ends its worker (faulthandler_timeout in pyproject.toml) and is tried again: twice is enough.
PYTEST = $(PY) -m pytest --numprocesses $(TEST_PROCESSES) --max-worker-restart 2
TEST_PROCESSES ?= 2

# An interpreter counts only if it runs: a pyenv shim exists for versions that are not selected, too.
FIND_PYTHON = \
	usable() { "$$1" -c 'import sys, ensurepip, sqlite3, ssl, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }; \
	found=; \
	if [ -n "$(PYTHON)" ]; then \
		usable "$(PYTHON)" && found="$(PYTHON)"; \
	else \
		for name in python3.13 python3.14 python3.12 python3 python; do \
			old_ifs=$$IFS; IFS=:; \
			for directory in $$PATH; do \
				[ -z "$$found" ] && [ -x "$$directory/$$name" ] && usable "$$directory/$$name" && found="$$directory/$$name"; \
			done; \
			IFS=$$old_ifs; \
		done; \
		pyenv="$${PYENV_ROOT:-$$HOME/.pyenv}"; \
		for candidate in "$$pyenv"/shims/python3 "$$pyenv"/versions/3.1[2-9]*/bin/python3; do \
			[ -z "$$found" ] && [ -x "$$candidate" ] && usable "$$candidate" && found="$$candidate"; \
		done; \
	fi; \
	if [ -z "$$found" ]; then \
		echo "没有找到可用的 Python 3.12 或更高版本（需带 venv 模块）。请先安装，或用 make PYTHON=/路径/python3 指定。" >&2; \
		echo "No working Python 3.12 or later (with venv) was found; install one, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi

INSTALL = $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run test lint format lock bench bench-scan

# ---- run: everything from a clean clone to a served address ----
ifeq ($(SECRET_KEY)$(SECRET_KEY_FILE),)
run: var/secret_key
run: export SECRET_KEY_FILE = $(CURDIR)/var/secret_key
endif
run: $(VENV)/installed-run
	@exec $(PY) manage.py serve

var/secret_key: | $(PY)
	@mkdir -p $(@D)
	@umask 077 && $(PY) -c 'import secrets; print(secrets.token_urlsafe(64))' > $@

# ---- test: the suite on each database; the second runs whatever became of the first ----
# The journeys in a browser are about pages and people: once is enough, on the embedded default.
test: $(VENV)/installed-dev
	@status=0; \
	echo "---- sqlite ----"; \
	$(PYTEST) --database sqlite || status=1; \
	echo "---- postgresql ----"; \
	$(PYTEST) --database postgresql -m "not browser" || status=1; \
	exit $$status

# ---- bench: the pages at a million tickets beside the limit and the admin, see docs/performance.md ----
# make bench BENCH="--tickets 100000 --no-docs" for another size; the generated mall stays in var/bench.
bench: $(VENV)/installed-dev
	@$(PY) -W ignore::RuntimeWarning -m tests.benchmarks.pages $(BENCH)

# ---- bench-scan: the deadline scan at a million open rounds, see docs/performance.md ----
bench-scan: $(VENV)/installed-dev
	@$(PY) -m tests.benchmarks.scan

# ---- lint: Python, pages, and the checks of a production site ----
lint: $(VENV)/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint templates --lint --quiet
	@echo "manage.py makemigrations --check, manage.py check --deploy"
	@export SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" DEBUG=false; \
	DATABASE_URL=sqlite:///:memory: $(PY) manage.py makemigrations --check --dry-run && \
	SITE_URL=https://tickets.example.com ALLOWED_HOSTS=tickets.example.com EMAIL_URL=smtp+tls://mail.example.com \
		DATABASE_URL=postgres://qinqin@localhost/qinqin $(PY) manage.py check --deploy --fail-level WARNING

format: $(VENV)/installed-dev
	$(PY) -m ruff check --fix --exit-zero --quiet .
	$(PY) -m ruff format .

# ---- lock: pins and hashes from the package registry, good for every Python from 3.12 on ----
LOCK = CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m piptools compile --quiet --generate-hashes --strip-extras \
	--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links $(LOCK_OPTIONS)
lock: $(VENV)/installed-dev
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

# ---- the environment ----
# $(PY) is a link to the interpreter it was made with: if that one went away, make finds no file here and makes it anew.
$(PY):
	@$(FIND_PYTHON); \
	echo "使用 $$found 建立 $(VENV) …"; \
	"$$found" -m venv --clear $(VENV)

$(VENV)/installed-run: requirements.txt | $(PY)
	@echo "正在安装 $< …"
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(PY)
	@echo "正在安装 $< …"
	@$(INSTALL) -r $<
	@touch $@
