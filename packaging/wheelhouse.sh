#!/usr/bin/env bash
# Fills a folder with the wheel of this checkout and of every package it needs, so that pip can install it on a computer without a network:
#
#     bash packaging/wheelhouse.sh FOLDER [EXTRA...]          here, with a network; EXTRA: netcam
#     python3 -m venv fc && fc/bin/pip install --no-index --find-links FOLDER fieldcheck      there, same system and Python version
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/setup.sh
[ $# -ge 1 ] || { sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2; }
folder=$1
shift
find_python
[ "$HAS_VENV" = 1 ] || stop "$PYTHON cannot make environments; install python3-venv first."
env=$(mktemp -d)
trap 'rm -rf "$env"' EXIT
"$PYTHON" -m venv "$env"
pip="$env/bin/python -m pip --quiet --disable-pip-version-check"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
mkdir -p "$folder"
for name in product "$@"; do
    [ -e "packaging/requirements/$name.txt" ] || stop "There are no pins for the extra $name."
    $pip download --no-deps --only-binary :all: --require-hashes -d "$folder" -r "packaging/requirements/$name.txt"
done
# What builds the checkout's own wheel: pinned, and of the product's packages those two that it shares with it.
$pip install --no-index --find-links "$folder" packaging pluggy
$pip install --no-deps --require-hashes -r packaging/requirements/build.txt
$pip wheel --no-deps --no-build-isolation -w "$folder" .
(cd "$folder" && sha256sum ./*.whl >SHA256SUMS)
printf '%s wheels, %s, for %s on this kind of system, in %s\n' "$(find "$folder" -name '*.whl' | wc -l)" "$(du -sh "$folder" | cut -f1)" "$("$PYTHON" --version)" "$folder"
