#!/usr/bin/env bash
# Builds installers for computers without a network, from this checkout: dist/fieldcheck-VERSION-linux-x86_64.tar.gz and
# dist/fieldcheck_VERSION_amd64.deb, with SHA256SUMS, a CycloneDX SBOM, the licences of every part, and a table of the largest parts.
# PyInstaller lives in .installer/, an environment of its own; nothing of it is a dependency of the product.
#
#     bash packaging/installer.sh           build (ten minutes on two cores)
#     bash packaging/installer.sh --check   run what was built: self-check and demo, without a network and with a read-only home
#     bash packaging/installer.sh --lint    lintian over the .deb, which fails on an error; LINT_SECONDS (1800) at most
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/setup.sh

VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
BUILD=$PWD/build/installer DIST=$PWD/dist
NAME=fieldcheck-$VERSION-linux-x86_64
DEB=fieldcheck_${VERSION}_amd64.deb

# .installer/env holds the product and nothing else, .installer/tools PyInstaller and what lists the parts; once for each state of their pins.
make_environments() {
    local stamp pip="-m pip install --quiet --disable-pip-version-check --require-hashes"
    find_python
    stamp=$(cat packaging/requirements/{product,build,installer}.txt | sha256sum | cut -d' ' -f1)
    [ "$(cat .installer/stamp 2>/dev/null)" != "$stamp" ] || return 0
    echo "Making .installer with the pinned packages and PyInstaller (once; some minutes)"
    [ -x .installer/env/bin/python ] || "$PYTHON" -m venv .installer/env
    [ -x .installer/tools/bin/python ] || "$PYTHON" -m venv .installer/tools
    # shellcheck disable=SC2086
    .installer/env/bin/python $pip -r packaging/requirements/product.txt -r packaging/requirements/build.txt &&
        .installer/tools/bin/python $pip -r packaging/requirements/installer.txt || stop "The packages could not be installed; the lines above say why."
    echo "$stamp" >.installer/stamp
}

# Lists what goes along: SBOM, licences, and the names of the packages whose metadata the program reads.
list_parts() {
    local tools=.installer/tools/bin python=.installer/env/bin/python
    rm -rf "$BUILD" && mkdir -p "$BUILD/legal" "$DIST"
    $python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall .
    $python packaging/installer/list_parts.py fieldcheck >"$BUILD/packages.txt"
    $tools/cyclonedx-py environment --output-reproducible --of JSON -o "$BUILD/legal/sbom.cdx.json" "$python" 2>/dev/null
    $python packaging/installer/list_parts.py --only "$BUILD/packages.txt" "$BUILD/legal/sbom.cdx.json"
    # shellcheck disable=SC2046
    $tools/pip-licenses --python="$python" --from=mixed --with-license-file --with-notice-file --no-license-path --format=plain-vertical \
        --packages $(cat "$BUILD/packages.txt") >"$BUILD/legal/licences.txt"
    cp LICENSE "$BUILD/legal/LICENSE"
}

