#!/usr/bin/env bash
# Sets up what is missing and runs the demo: the demo project in the window where there is a display; without one, or with
# --headless, the whole job on it, down to the report. Arguments go to "fieldcheck demo".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/setup.sh
case " $* " in *" --headless "*) NEEDS_QT=0 ;; esac
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || NEEDS_QT=0 # the job is then done without a window
set_up
exec .venv/bin/fieldcheck demo "$@"
