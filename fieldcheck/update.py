"""Updates from a file on a stick: signed metadata, a checked copy, a self-test of the new version,
and a switch that can be taken back."""

from __future__ import annotations

import gzip
import json
import os
import platform
import posixpath
import shutil
import sys
import tarfile
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from fieldcheck import __version__
from fieldcheck.child_process import run_child
from fieldcheck.errors.files import FieldcheckError, PathMissing, UpdateRefused
from fieldcheck.evidence.signed_seal import MOST_FILES, find_name_problem
from fieldcheck.files import CHUNK, map_os_errors, remove_path, sync_folder, write_bytes, write_text
from fieldcheck.paths import (
    POINTER,
    PROGRAM,
    get_app_paths,
    get_resource_path,
    load_pointer,
    make_private,
    make_program_environment,
    parse_version,
)
from fieldcheck.progress import Progress
from fieldcheck.project.folder import try_opening
from fieldcheck.project.lock import acquire_lock
from fieldcheck.verify_pack import (
    PackEntry,
    PackFault,
    is_valid_signature,
    iter_file_chunks,
    read_entries,
)

if TYPE_CHECKING:
    from tuf.api.metadata import Metadata, Root, Signed, TargetFile, Targets

METADATA, TARGETS = "metadata/", "targets/"
SHIPPED_ROOT = "update/root.json"
TRUSTED = "trusted"
TRUSTED_ROOT, TRUSTED_TIMESTAMP = "root.json", "timestamp.json"
PART = ".part"
MOST_METADATA_BYTES, MOST_TREE_BYTES = 1 << 19, 4 << 30
MOST_ROOTS = 1000
TAR_BYTES = 8192  # that a tar archive adds to a file, at most, with its share of folders and end
SPARE_BYTES = 64 << 20  # beside the tree itself: for the self-test and its copies of databases
SELF_TEST_S = 1800.0
LATEST_S = 253_370_764_800  # the first of January 9999

Kind = Literal["own", "system", "python"]


@dataclass(frozen=True, slots=True)
class Installation:
    """The program that runs. `kind`: `own` (a folder of this user's), `system` (of all users), or
    `python` (not frozen). `versions` is the folder that holds the updates, `root` the signed list
    of keys that it was shipped with."""

    kind: Kind
    version: str
    platform: str
    versions: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Release:
    """A version that signed metadata offers. `name`: its archive in the update file; `target`: the
    length and hashes of that; `n_files`, `n_bytes`: of its unpacked tree. `trusted` is the metadata
    that is believed once it is installed, by name."""

    version: str
    platform: str
    name: str
    target: TargetFile
    n_files: int
    n_bytes: int
    trusted: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class SwitchedVersion:
    """The outcome of an update, or of taking one back: the version that starts from now on, the one
    that started before, and how many projects the new version has opened."""

    version: str
    before: str
    n_projects: int = 0


def find_installation() -> Installation:
    """The program that runs in this process."""
    folder = Path(sys.executable).parent
    kind: Kind = "own"
    if not getattr(sys, "frozen", False):
        kind = "python"
    elif folder.is_relative_to("/usr") or not os.access(folder, os.W_OK):
        kind = "system"
    root = get_resource_path(SHIPPED_ROOT)
    return Installation(kind, __version__, get_platform(), get_app_paths().versions, root)


def get_platform() -> str:
    """System and processor, as an update names them: `linux-x86_64`."""
    return f"{sys.platform}-{platform.machine().lower()}"


