#!/usr/bin/env bash
# Sets up what is missing and runs every check. See "bash packaging/test.sh --help".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/setup.sh
set_up Xvfb:xvfb xauth:xauth
.venv/bin/ruff check
.venv/bin/ruff format --check
.venv/bin/mypy
.venv/bin/lint-imports
.venv/bin/python -m pytest -q
