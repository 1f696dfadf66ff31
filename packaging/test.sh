#!/usr/bin/env bash
# Sets up what is missing and runs every check.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
bash packaging/test.sh                  style, types, layers, and all tests but the long ones: ten minutes on two cores
bash packaging/test.sh --fast           style, types, layers and the quick tests: three minutes on two cores
bash packaging/test.sh --all            every check, as before a change lands: also the long tests, and under the oldest Python what follows its version
bash packaging/test.sh --full           the tests with large counts; goes on where it stopped, keeps figures in docs/evidence/
bash packaging/test.sh --full --again   the same, also those whose figures are kept for this very code
bash packaging/test.sh --zoo            models of torchvision's exporters and of RapidOCR, in an environment of their own (two gigabytes)
bash packaging/test.sh --references     figures beside GLIDE, ssepy and cleanlab, in an environment of their own (Python 3.12 or newer)
bash packaging/test.sh --mutation [N]   N of the changes that mutmut makes to stats/ (0: all), and which no test noticed; goes on where it stopped
bash packaging/test.sh --replanted [N]  the last N mended faults (190), each in the product again: which share of the tests finds it; goes on where it stopped
bash packaging/test.sh --peers [NAME]   other people's tools on the product's input, each in an environment of its own; without a name all of them
bash packaging/test.sh -- ARGUMENTS     only pytest, with these arguments
TEXT
}

share=short
arguments=()
peers=()
mutants=400
faults=190
while [ $# -gt 0 ]; do
    case "$1" in
        --fast) share=fast ;;
        --all) share=all ;;
        --full) share=full ;;
        --again) arguments+=(--again) ;;
        --zoo) share=zoo ;;
        --references) share=references ;;
        --mutation)
            share=mutation
            case "${2:-}" in
                "" | -*) ;;
                *) mutants=$2 && shift ;;
            esac
            ;;
        --replanted)
            share=replanted
            case "${2:-}" in
                "" | -*) ;;
                *) faults=$2 && shift ;;
            esac
            ;;
        --peers)
            share=peers
            case "${2:-}" in
                "" | -*) ;;
                *) peers=("$2") && shift ;;
            esac
            ;;
        -h | --help) usage && exit 0 ;;
        --) shift && share=some && arguments+=("$@") && break ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done