def install_update(
    path: Path,
    installation: Installation,
    projects: Sequence[Path],
    progress: Progress,
    for_me: bool = False,
    now: datetime | None = None,
) -> SwitchedVersion:
    """Check an update file, unpack it beside the running version, have the new version test itself
    and open copies of the `projects`, and make it the one that starts.

    Until the last step everything happens in a folder that no start looks at; the last step is the
    exchange of one small file. `for_me`: beside an installation for all users.

    Raises UpdateRefused, PathMissing, ProjectLocked (another update is running), DiskFull,
    ReadOnlyPlace, Cancelled.
    """
    if installation.kind == "python" or (installation.kind == "system" and not for_me):
        raise UpdateRefused(path, installation.kind)
    versions = installation.versions
    with _hold_versions(versions), _open_update(path) as (file, entries):
        release = check_release(path, file, entries, installation, now or datetime.now(UTC))
        part = versions / f".{release.version}{PART}"
        try:
            tree = _unpack_release(path, file, entries, release, part, progress)
            _test_release(path, release, tree, projects)
            return _switch_to(installation, release, tree, len(projects))
        finally:
            remove_path(part)


def switch_back(installation: Installation) -> SwitchedVersion:
    """Make the version that started before the current one start again. Raises UpdateRefused
    (there is none), ProjectLocked, DiskFull, ReadOnlyPlace."""
    versions = installation.versions
    pointer = load_pointer(versions)
    before, current = pointer.get("before", ""), pointer.get("current", "")
    is_there = not before or (versions / before / PROGRAM).is_file()
    if before == current or not is_there:
        raise UpdateRefused(versions, "no_before")
    with _hold_versions(versions):
        _write_pointer(versions, {**pointer, "current": before, "before": current})
    first = pointer["first"]
    return SwitchedVersion(before or first, current or first)


def find_version_before(installation: Installation) -> str:
    """The version that `switch_back` would start, empty where it would refuse."""
    pointer = load_pointer(installation.versions)
    is_switched = pointer.get("current", "") != pointer.get("before", "")
    return (pointer["before"] or pointer["first"]) if is_switched else ""


def list_projects_to_try(recent: Sequence[str]) -> tuple[Path, ...]:
    """The recent projects that this version can open: the new one must open them too."""
    opened = []
    for path in map(Path, recent):
        with suppress(FieldcheckError, OSError):
            try_opening(path)
            opened.append(path)
    return tuple(opened)


# The file: an archive in the one layout that packs have, with `metadata/` and `targets/`.


