# Makes the environment that demo.sh and test.sh run in: system libraries, .venv/ and the pinned packages.
# Sourced, with the checkout as working directory. Leaves .venv/bin/python and .venv/bin/fieldcheck ready, or ends
# the calling script with exit code 1 and one line that says what to do. Quick, and without the network, when nothing changed.

OLDEST=11 # Python 3.11
NEWEST=14 # Python 3.14
PYTHONS=${PYTHONS:-"python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3"}

# shared library, program or file (a pattern that begins with a slash) : the Debian and Ubuntu package that holds it
QT_LIBRARIES="
libEGL.so.1:libegl1 libGL.so.1:libgl1 libGLX.so.0:libglx0 libX11.so.6:libx11-6 libxkbcommon.so.0:libxkbcommon0
libdbus-1.so.3:libdbus-1-3 libfontconfig.so.1:libfontconfig1 libfreetype.so.6:libfreetype6 libglib-2.0.so.0:libglib2.0-0
libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4 libxcb-keysyms.so.1:libxcb-keysyms1
libxcb-image.so.0:libxcb-image0 libxcb-render-util.so.0:libxcb-render-util0 libxcb-xkb.so.1:libxcb-xkb1
libxcb-randr.so.0:libxcb-randr0 libxcb-render.so.0:libxcb-render0 libxcb-shape.so.0:libxcb-shape0
libxcb-shm.so.0:libxcb-shm0 libxcb-sync.so.1:libxcb-sync1 libxcb-util.so.1:libxcb-util1
libxcb-xfixes.so.0:libxcb-xfixes0 libX11-xcb.so.1:libx11-xcb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0"
VENV=.venv   # the folder of the environment
PINS=product # what is installed: product, or dev with what tests need too
NEEDS_QT=1   # 0 where no window is opened
FONT=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints "MINOR has_venv" for a Python 3, nothing for what is not one.
describe_python() {
    "$1" -c 'import sys, importlib.util as u; print(sys.version_info[1] if sys.version_info[0] == 3 else -1, int(bool(u.find_spec("ensurepip") and u.find_spec("venv"))))' 2>/dev/null || true
}

# Sets PYTHON and HAS_VENV: python3 when it is new enough, else the newest named one; one that can make environments goes first.
find_python() {
    local name minor venv found=""
    PYTHON="" HAS_VENV=0
    for name in $PYTHONS; do
        read -r minor venv <<<"$(describe_python "$name")"
        [ -n "${minor:-}" ] || continue
        if [ "$minor" -lt "$OLDEST" ] || [ "$minor" -gt "$NEWEST" ]; then
            found="$found 3.$minor ($(command -v "$name"))"
            continue
        fi
        if [ -z "$PYTHON" ] || [ "$venv" = 1 ]; then
            PYTHON=$name HAS_VENV=$venv
        fi
        [ "$HAS_VENV" = 0 ] || return 0
    done
    [ -n "$PYTHON" ] || stop "Fieldcheck needs Python 3.$OLDEST to 3.$NEWEST; found${found:- none}."
}

# Prints the oldest Python that can make environments, of those that setup.sh knows by name; nothing where there is none.
find_oldest_python() {
    local name minor venv oldest="" least=$((NEWEST + 1))
    for name in $PYTHONS; do
        read -r minor venv <<<"$(describe_python "$name")"
        [ "${venv:-0}" = 1 ] && [ "$minor" -ge "$OLDEST" ] && [ "$minor" -lt "$least" ] || continue
        oldest=$name least=$minor
    done
    echo "$oldest"
}

# Adds to the array MISSING the packages whose library, program or file is not on this machine.
find_missing_packages() {
    local known entry
    if [ "$NEEDS_QT" = 1 ]; then
        known=$(/sbin/ldconfig -p 2>/dev/null || ldconfig -p)
        for entry in $QT_LIBRARIES; do
            case "$known" in *"${entry%%:*} "*) ;; *) MISSING+=("${entry##*:}") ;; esac
        done
        [ -e "$FONT" ] || MISSING+=(fonts-dejavu-core)
    fi
    for entry in "$@"; do
        case "$entry" in
            /*) compgen -G "${entry%%:*}" >/dev/null || MISSING+=("${entry##*:}") ;;
            *) command -v "${entry%%:*}" >/dev/null || MISSING+=("${entry##*:}") ;;
        esac
    done
}

install_missing_packages() {
    [ "${#MISSING[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || stop "Install what these Debian packages hold, then run this again: ${MISSING[*]}"
    [ "$(id -u)" = 0 ] || stop "Type this, then run me again: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${MISSING[*]}"
    echo "Installing system packages: ${MISSING[*]}"
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${MISSING[@]}"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        stop "The system packages could not be installed (whole log: $log)."
    fi
    rm -f "$log"
}

# What the environment was made from: pins ($1), entry points, place of the checkout, Python.
fingerprint() {
    { cat "packaging/requirements/$1.txt" packaging/requirements/uv.txt pyproject.toml && pwd && "$VENV/bin/python" --version; } | sha256sum | cut -d' ' -f1
}

# uv is sixteen times faster; pip goes where uv does not get through (its own list of certificates, a proxy that it does not know).
install_packages() {
    local pip="$VENV/bin/python -m pip install --quiet --disable-pip-version-check"
    local uv="$VENV/bin/uv pip install --quiet --python $VENV/bin/python --compile-bytecode"
    [ ! -e /etc/ssl/certs/ca-certificates.crt ] || uv="$uv --system-certs" # an office network may have a certificate of its own there
    local pins="-r packaging/requirements/$PINS.txt"
    [ "$PINS" = dev ] || pins="$pins -r packaging/requirements/build.txt"
    # shellcheck disable=SC2086
    $pip --require-hashes -r packaging/requirements/uv.txt &&
        { $uv --require-hashes $pins || $pip --require-hashes $pins; } &&
        $pip --no-deps --no-build-isolation --editable .
}

# Whether it holds at least what is asked for: the pins of dev hold the product's.
is_made() {
    local stamp=$VENV/fieldcheck-stamp made
    [ -x "$VENV/bin/python" ] && [ -e "$stamp" ] || return 1
    made=$(cat "$stamp")
    [ "$made" = "$(fingerprint dev)" ] || [ "$made" = "$(fingerprint "$PINS")" ]
}

make_environment() {
    local stamp=$VENV/fieldcheck-stamp
    ! is_made || return 0
    echo "Making $VENV with Python packages (once; a minute or two)"
    if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        "$PYTHON" -m venv --clear "$VENV" || stop "The folder $VENV could not be made in $PWD."
    fi
    rm -f "$stamp"
    install_packages || stop "The Python packages could not be installed; the lines above say why."
    fingerprint "$PINS" >"$stamp"
}

# Arguments: further programs and files as PROGRAM:PACKAGE or /PATTERN:PACKAGE.
set_up() {
    MISSING=()
    find_python
    [ "$HAS_VENV" = 1 ] || [ -e .venv/fieldcheck-stamp ] || MISSING+=(python3-venv)
    find_missing_packages "$@"
    install_missing_packages
    exec 9<pyproject.toml
    flock 9 # two runs at once take turns
    make_environment
    exec 9<&-
}