# Without a name it is every peer that has a folder.
if [ "$share" = peers ]; then
    known=$(cd packaging/peers && printf '%s\n' * | sort)
    [ ${#peers[@]} -gt 0 ] || peers=($known)
    if ! grep -qx "${peers[0]}" <<<"$known"; then
        echo "packaging/peers has no ${peers[0]}, only: $(echo $known)." >&2
        exit 2
    fi
fi

. packaging/setup.sh
PINS=dev
# The tests start the program hundreds of times: it is compiled once.
unset PYTHONDONTWRITEBYTECODE
# Cameras that the tests start: an RTSP server and a GigE camera, run by the system's own Python.
CAMERAS="arv-fake-gv-camera-0.8:aravis-tools
/usr/lib/python3/dist-packages/gi:python3-gi
/usr/lib/*/girepository-1.0/Aravis-0.8.typelib:gir1.2-aravis-0.8
/usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib:gir1.2-gst-rtsp-server-1.0
/usr/lib/*/gstreamer-1.0/libgstvideotestsrc.so:gstreamer1.0-plugins-base
/usr/lib/*/gstreamer-1.0/libgstrtp.so:gstreamer1.0-plugins-good
/usr/lib/*/gstreamer-1.0/libgstx264.so:gstreamer1.0-plugins-ugly"
# A screen reader's side of the accessibility bus, which reads the window.
READER="dbus-run-session:dbus-daemon
/usr/libexec/at-spi-bus-launcher:at-spi2-core
/usr/lib/*/girepository-1.0/Atspi-2.0.typelib:gir1.2-atspi-2.0"
set_up Xvfb:xvfb xauth:xauth git:git strace:strace $CAMERAS $READER

# Runs a check and says which one it was when it finds something; the rest still run.
failed=()
check() {
    local name=$1
    shift
    echo "== $name"
    "$@" || failed+=("$name")
}

# Makes .zoo/ with the exporters and what they write, once for each state of their pins and of the script.
make_zoo() {
    local stamp
    stamp=$(cat packaging/zoo/pins.txt packaging/zoo/export.py | sha256sum | cut -d' ' -f1)
    if [ -e .zoo/stamp ] && [ "$(cat .zoo/stamp)" = "$stamp" ]; then
        return 0
    fi
    echo "Making .zoo with PyTorch and its exporters (once; some minutes)"
    rm -rf .zoo/models .zoo/stamp
    [ -x .zoo/env/bin/python ] || "$PYTHON" -m venv .zoo/env
    .zoo/env/bin/python -m pip install --quiet --disable-pip-version-check -r packaging/zoo/pins.txt
    .zoo/env/bin/python packaging/zoo/export.py .zoo/models >.zoo/log 2>&1 || { tail -n 15 .zoo/log >&2 && exit 1; }
    echo "$stamp" >.zoo/stamp
}

# Makes .references/ with the libraries that figures are held against, once for each state of their pins. They ask for a newer Python than the product.
make_references() {
    local stamp name newer=""
    stamp=$(cat packaging/references/pins*.txt | sha256sum)
    if [ -e .references/stamp ] && [ "$(cat .references/stamp)" = "$stamp" ]; then
        return 0
    fi
    for name in python3 python3.12 python3.13 python3.14; do
        if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then newer=$name && break; fi
    done
    [ -n "$newer" ] || stop "The reference libraries need a Python 3.12 or newer that can make environments; none was found."
    echo "Making .references with $newer (once; a minute)"
    rm -rf .references
    "$newer" -m venv .references/env
    local pip=".references/env/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all:"
    $pip -r packaging/references/pins.txt && $pip --no-deps -r packaging/references/pins-alone.txt ||
        stop "The reference libraries could not be installed; the lines above say why."
    echo "$stamp" >.references/stamp
}

# Makes .peers/NAME/env with what packaging/peers/NAME/pins.txt names, once for each state of it.
make_peer() {
    local name=$1 stamp
    stamp=$(cat packaging/peers/"$name"/*.txt | sha256sum)
    if [ -e ".peers/$name/stamp" ] && [ "$(cat ".peers/$name/stamp")" = "$stamp" ]; then
        return 0
    fi
    echo "Making .peers/$name (once; some minutes)"
    rm -rf ".peers/$name"
    mkdir -p ".peers/$name"
    "$PYTHON" -m venv ".peers/$name/env"
    ".peers/$name/env/bin/python" -m pip install --quiet --disable-pip-version-check -r "packaging/peers/$name/pins.txt" ||
        stop "The peer $name could not be installed; the lines above say why."
    # Label files that a peer publishes lie in its source package, which stands in published.txt.
    if [ -e "packaging/peers/$name/published.txt" ]; then
        ".peers/$name/env/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary "$name" \
            --dest ".peers/$name/source" -r "packaging/peers/$name/published.txt" &&
            mkdir ".peers/$name/published" && tar -xzf ".peers/$name"/source/*.tar.gz -C ".peers/$name/published" --strip-components 1 ||
            stop "The source of the peer $name could not be unpacked; the lines above say why."
    fi
    echo "$stamp" >".peers/$name/stamp"
}

# Puts mutmut's operators and coverage into .mutation/, where only the count of mutants looks, once for each state of their pins.
make_mutation() {
    local stamp
    stamp=$({ cat packaging/mutation/pins.txt && .venv/bin/python --version; } | sha256sum)
    if [ -e .mutation/stamp ] && [ "$(cat .mutation/stamp)" = "$stamp" ]; then
        return 0
    fi
    rm -rf .mutation
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --target .mutation -r packaging/mutation/pins.txt || stop "mutmut could not be installed; the lines above say why."
    echo "$stamp" >.mutation/stamp
}

# Puts the extra `netcam` into .netcam/, where only the tests that ask for it look, once for each pin and Python: its codecs are under the GPL.
make_netcam() {
    local stamp
    stamp=$({ cat packaging/requirements/netcam.txt && .venv/bin/python --version; } | sha256sum)
    if [ -e .netcam/stamp ] && [ "$(cat .netcam/stamp)" = "$stamp" ]; then
        return 0
    fi
    rm -rf .netcam
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
        --target .netcam -r packaging/requirements/netcam.txt || stop "The extra netcam could not be installed; the lines above say why."
    echo "$stamp" >.netcam/stamp
}
make_netcam

oldest=""
# Makes .oldest with the oldest Python that is here and sets `oldest` to its version; empty where .venv has no other one.
make_oldest() {
    local name
    name=$(find_oldest_python)
    oldest=$("$name" --version)
    if [ "${oldest%.*}" = "$(.venv/bin/python --version | sed 's/\.[^.]*$//')" ]; then oldest="" && return 0; fi
    VENV=.oldest PYTHON=$name make_environment
}

# Types by the stubs of this Python's libraries; of all checks also as on Windows and macOS, and by the stubs of the oldest's libraries.
check_types() {
    local platform
    nice -n 19 .venv/bin/mypy || return 1
    [ "$share" = all ] || return 0
    for platform in win32 darwin; do nice -n 19 .venv/bin/mypy --platform "$platform" --cache-dir ".mypy_cache/$platform" || return 1; done
    [ -z "$oldest" ] || nice -n 19 .oldest/bin/mypy --cache-dir .mypy_cache/oldest
}

# With threads of its own in each process, BLAS waits for a core at full speed: the small sums of the tests took it ten times as long.
export OPENBLAS_NUM_THREADS=1
# Each thread would get a heap of its own, from which little is given back: 300 MB a process.
export MALLOC_ARENA_MAX=2
pytest=(.venv/bin/python -m pytest --quiet)
case "$share" in
    zoo) make_zoo && FIELDCHECK_ZOO=.zoo/models exec "${pytest[@]}" tests/models/test_exports.py tests/models/test_zoo.py ;;
    references) make_references && FIELDCHECK_REFERENCES=$PWD/.references/env/bin/python exec "${pytest[@]}" tests/test_references.py ;;
    mutation) make_mutation && OPENBLAS_NUM_THREADS=1 exec .venv/bin/python -m tests.mutation "$mutants" ;;
    replanted) exec .venv/bin/python -m tests.replanted "$faults" ;;
    peers)
        made=()
        for name in "${peers[@]}"; do make_peer "$name" && made+=("$name"); done
        FIELDCHECK_PEERS=$PWD/.peers FIELDCHECK_PEER_NAMES=${made[*]} exec "${pytest[@]}" -rs tests/peers ;;
    full) exec "${pytest[@]}" -m full --full -rs ${arguments[@]+"${arguments[@]}"} ;;
    some) exec "${pytest[@]}" ${arguments[@]+"${arguments[@]}"} ;;
esac
# Four processes on two cores: a test also waits, for a camera, a child or a timer. Which begins with what stands in tests/order.py.
# A test that stands still is ended with its stacks printed, so that the others still run; the longest takes some minutes where others work beside it.
several=(--numprocesses 4 --dist worksteal --durations 10 -o faulthandler_timeout=1200 -o faulthandler_exit_on_timeout=true)
# The quick share: rooms whose tests compute and read, and start no program, no model of weight and no window but for its widgets.
QUICK=(tests/domain tests/errors tests/i18n tests/imaging tests/labels/formats tests/sampling tests/stats tests/ui/widgets tests/ui/test_theme.py tests/test_{cycles,docs,docstrings,files,layout,progress,safe_text}.py)
# What another version of Python and the libraries that come with it may change: digits, their order, and what is made of them.
BY_VERSION=(tests/domain tests/outputs tests/sampling tests/stats tests/test_csv_json_xml.py)
if [ "$share" = all ]; then make_oldest; fi
# What pytest makes of test modules is kept beside them: on a fresh clone once, here, and not by each process at the same time.
compiling=""
if [ ! -e tests/__pycache__ ]; then "${pytest[@]}" --collect-only -qq >/dev/null 2>&1 & compiling=$!; fi
if [ -n "$oldest" ]; then export FIELDCHECK_OTHER_PYTHON=$PWD/.oldest/bin/python; fi
check style .venv/bin/ruff check --quiet
check format .venv/bin/ruff format --check --quiet
check layers .venv/bin/lint-imports --no-logo
# One process that works for minutes: in what the tests, which also wait, leave of two cores.
types=$(mktemp)
check_types >"$types" 2>&1 &
typing=$!
trap 'kill "$typing" 2>/dev/null || true; rm -f "$types"' EXIT
[ -z "$compiling" ] || wait "$compiling" || true
case "$share" in
    fast) check tests "${pytest[@]}" -m "not long" --numprocesses 2 --dist worksteal "${QUICK[@]}" ;;
    short) check tests "${pytest[@]}" -m "not long" "${several[@]}" ;;
    all) check tests "${pytest[@]}" "${several[@]}" ;;
esac
types_beside() {
    wait "$typing" || { cat "$types" && return 1; }
}
check types types_beside
if [ -n "$oldest" ]; then
    check "tests under $oldest" .oldest/bin/python -m pytest --quiet --numprocesses 2 "${BY_VERSION[@]}"
fi
if [ ${#failed[@]} -gt 0 ]; then
    echo "Not passed: ${failed[*]}" >&2
    exit 1
fi