@contextmanager
def _open_update(path: Path) -> Iterator[tuple[BinaryIO, dict[str, PackEntry]]]:
    """The file and its entries by name. Raises PathMissing, UpdateRefused."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise PathMissing(path) from None
    with file, map_os_errors(path):
        try:
            entries = read_entries(file)
            if f"{METADATA}{TRUSTED_TIMESTAMP}" not in entries:
                raise UpdateRefused(path, "not_update")
            _check_metadata_files(path, file, entries)
        except PackFault as fault:
            problem = "not_update" if fault.what == "not_pack" else "damaged"
            raise UpdateRefused(path, problem, fault.record) from fault
        yield file, entries


def _check_metadata_files(path: Path, file: BinaryIO, entries: Mapping[str, PackEntry]) -> None:
    """Every byte of the metadata fits its checksum, and nothing lies beside it and the one archive.
    Raises UpdateRefused, PackFault."""
    metadata = [entry for name, entry in entries.items() if name.startswith(METADATA)]
    others = [name for name in entries if not name.startswith(METADATA)]
    if len(metadata) > MOST_ROOTS or len(others) != 1 or not others[0].startswith(TARGETS):
        raise UpdateRefused(path, "damaged", ", ".join(others[:2]))
    for entry in metadata:
        if entry.size > MOST_METADATA_BYTES:
            raise UpdateRefused(path, "damaged", entry.name)
        for _ in iter_file_chunks(file, entry):
            continue


def check_release(
    path: Path,
    file: BinaryIO,
    entries: Mapping[str, PackEntry],
    installation: Installation,
    now: datetime,
) -> Release:
    """The release that the metadata of an update file offers, where it is signed, in date, newer
    than what is installed, and for this computer. Raises UpdateRefused."""

    def read_metadata(name: str) -> bytes | None:
        entry = entries.get(METADATA + name)
        return None if entry is None else b"".join(iter_file_chunks(file, entry))

    release = _verify_metadata(path, read_metadata, installation, now)
    installed = max(
        installation.version,
        load_pointer(installation.versions).get("current", ""),
        key=parse_version,
    )
    if parse_version(release.version) <= parse_version(installed):
        raise UpdateRefused(path, "older", release.version)
    if release.platform != installation.platform:
        raise UpdateRefused(path, "platform", release.platform)
    return release


# Signed metadata, read in the order of the TUF specification (section 5): root, timestamp,
# snapshot, targets. python-tuf reads and compares; only Ed25519 keys count, verified by our own
# eighty lines, since the library that python-tuf asks for them would add 16 MB to the program.


def _verify_metadata(
    path: Path, read: Callable[[str], bytes | None], installation: Installation, now: datetime
) -> Release:
    """Verify the metadata of an update file against the trusted root: the shipped one, or the one
    that a former update brought. Raises UpdateRefused."""
    from securesystemslib.exceptions import Error as SignatureError
    from tuf.api.exceptions import LengthOrHashMismatchError, RepositoryError
    from tuf.api.serialization import DeserializationError

    _use_own_ed25519()
    try:
        return _MetadataReader(path, read, installation, now).read_release()
    except (DeserializationError, LengthOrHashMismatchError) as error:
        raise UpdateRefused(path, "damaged", str(error)) from error
    except (RepositoryError, SignatureError, ValueError, KeyError, TypeError) as error:
        raise UpdateRefused(path, "foreign", str(error)) from error


class _MetadataReader:
    """The metadata of one update file."""

    def __init__(
        self,
        path: Path,
        read: Callable[[str], bytes | None],
        installation: Installation,
        now: datetime,
    ) -> None:
        trusted = installation.versions / TRUSTED  # what a former update brought
        self._path, self._read = path, read
        self._root_bytes, self._root = _load_trusted_root(installation.root, trusted)
        self._seen = _load_seen_version(trusted)
        # a clock that lost its battery is behind: it is never earlier than what was signed before
        signed_at = datetime.fromtimestamp(min(self._seen, LATEST_S), UTC)
        self._now = max(now, signed_at)

    def read_release(self) -> Release:
        """The release that the chain of metadata ends at. Raises UpdateRefused and whatever
        python-tuf raises."""
        self._follow_roots()
        timestamp_bytes = self._require(TRUSTED_TIMESTAMP)
        timestamp = self._verify("timestamp", timestamp_bytes)
        if timestamp.version < self._seen:
            raise UpdateRefused(self._path, "replayed")
        snapshot_bytes = self._require("snapshot.json")
        timestamp.snapshot_meta.verify_length_and_hashes(snapshot_bytes)
        snapshot = self._verify("snapshot", snapshot_bytes, timestamp.snapshot_meta.version)
        targets_bytes = self._require("targets.json")
        listed = snapshot.meta["targets.json"]
        listed.verify_length_and_hashes(targets_bytes)
        targets = self._verify("targets", targets_bytes, listed.version)
        trusted = {TRUSTED_ROOT: self._root_bytes, TRUSTED_TIMESTAMP: timestamp_bytes}
        return _parse_release(self._path, targets, trusted)

    def _follow_roots(self) -> None:
        """Go from the trusted root to the newest one, each signed by the one before and by
        itself."""
        for _ in range(MOST_ROOTS):
            data = self._read(f"{self._root.version + 1}.root.json")
            if data is None:
                break
            newer = _parse_metadata(data, "root")
            for root in (self._root, newer.signed):
                root.verify_delegate("root", newer.signed_bytes, newer.signatures)
            if newer.signed.version != self._root.version + 1:
                raise UpdateRefused(self._path, "foreign", "root")
            self._root, self._root_bytes = newer.signed, data
        self._require_in_date(self._root)

    def _verify(self, role: str, data: bytes, version: int | None = None) -> Any:
        """The signed part of a role's metadata. Raises UpdateRefused, and UnsignedMetadataError."""
        metadata = _parse_metadata(data, role)
        self._root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
        if version is not None and metadata.signed.version != version:
            raise UpdateRefused(self._path, "foreign", role)
        self._require_in_date(metadata.signed)
        return metadata.signed

    def _require(self, name: str) -> bytes:
        data = self._read(name)
        if data is None:
            raise UpdateRefused(self._path, "damaged", name)
        return data

    def _require_in_date(self, signed: Signed) -> None:
        if signed.is_expired(self._now):
            raise UpdateRefused(self._path, "expired", f"{signed.expires:%Y-%m-%d}")


