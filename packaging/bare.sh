#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian, as root and as an ordinary user, then once more without a network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'TEXT'
bash packaging/bare.sh                       on a minimal Debian, as root and as a user: the README's two commands, then again without a network
bash packaging/bare.sh --root                only as root
bash packaging/bare.sh --user                only as a user, who is refused first, then types the line that was printed
bash packaging/bare.sh --path "with space"   the checkout lies in a folder of that name

Asks for root, debootstrap and some 4 GB. What debootstrap made is kept in $BARE (/var/tmp/fieldcheck-bare), and the
table of the last run in docs/evidence/bare.json. Packages come from where this machine's apt takes them.
TEXT
}

SUITE=trixie # Debian 13
BARE=${BARE:-/var/tmp/fieldcheck-bare}
EVIDENCE=docs/evidence/bare.json
NAME=technician
who=(root user)
folder=""
while [ $# -gt 0 ]; do
    case "$1" in
        --root) who=(root) ;;
        --user) who=(user) ;;
        --path) folder=${2:?--path asks for a name} && shift ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
    shift
done

stop() {
    printf '%s\n' "$*" >&2
    exit 2
}

[ "$(id -u)" = 0 ] || stop "A root of its own is made by debootstrap, which asks to be root: sudo bash packaging/bare.sh"
for program in debootstrap unshare chroot ip; do
    command -v "$program" >/dev/null || stop "$program is missing: apt-get install debootstrap util-linux coreutils iproute2"
done

# Makes the minimal system once: Debian's smallest, its Python, certificates and sudo.
make_base() {
    local mirror
    [ ! -e "$BARE/base/made" ] || return 0
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null |
        sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' | sed -n 1p) || true
    [ -n "$mirror" ] || stop "This machine's apt names no place to take Debian from."
    echo "Making a minimal Debian in $BARE/base (once; a minute)"
    rm -rf "$BARE/base"
    mkdir -p "$BARE"
    debootstrap --variant=minbase --include=ca-certificates,python3,sudo "$SUITE" "$BARE/base" "$mirror" >"$BARE/debootstrap.log" 2>&1 ||
        { tail -n 15 "$BARE/debootstrap.log" >&2 && stop "debootstrap failed (whole log: $BARE/debootstrap.log)."; }
    rm -f "$BARE"/base/etc/apt/sources.list
    cp -a /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources "$BARE/base/etc/apt/sources.list.d/" 2>/dev/null || true
    [ ! -e "$BARE/base/etc/apt/sources.list.d/sources.list" ] || mv "$BARE"/base/etc/apt/sources.list{.d/sources.list,}
    cp -a /etc/apt/apt.conf.d/. "$BARE/base/etc/apt/apt.conf.d/"
    # An office network may have a certificate of its own.
    cp -L /etc/ssl/certs/ca-certificates.crt "$BARE/base/etc/ssl/certs/ca-certificates.crt"
    chroot "$BARE/base" useradd --create-home --shell /bin/bash "$NAME"
    touch "$BARE/base/made"
}

# A fresh system in $root, with the last commit of this checkout at $place in it.
make_system() {
    local home=/root
    [ "$1" = root ] || home=/home/$NAME
    root=$BARE/$1
    place=$home${folder:+/$folder}/fieldcheck
    rm -rf "$root"
    cp -a "$BARE/base" "$root"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    mkdir -p "$(dirname "$root$place")"
    git clone --quiet --no-hardlinks . "$root$place"
    [ "$1" = root ] || chroot "$root" chown -R "$NAME:$NAME" "$home"
}

# Runs a line of bash in $root at $place as $1, with what this machine says of proxies and certificates and nothing else.
run_inside() {
    local who=$1 line=$2 network=$3 kept=() name enter
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_CERT PIP_INDEX_URL PIP_DEFAULT_TIMEOUT UV_DEFAULT_INDEX SSL_CERT_FILE; do
        [ -z "${!name:-}" ] || kept+=("$name=${!name}")
    done
    enter='root=$1 network=$2; shift 2
        [ "$network" = yes ] || ip link set lo up
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount --rbind /sys "$root/sys"
        exec chroot "$@"'
    local apart=(--mount --pid --fork --kill-child)
    [ "$network" = yes ] || apart+=(--net)
    local id=$NAME home=/home/$NAME
    [ "$who" = user ] || id=root home=/root
    unshare "${apart[@]}" bash -c "$enter" bash "$root" "$network" --userspec="$id:$id" "$root" \
        /usr/bin/env -i HOME="$home" USER="$id" LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${kept[@]+"${kept[@]}"} bash -c 'cd "$1" && eval "$2"' bash "$place" "$line" </dev/null
}

