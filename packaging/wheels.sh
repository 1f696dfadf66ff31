#!/usr/bin/env bash
# Asks the registry for each pin of the product and each named Python whether a wheel exists, by system; keeps the answer in docs/evidence/wheels.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/setup.sh
NEEDS_QT=0
set_up
exec .venv/bin/python packaging/wheels.py "$@"