def _parse_metadata(data: bytes, role: str) -> Metadata[Any]:
    """Metadata of this role. Raises DeserializationError, ValueError (of another role)."""
    from tuf.api.metadata import Metadata

    metadata = Metadata.from_bytes(data)
    if metadata.signed.type != role:
        raise ValueError(role)
    return metadata


def _load_trusted_root(shipped_root: Path, trusted: Path) -> tuple[bytes, Root]:
    """The root that updates are verified against. One that a former update brought counts where it
    is newer than the shipped one and can still be read."""
    from tuf.api.exceptions import RepositoryError

    data = shipped_root.read_bytes()
    shipped: Root = _parse_metadata(data, "root").signed
    with suppress(OSError, ValueError, RepositoryError):
        brought = (trusted / TRUSTED_ROOT).read_bytes()
        newer: Root = _parse_metadata(brought, "root").signed
        if newer.version > shipped.version:
            return brought, newer
    return data, shipped


def _load_seen_version(trusted: Path) -> int:
    """Version of the newest timestamp that was believed: the second in which it was signed, so
    that one signed before it is refused; 0 where there is none."""
    from tuf.api.exceptions import RepositoryError

    with suppress(OSError, ValueError, RepositoryError):
        data = (trusted / TRUSTED_TIMESTAMP).read_bytes()
        return int(_parse_metadata(data, "timestamp").signed.version)
    return 0


def _parse_release(path: Path, targets: Targets, trusted: Mapping[str, bytes]) -> Release:
    """The one release of the signed list, as far as its facts can be believed."""
    if len(targets.targets) != 1:
        raise UpdateRefused(path, "foreign", "targets")
    ((name, target),) = targets.targets.items()
    custom = target.custom if isinstance(target.custom, dict) else {}
    version, system = custom.get("version"), custom.get("platform")
    n_files, n_bytes = custom.get("files"), custom.get("bytes")
    if not (
        parse_version(version)
        and isinstance(system, str)
        and type(n_files) is type(n_bytes) is int
        and 0 < n_files <= MOST_FILES
        and 0 < n_bytes <= MOST_TREE_BYTES
        and not find_name_problem(name)
    ):
        raise UpdateRefused(path, "foreign", "targets")
    return Release(str(version), system, name, target, n_files, n_bytes, trusted)


@cache
def _use_own_ed25519() -> None:
    """Have python-tuf verify Ed25519 signatures with the verifier of packs."""
    from securesystemslib.exceptions import UnverifiedSignatureError
    from securesystemslib.signer import KEY_FOR_TYPE_AND_SCHEME, Signature, SSlibKey

    class Ed25519Key(SSlibKey):
        def verify_signature(self, signature: Signature, data: bytes) -> None:
            try:
                public = bytes.fromhex(self.keyval["public"])
                fits = is_valid_signature(public, data, bytes.fromhex(signature.signature))
            except ValueError as error:
                raise UnverifiedSignatureError from error
            if not fits:
                raise UnverifiedSignatureError

    KEY_FOR_TYPE_AND_SCHEME[("ed25519", "ed25519")] = Ed25519Key


# Unpacking: a copy on this computer's own disk is checked and then unpacked, for a stick may be
# pulled out or may answer differently the second time.