freeze() {
    local packages
    packages=$(.installer/env/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    PYTHONPATH=$packages PYTHONHASHSEED=0 .installer/tools/bin/pyinstaller --noconfirm --log-level WARN \
        --distpath "$BUILD" --workpath "$BUILD/work" packaging/installer/fieldcheck.spec
    # symbols that nothing reads, 70 MB; no library that a wheel's maker has patched
    (cd "$BUILD/fieldcheck/_internal" && strip --strip-unneeded typst/*.so zstandard/*.so stringzilla*.so simsimd*.so libpython3*.so*)
    find "$BUILD/fieldcheck" -depth -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# Same files, same bytes: sorted, without owners, with one date.
pack_tar() {
    tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --transform "s/^fieldcheck/$NAME/" \
        -C "$BUILD" -c fieldcheck | gzip -6n >"$DIST/$NAME.tar.gz"
}

pack_deb() {
    local root=$BUILD/deb share
    share=$root/usr/share
    rm -rf "$root"
    mkdir -p "$root/DEBIAN" "$root/usr/lib" "$root/usr/bin" "$share"/{applications,metainfo,mime/packages,man/man1,doc/fieldcheck,lintian/overrides,icons/hicolor/scalable/apps}
    cp -a "$BUILD/fieldcheck" "$root/usr/lib/fieldcheck"
    ln -s ../lib/fieldcheck/fieldcheck "$root/usr/bin/fieldcheck"
    cp packaging/installer/fieldcheck.desktop "$share/applications/"
    cp packaging/installer/fieldcheck.metainfo.xml "$share/metainfo/"
    cp packaging/installer/fieldcheck.mime.xml "$share/mime/packages/fieldcheck.xml"
    cp packaging/installer/fieldcheck.svg "$share/icons/hicolor/scalable/apps/"
    cp packaging/installer/lintian-overrides "$share/lintian/overrides/fieldcheck"
    gzip -9n <docs/reference/fieldcheck.1 >"$share/man/man1/fieldcheck.1.gz"
    gzip -9n <"$BUILD/legal/licences.txt" >"$share/doc/fieldcheck/licences.txt.gz"
    cp packaging/installer/copyright "$share/doc/fieldcheck/copyright"
    printf 'fieldcheck (%s) unstable; urgency=low\n\n  * See the changelog of the project.\n\n -- The Fieldcheck authors <fieldcheck@fieldcheck.invalid>  %s\n' "$VERSION" \
        "$(date -u -R --date="@$SOURCE_DATE_EPOCH")" | gzip -9n >"$share/doc/fieldcheck/changelog.gz"
    sed -e "s/@VERSION@/$VERSION/" -e "s/@SIZE@/$(du -sk "$root/usr" | cut -f1)/" packaging/installer/control >"$root/DEBIAN/control"
    chmod -R u+w,go=rX "$root"
    find "$root/usr/lib/fieldcheck" -type f -exec chmod 644 {} + && chmod 755 "$root/usr/lib/fieldcheck/fieldcheck"
    (cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group -Zxz -z6 --build "$root" "$DIST/$DEB" >/dev/null
}

write_sums() {
    cp "$BUILD/legal/sbom.cdx.json" "$DIST/fieldcheck-$VERSION.cdx.json"
    cp "$BUILD/legal/licences.txt" "$DIST/fieldcheck-$VERSION-licences.txt"
    .installer/env/bin/python packaging/installer/list_parts.py --sizes "$BUILD/fieldcheck" | tee "$DIST/fieldcheck-$VERSION-sizes.md"
    (cd "$DIST" && sha256sum "$NAME.tar.gz" "$DEB" "fieldcheck-$VERSION".* "fieldcheck-$VERSION"-{licences.txt,sizes.md} >SHA256SUMS)
    (cd "$DIST" && du -h --apparent-size "$NAME.tar.gz" "$DEB")
}

# Runs the frozen program as on a computer without a network, with a home that nothing can be written to but one folder.
check() {
    local place
    place=$(mktemp -d)
    trap 'rm -rf "$place"' EXIT
    tar -xzf "$DIST/$NAME.tar.gz" -C "$place"
    mkdir "$place/home" "$place/data" && chmod 555 "$place/home"
    unshare --map-root-user --net --mount bash -euo pipefail -c '
        place=$1 program=$2/fieldcheck
        mount --bind "$place/home" "$place/home" && mount -o remount,ro,bind "$place/home"
        ! touch "$place/home/x" 2>/dev/null || { echo "the home can be written to" >&2 && exit 1; }
        export HOME=$place/home FIELDCHECK_HOME=$place/data PYTHONPATH= PYTHONHOME= QT_QPA_PLATFORM=offscreen
        unset PYTHONPATH PYTHONHOME
        "$program" --version
        "$program" --self-check
        "$program" demo --headless "$place/data"
        "$program" pack "$place/data/sample.fieldcheck" "$place/data/line4.fcpack"
        "$program" verify "$place/data/line4.fcpack"' check "$place" "$place/$NAME"
}

# What lintian says of the package: errors fail, what the overrides name is left out.
lint() {
    local code=0
    command -v lintian >/dev/null || stop "Install lintian, then run this again."
    timeout "${LINT_SECONDS:-1800}" nice lintian --allow-root --fail-on error --tag-display-limit 0 "$DIST/$DEB" || code=$?
    [ "$code" != 124 ] || stop "lintian did not end within ${LINT_SECONDS:-1800} s; nothing is known of the rest."
    return "$code"
}

case "${1:-}" in
    --lint) lint ;;
    --check) check ;;
    "")
        make_environments
        list_parts
        freeze
        pack_tar
        pack_deb
        write_sums
        ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
esac
