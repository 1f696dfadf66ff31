#!/usr/bin/env bash
# Builds the documentation site from docs/ into build/site, with search, without a network and without a warning:
#
#     bash packaging/site.sh
#
# Sphinx lives in .site/, an environment of its own, made once for each state of its pins (Python 3.12 or newer).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/setup.sh

make_site_environment() {
    local stamp name newer=""
    stamp=$(sha256sum packaging/requirements/site.txt)
    [ "$(cat .site/stamp 2>/dev/null)" != "$stamp" ] || return 0
    for name in python3 python3.14 python3.13 python3.12 /usr/bin/python3; do
        if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then newer=$name && break; fi
    done
    [ -n "$newer" ] || stop "Sphinx needs a Python 3.12 or newer that can make environments; none was found."
    echo "Making .site with Sphinx (once; a minute)"
    rm -rf .site && "$newer" -m venv .site/env
    .site/env/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r packaging/requirements/site.txt ||
        stop "Sphinx could not be installed; the lines above say why."
    echo "$stamp" >.site/stamp
}

make_site_environment
rm -rf build/site
# In a network of its own, without an interface, where the system has them: nothing is fetched while the site is built.
alone=()
if unshare --map-root-user --net true 2>/dev/null; then alone=(unshare --map-root-user --net); fi
"${alone[@]}" .site/env/bin/python -m sphinx -W --keep-going -q -b html -d build/site-trees docs build/site
echo "Built: build/site/index.html"