def _unpack_release(
    path: Path,
    file: BinaryIO,
    entries: Mapping[str, PackEntry],
    release: Release,
    part: Path,
    progress: Progress,
) -> Path:
    """Copy the release's archive into the new folder `part`, check it and unpack it there; returns
    the folder of the tree. Raises UpdateRefused, DiskFull, ReadOnlyPlace, Cancelled."""
    from tuf.api.exceptions import LengthOrHashMismatchError

    entry = entries.get(TARGETS + release.name)
    if entry is None or entry.size != release.target.length:
        raise UpdateRefused(path, "damaged", release.name)
    needed = entry.size + release.n_bytes + SPARE_BYTES
    free = shutil.disk_usage(part.parent).free
    if free < needed:
        raise UpdateRefused(path, "space", f"{needed // 10**6} MB", f"{free // 10**6} MB")
    archive, tree = part / "archive", part / "tree"
    with map_os_errors(part):
        (part / "tree").mkdir(parents=True)
        _copy_archive(path, file, entry, archive, progress)
        with archive.open("rb") as copy:
            try:
                release.target.verify_length_and_hashes(copy)
            except LengthOrHashMismatchError as error:
                raise UpdateRefused(path, "damaged", release.name) from error
        try:
            _TreeWriter(path, tree, release).unpack(archive, progress)
        except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
            raise UpdateRefused(path, "hostile", str(error)) from error
        archive.unlink()
    if not os.access(tree / PROGRAM, os.X_OK):
        raise UpdateRefused(path, "hostile", PROGRAM)
    return tree


def _copy_archive(
    path: Path, file: BinaryIO, entry: PackEntry, archive: Path, progress: Progress
) -> None:
    done = 0
    with archive.open("xb") as out:
        try:
            for piece in iter_file_chunks(file, entry):
                progress.check()
                out.write(piece)
                done += len(piece)
                progress.report(done, entry.size, "bytes")
        except PackFault as fault:
            raise UpdateRefused(path, "damaged", entry.name) from fault