rows=()
count_of() {
    grep -oE "[0-9]+ $1" <<<"$2" | grep -oE '[0-9]+' || echo 0
}

# One row of the table: who, with or without a network, what is run; leaves the exit code in $code and the output in $log.
run_row() {
    local who=$1 network=$2 command=$3 label=$4 begun before after seconds tests
    log=$BARE/$who-${#rows[@]}.log
    before=$(du -sm "$root" | cut -f1)
    begun=$SECONDS
    code=0
    run_inside "$who" "$command" "$network" >"$log" 2>&1 || code=$?
    seconds=$((SECONDS - begun))
    after=$(du -sm "$root" | cut -f1)
    tests=$(grep -E '^[0-9]+ (passed|failed).* in [0-9.]+s' "$log" | tail -n 1 || true)
    local counts=(null null null)
    [ -z "$tests" ] || counts=("$(count_of passed "$tests")" "$(count_of failed "$tests")" "$(count_of skipped "$tests")")
    printf '%-5s %-8s %-42s %8s %6s %5s %7s %7s %8s\n' "$who" "$network" "$label" "$seconds" $((after - before)) "$code" "${counts[@]//null/-}"
    rows+=("{\"who\": \"$who\", \"network\": \"$network\", \"what\": \"$label\", \"seconds\": $seconds, \"megabytes\": $((after - before)), \"exit_code\": $code, \"passed\": ${counts[0]}, \"failed\": ${counts[1]}, \"skipped\": ${counts[2]}}")
}

# A user without sudo is told one line to type, and nothing is half made; with sudo it is typed as it was printed.
run_refused() {
    local command=$1 typed
    rm -f "$root/etc/sudoers.d/$NAME"
    run_row user yes "$command" "$command, no sudo"
    typed=$(sed -n 's/^Type this, then run me again: //p' "$log")
    if [ "$code" = 0 ] || [ -z "$typed" ] || [ "$(wc -l <"$log")" != 1 ]; then wrong+=("$command did not print one line to type") && return; fi
    if [ -n "$(run_inside user 'git status --short --ignored 2>/dev/null || ls -d .venv 2>/dev/null' yes || true)" ] && [ "$2" = first ]; then wrong+=("$command left something half made"); fi
    echo "$NAME ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$NAME"
    run_row user yes "$typed" "the line it printed"
    [ "$code" = 0 ] || wrong+=("the line that $command printed ended with $code")
}

demo="bash packaging/demo.sh --headless"
tests="bash packaging/test.sh"
wrong=()
make_base
printf '%-5s %-8s %-42s %8s %6s %5s %7s %7s %8s\n' who network what seconds MB exit passed failed skipped
for one in "${who[@]}"; do
    make_system "$one"
    for network in yes no; do
        for command in "$demo" "$tests"; do
            if [ "$one" = user ] && [ "$network" = yes ]; then run_refused "$command" "$([ "$command" = "$demo" ] && echo first || echo second)"; fi
            run_row "$one" "$network" "$command" "$command"
            [ "$code" = 0 ] || wrong+=("$command as $one, network $network: exit $code (log: $log)")
        done
    done
    version=$(run_inside "$one" "python3 --version" yes)
    system=$(. "$root/etc/os-release" && echo "$PRETTY_NAME")
    [ ${#wrong[@]} -gt 0 ] || rm -rf "$root" # what failed is left to be looked at
done
{
    printf '{\n "name": "bare",\n "date": "%s",\n "commit": "%s",\n "figures": {\n' "$(date -u +%Y-%m-%dT%H:%M:%S+00:00)" "$(git rev-parse --short HEAD)"
    printf '  "system": "%s",\n  "python": "%s",\n  "folder": "%s",\n  "wrong": %s,\n  "rows": [\n' "$system" "${version#Python }" "$folder" "${#wrong[@]}"
    for at in "${!rows[@]}"; do
        [ "$at" = 0 ] || printf ',\n'
        printf '   %s' "${rows[$at]}"
    done
    printf '\n  ]\n }\n}\n'
} >"$EVIDENCE"
[ ${#wrong[@]} = 0 ] || { printf 'Not as it should be: %s\n' "${wrong[@]}" >&2 && exit 1; }