class _TreeWriter:
    """Writes the files of an archive below `tree`, and nothing elsewhere. Links are made last, and
    only to files of the same tree, so that no file is written through one."""

    def __init__(self, path: Path, tree: Path, release: Release) -> None:
        self._path, self._tree = path, tree
        self._n_files, self._bytes_left = release.n_files, release.n_bytes
        self._files, self._links = set[str](), dict[str, str]()
        self._same = set[str]()  # names as file systems without upper case see them

    def unpack(self, archive: Path, progress: Progress) -> None:
        """Unpack a `.tar.gz` whose one folder holds the tree. Raises UpdateRefused, Cancelled, and
        what `tarfile` raises."""
        most = self._bytes_left + self._n_files * TAR_BYTES
        with _LimitedGzip(archive, most) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            for member in tar:
                progress.check()
                self._take_member(tar, member)
        for name, target in self._links.items():
            if posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) not in (
                self._files
            ):
                raise UpdateRefused(self._path, "hostile", name)
        for name, target in self._links.items():
            (self._tree / name).symlink_to(target)
        for folder in {self._tree, *(path for path in self._tree.rglob("*") if path.is_dir())}:
            sync_folder(folder)

    def _take_member(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        name = member.name.partition("/")[2]
        if member.isdir():
            if name and find_name_problem(name):
                raise UpdateRefused(self._path, "hostile", member.name)
            return
        same = unicodedata.normalize("NFC", name).casefold()
        plain = (member.isreg() and not member.issparse()) or member.issym()
        if not plain or find_name_problem(name) or same in self._same:
            raise UpdateRefused(self._path, "hostile", member.name)
        self._same.add(same)
        self._bytes_left -= 0 if member.issym() else member.size
        if self._bytes_left < 0 or len(self._same) > self._n_files:
            raise UpdateRefused(self._path, "hostile", member.name)
        destination = self._tree / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if member.issym():
            self._links[name] = member.linkname
        else:
            self._files.add(name)
            _write_member(tar, member, destination)


def _write_member(tar: tarfile.TarFile, member: tarfile.TarInfo, destination: Path) -> None:
    """One file, on disk, that its owner may run where the archive says so."""
    source = tar.extractfile(member)
    assert source is not None, "it is a plain file"
    with destination.open("xb") as out:
        shutil.copyfileobj(source, out, CHUNK)
        out.flush()
        os.fsync(out.fileno())
    if member.mode & 0o111:
        destination.chmod(0o755)


class _LimitedGzip(gzip.GzipFile):
    """A stream that ends with an error where it holds more than was signed: an archive may unpack
    to far more than its own size."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._most -= len(data)
        if self._most < 0:
            raise ValueError("too large")
        return data


# The self-test: the new version runs in a child, before anything starts it by itself.


def _test_release(path: Path, release: Release, tree: Path, projects: Sequence[Path]) -> None:
    """Have the new version say which one it is, test itself, and open copies of the projects.
    Raises UpdateRefused, Cancelled."""
    scratch = tree.parent / "scratch"
    scratch.mkdir()
    extra = {
        **make_program_environment(),
        "FIELDCHECK_HOME": str(scratch / "home"),
        "TMPDIR": str(scratch),
        "QT_QPA_PLATFORM": "offscreen",
    }
    named = [str(project.absolute()) for project in projects]
    answers = []
    for words in (["--version"], ["update", "--self-test", *named]):
        try:
            answers.append(run_child([str(tree / PROGRAM), *words], SELF_TEST_S, extra=extra))
        except (TimeoutError, OSError) as error:
            raise UpdateRefused(path, "self_test", release.version, str(error)) from error
        if answers[-1].returncode:
            detail = answers[-1].stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise UpdateRefused(path, "self_test", release.version, detail)
    called = answers[0].stdout.decode(errors="replace").split()[-1:]
    if called != [release.version]:
        raise UpdateRefused(path, "self_test", release.version, " ".join(called))


# The switch: a pointer of a few bytes, exchanged whole.


def _switch_to(
    installation: Installation, release: Release, tree: Path, n_projects: int
) -> SwitchedVersion:
    """Give the tree its name, keep the metadata that is believed from now on, and exchange the
    pointer."""
    versions = installation.versions
    pointer = load_pointer(versions)
    current = pointer.get("current", "")
    # what runs may be the installed program itself, or newer than what the pointer names
    before = current if parse_version(current) >= parse_version(installation.version) else ""
    first = pointer.get("first", installation.version) if before else installation.version
    home = versions / release.version
    with map_os_errors(home):
        if home.exists():  # of an update that was killed before its last step, or taken back
            home.rename(versions / f".{release.version}.old{PART}")
        tree.rename(home)
        sync_folder(versions)
    for name, data in release.trusted.items():
        write_bytes(versions / TRUSTED / name, data, private=True)
    new = {"current": release.version, "before": before, "first": first}
    _write_pointer(versions, new)
    for path in versions.iterdir():
        is_unused = parse_version(path.name) and path.name not in new.values()
        if is_unused or path.name.endswith(PART):
            remove_path(path)
    return SwitchedVersion(release.version, before or first, n_projects)


def _write_pointer(versions: Path, pointer: Mapping[str, str]) -> None:
    write_text(versions / POINTER, json.dumps(pointer, indent=1) + "\n", private=True)


@contextmanager
def _hold_versions(versions: Path) -> Iterator[None]:
    """Inside the block no other process changes the folder of versions; what a killed one left
    unfinished is taken away. Raises ProjectLocked, ReadOnlyPlace, DiskFull."""
    with map_os_errors(versions):
        make_private(versions)
    lock = acquire_lock(versions, 0.0)
    try:
        for path in versions.glob(f".*{PART}"):
            remove_path(path)
        yield
    finally:
        lock.release(None)
