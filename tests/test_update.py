import io
import json
import os
import random
import shutil
import signal
import subprocess
import tarfile
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from fieldcheck.errors.files import PathMissing, UpdateRefused
from fieldcheck.errors.projects import ProjectLocked
from fieldcheck.files import sha256_file
from fieldcheck.paths import POINTER, load_pointer
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.lock import acquire_lock
from fieldcheck.settings import Settings, save_settings
from fieldcheck.update import find_installation, install_update, list_projects_to_try, switch_back
from fieldcheck.verify_pack import iter_file_chunks, read_entries
from tests import disks
from tests.programs import run_program, run_python
from tests.stand_in import CHECKOUT, MAKER, Publisher

QUIET = NullProgress()


@pytest.fixture(scope="module")
def publisher(tmp_path_factory):
    return Publisher(tmp_path_factory.mktemp("publisher"))


@pytest.fixture
def own(tmp_path):
    """A publisher of one test, whose keys and archives it may change."""
    return Publisher(tmp_path / "own")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's home with a recent project."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FIELDCHECK_HOME", str(folder))
    project = tmp_path / "line4.fieldcheck"
    create_project(project).close()
    save_settings(folder / "settings", Settings(recent=(str(project),)))
    return folder


def said(program, *words):
    done = run_program([program, *map(str, words)], env={**os.environ, "LANG": "en_GB.UTF-8"})
    return done.returncode, done.stdout + done.stderr


def version_of(program):
    code, text = said(program, "--version")
    assert code == 0, text
    return text.split()[-1]


def refused(path, installation, **options):
    """The problem for which an update is refused; nothing of it may be left."""
    before = snapshot(installation.versions)
    with pytest.raises(UpdateRefused) as raised:
        install_update(path, installation, (), QUIET, **options)
    assert snapshot(installation.versions) == before
    sentence = raised.value.format_message()
    assert "changed" in sentence, sentence
    return raised.value.problem


def snapshot(versions):
    """What lies in a folder of versions, without the lock that every try writes."""
    return {
        path.relative_to(versions).as_posix(): path.is_file() and sha256_file(path)
        for path in versions.rglob("*")
        if path.name != "lock"
    }


@pytest.mark.long
def test_one_update_up_and_back_and_up_again_with_the_program_that_was_installed(
    publisher, home, tmp_path
):
    program = publisher.install(tmp_path / "installed")
    update = publisher.update("0.2.0", links=(("_internal/lib.so.1", "library.so"),))
    project = tmp_path / "line4.fieldcheck"
    database = sha256_file(project / "project.db")
    code, text = said(program, "update", update)
    assert code == 0, text
    assert "Fieldcheck 0.2.0 is used from the next start" in text
    assert "copy of 1 recent project" in text
    assert version_of(program) == "0.2.0"
    assert sha256_file(project / "project.db") == database
    link = home / "versions" / "0.2.0" / "_internal" / "lib.so.1"
    assert link.is_symlink()
    assert link.read_text().startswith("library")
    assert "Version 0.1.0 is kept" in said(program, "update")[1]
    assert said(program, "update", "--back")[0] == 0
    assert version_of(program) == "0.1.0"
    assert said(program, "update", "--back")[0] == 0
    assert version_of(program) == "0.2.0"


@pytest.mark.long
def test_the_version_before_is_kept_and_older_ones_go(publisher, home):
    for before, version in (("0.1.0", "0.2.0"), ("0.2.0", "0.3.0"), ("0.3.0", "0.3.1")):
        installation = publisher.installation(home, version=before)
        switched = install_update(publisher.update(version), installation, (), QUIET)
        assert (switched.version, switched.before) == (version, before)
    names = {path.name for path in (home / "versions").iterdir()}
    assert names == {"0.3.0", "0.3.1", POINTER, "trusted", "lock"}
    assert switch_back(publisher.installation(home)).version == "0.3.0"
    assert load_pointer(home / "versions")["first"] == "0.1.0"


def test_a_file_with_any_byte_flipped_is_refused(publisher, home, tmp_path, counts):
    update, moments = publisher.update("0.2.0"), random.Random(7)
    data = bytearray(update.read_bytes())
    broken = tmp_path / "broken.fcupdate"
    for place in (0, len(data) - 1, *moments.sample(range(len(data)), counts(ci=12, full=400))):
        data[place] ^= 1 << moments.randrange(8)
        broken.write_bytes(data)
        problem = refused(broken, publisher.installation(home))
        assert problem in ("damaged", "not_update"), place
        data[:] = update.read_bytes()


@pytest.mark.long
def test_an_older_and_the_same_version_are_refused(publisher, home):
    update = publisher.update("0.2.0")
    for version in ("0.2.0", "0.3.0", "0.10.0"):
        assert refused(update, publisher.installation(home, version=version)) == "older"
    install_update(update, publisher.installation(home), (), QUIET)
    # a window of the version before is still open and would install it over the running one
    assert refused(update, publisher.installation(home)) == "older"


def test_a_foreign_key_and_another_system_are_refused(publisher, own, home):
    update = own.update("0.2.0")
    assert refused(update, publisher.installation(home)) == "foreign"
    assert refused(update, own.installation(home, platform="win32-amd64")) == "platform"


def test_content_that_was_changed_with_its_checksums_is_refused(own, home, tmp_path):
    """Somebody without the keys puts another archive below signed metadata."""
    update, other = own.update("0.2.0"), own.archive("0.2.0", golden="0")
    forged = rewrite(update, tmp_path, {f"targets/{other.name}": other.read_bytes()})
    assert refused(forged, own.installation(home)) == "damaged"
    targets = read_entry(update, "metadata/targets.json").replace(b'"0.2.0"', b'"0.9.0"')
    forged = rewrite(update, tmp_path, {"metadata/targets.json": targets})
    assert refused(forged, own.installation(home)) == "damaged"
    timestamp = read_entry(update, "metadata/timestamp.json").replace(
        b'"expires":"20', b'"expires":"30'
    )
    forged = rewrite(update, tmp_path, {"metadata/timestamp.json": timestamp})
    assert refused(forged, own.installation(home)) == "foreign"


@pytest.mark.long
def test_an_expired_file_is_refused_and_a_clock_that_is_behind_helps_nobody(own, home):
    now = datetime.now(UTC)
    update, short = own.update("0.2.0"), own.folder / "short.fcupdate"
    MAKER.make_update(own.keys, own.archive("0.3.0"), short, days=0)
    assert refused(update, own.installation(home), now=now + timedelta(days=367)) == "expired"
    assert refused(short, own.installation(home), now=now + timedelta(minutes=1)) == "expired"
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    install_update(update, own.installation(home), (), QUIET, now=long_ago)
    # its signing was seen, so it cannot be earlier than that any more
    newer = own.installation(home, version="0.2.0")
    later = own.update("0.4.0")
    assert refused(short, newer, now=long_ago) == "expired"
    install_update(later, newer, (), QUIET, now=long_ago)


def test_an_update_signed_before_one_that_was_accepted_is_refused(own, home, monkeypatch):
    monkeypatch.setattr(MAKER.time, "time", lambda: 1_000.0)
    early = own.update("0.3.0")
    monkeypatch.undo()
    install_update(own.update("0.2.0"), own.installation(home), (), QUIET)
    assert refused(early, own.installation(home, version="0.2.0")) == "replayed"


@pytest.mark.long
def test_keys_are_rotated_by_a_chain_of_roots_and_the_old_ones_count_no_more(own, home):
    installation = own.installation(home)
    shutil.copytree(own.keys, old_keys := own.folder / "old")
    MAKER.rotate_keys(own.keys, ["root-1", "targets", "snapshot", "timestamp"])
    MAKER.rotate_keys(own.keys, ["root-2"])
    install_update(own.update("0.2.0"), installation, (), QUIET)
    by_old_keys = own.folder / "stolen.fcupdate"
    MAKER.make_update(old_keys, own.archive("0.3.0"), by_old_keys)
    assert refused(by_old_keys, own.installation(home, version="0.2.0")) == "foreign"


def test_a_root_that_one_person_signed_alone_is_refused(own, home):
    signers = MAKER.load_signers(own.keys, "root")[:1]
    installation = own.installation(home)
    for name in ("root-2", "root-3"):  # the others are the thief's own
        MAKER.write_key(own.keys / f"{name}.pem")
    MAKER.write_root(own.keys, 2, signers, 100)
    assert refused(own.update("0.2.0"), installation) == "foreign"


def member(name, kind=tarfile.REGTYPE, data=b"", link=""):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, len(data), link
    return info, data


TOP = "fieldcheck-0.2.0/"
HOSTILE = {
    "a path above": member(f"{TOP}../../evil", data=b"x"),
    "an absolute path": member(f"{TOP}/etc/evil", data=b"x"),
    "a link outside": member(f"{TOP}lib", tarfile.SYMTYPE, link="../../../etc/passwd"),
    "an absolute link": member(f"{TOP}lib", tarfile.SYMTYPE, link="/etc/passwd"),
    "a link to a folder": member(f"{TOP}lib", tarfile.SYMTYPE, link="_internal"),
    "a link to a link": member(f"{TOP}a", tarfile.SYMTYPE, link="a"),
    "a hard link": member(f"{TOP}lib", tarfile.LNKTYPE, link="/etc/passwd"),
    "a device": member(f"{TOP}null", tarfile.CHRTYPE),
    "a pipe": member(f"{TOP}pipe", tarfile.FIFOTYPE),
    "a file twice": member(f"{TOP}GOLDEN.txt", data=b"x"),
    "a name of Windows' own": member(f"{TOP}aux.txt", data=b"x"),
}


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("added", HOSTILE.values(), ids=HOSTILE)
def test_an_archive_that_would_write_elsewhere_is_refused_although_it_is_signed(
    own, home, added, monkeypatch
):
    monkeypatch.setattr(MAKER, "find_name_problem", lambda _name: "")
    before = set(home.rglob("*")), set(home.parent.iterdir())
    update = own.update("0.2.0", more=(added,))
    assert refused(update, own.installation(home)) == "hostile"
    after = {path for path in home.rglob("*") if "versions" not in path.parts}
    assert (after, set(home.parent.iterdir())) == before


def test_an_archive_that_unpacks_to_more_than_was_signed_is_refused(own, home, monkeypatch):
    monkeypatch.setattr(MAKER, "measure_tree", lambda _archive: {"files": 5, "bytes": 20_000})
    bomb = member(f"{TOP}bomb", data=bytes(1 << 20))
    assert refused(own.update("0.2.0", more=(bomb,)), own.installation(home)) == "hostile"
    # in the head of a member, where nothing counts the bytes of files
    headed, data = member(f"{TOP}headed", data=b"x")
    headed.pax_headers = {"comment": "0" * (1 << 20)}
    assert refused(own.update("0.2.0", more=((headed, data),)), own.installation(home)) == "hostile"


def test_an_archive_without_a_program_is_refused(own, home):
    with tarfile.open(archive := own.archive("0.2.0"), "w:gz") as tar:
        info, data = member(f"{TOP}readme", data=b"x")
        tar.addfile(info, io.BytesIO(data))
    assert refused(own.update("0.2.0", archive=archive), own.installation(home)) == "hostile"


@pytest.mark.long
def test_a_version_that_fails_its_self_test_is_not_switched_to(own, home, tmp_path):
    wrong = own.update("0.2.0", golden="4951")
    with pytest.raises(UpdateRefused) as raised:
        install_update(wrong, own.installation(home), (), QUIET)
    assert (raised.value.problem, raised.value.reason) == ("self_test", "golden number differs")
    assert not (home / "versions" / POINTER).exists()
    lies = own.update("0.2.0", program="0.1.0")
    assert refused(lies, own.installation(home)) == "self_test"
    (damaged := tmp_path / "damaged.fieldcheck").mkdir()
    with pytest.raises(UpdateRefused) as raised:
        install_update(own.update("0.2.0"), own.installation(home), (damaged,), QUIET)
    assert raised.value.problem == "self_test"


def test_other_installations_say_how_they_are_updated(publisher, home):
    update = publisher.update("0.2.0")
    assert find_installation().kind == "python"
    assert refused(update, publisher.installation(home, kind="python")) == "python"
    system = publisher.installation(home, kind="system")
    assert refused(update, system) == "system"
    assert install_update(update, system, (), QUIET, for_me=True).version == "0.2.0"


def test_what_is_no_update_is_refused(publisher, home, tmp_path):
    installation = publisher.installation(home)
    (text := tmp_path / "notes.fcupdate").write_text("Fieldcheck 0.2.0")
    assert refused(text, installation) == "not_update"
    assert refused(publisher.archive("0.2.0"), installation) == "not_update"
    with pytest.raises(PathMissing):
        install_update(tmp_path / "gone.fcupdate", installation, (), QUIET)
    with pytest.raises(UpdateRefused, match="no_before"):
        switch_back(installation)


def test_a_disk_with_too_little_space_is_refused_before_anything_is_copied(publisher, tmp_path):
    stick = disks.plug_in(tmp_path, 30)
    try:
        update = publisher.update("0.2.0")
        assert refused(update, publisher.installation(stick)) == "space"
    finally:
        disks.put_away(stick)


def test_two_updates_at_once_wait_for_nobody(publisher, home):
    versions = home / "versions"
    versions.mkdir()
    lock = acquire_lock(versions, 0.0)
    try:
        with pytest.raises(ProjectLocked):
            install_update(publisher.update("0.2.0"), publisher.installation(home), (), QUIET)
    finally:
        lock.release(None)


def test_only_projects_that_this_version_opens_are_tried(home, tmp_path):
    (tmp_path / "broken.fieldcheck").mkdir()
    names = [str(tmp_path / name) for name in ("line4.fieldcheck", "broken.fieldcheck", "gone")]
    assert list_projects_to_try(names) == (tmp_path / "line4.fieldcheck",)


def start_killable(program, *words):
    return subprocess.Popen(
        [program, *map(str, words)], start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.full("kills_update")
def test_an_update_killed_at_random_moments_leaves_the_old_or_the_new_version(
    publisher, home, tmp_path, counts, evidence
):
    """Whatever starts then opens the project, and the same file once more completes the update."""
    program, update = publisher.install(tmp_path / "installed"), publisher.update("0.2.0")
    project, versions = tmp_path / "line4.fieldcheck", home / "versions"
    database = sha256_file(project / "project.db")
    began = time.monotonic()
    assert start_killable(program, "update", update).wait() == 0
    took, moments = time.monotonic() - began, random.Random(35)
    outcomes, started = {"0.1.0": 0, "0.2.0": 0}, "0.2.0"
    n, n_running = counts(ci=5, full=50), 0
    while n_running < n:
        if started == "0.2.0":  # else the next try finds what the killed one left
            shutil.rmtree(versions)
        running = start_killable(program, "update", update)
        with suppress(subprocess.TimeoutExpired):
            running.wait(moments.uniform(0.0, took))
        n_running += running.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        outcomes[started := version_of(program)] += 1
        assert sha256_file(project / "project.db") == database
    open_project(project, wait_s=5).close()
    assert said(program, "update", update)[0] in (0, 1)  # 1: the last one was through
    assert version_of(program) == "0.2.0"
    assert not list(versions.glob(".*.part"))
    evidence(
        killed_while_running=n, started_old=outcomes["0.1.0"], started_new=outcomes["0.2.0"],
        not_started=0, projects_changed=0, seconds_undisturbed=round(took, 2),
    )  # fmt: skip


@pytest.mark.full("kills_update_steps")
def test_an_update_killed_before_each_of_its_steps_on_disk_leaves_one_of_both_versions(
    publisher, home, tmp_path, counts, evidence
):
    """Where random moments seldom fall: before each file that is made, renamed or taken away."""
    counts(ci=0, full=1)
    program, update = publisher.install(tmp_path / "installed"), publisher.update("0.2.0")
    project, versions = tmp_path / "line4.fieldcheck", home / "versions"
    database = sha256_file(project / "project.db")

    def kill_before(step):
        shutil.rmtree(versions, ignore_errors=True)
        environment = {**os.environ, "KILL_AT": str(step)}
        code = run_program([program, "update", update], env=environment).returncode
        return code, version_of(program)

    outcomes, step, code = {"0.1.0": 0, "0.2.0": 0}, 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        code, started = kill_before(step := step + 1)
        outcomes[started] += 1
        assert sha256_file(project / "project.db") == database
        if step % 8 == 0:  # the same file once more completes it
            assert said(program, "update", update)[0] in (0, 1)
            assert version_of(program) == "0.2.0"
    assert (code, started) == (0, "0.2.0"), "the last one had fewer steps and came to its end"
    assert min(outcomes.values()) > 0
    evidence(
        steps=step - 1, started_old=outcomes["0.1.0"], started_new=outcomes["0.2.0"], not_started=0,
        projects_changed=0,
    )  # fmt: skip


def read_entry(update, name):
    with update.open("rb") as file:
        return b"".join(iter_file_chunks(file, read_entries(file)[name]))


def rewrite(update, folder, changed):
    """The same file with other content and checksums that fit."""
    with update.open("rb") as file:
        names = list(read_entries(file))
    out = folder / "forged.fcupdate"
    with out.open("wb") as file:
        writer = MAKER.PackWriter(out, file, MAKER.hashlib.sha256())
        for name in names:
            writer.write_file(name, changed.get(name) or read_entry(update, name))
        writer.write_end()
    return out


@pytest.mark.long
def test_signatures_are_verified_without_a_library_that_the_installer_does_not_carry(
    publisher, home
):
    """`cryptography`, which python-tuf would use, is 16 MB."""
    update, installation = publisher.update("0.2.0"), publisher.installation(home)
    code = f"""
import sys
sys.modules["cryptography"] = None
from datetime import UTC, datetime
from pathlib import Path
from fieldcheck.update import Installation, check_release
from fieldcheck.verify_pack import read_entries
path = Path({str(update)!r})
installed = Installation("own", "0.1.0", {installation.platform!r}, Path("none"), Path({str(publisher.root)!r}))
with path.open("rb") as file:
    print(check_release(path, file, read_entries(file), installed, datetime.now(UTC)).version)
assert not any(name in sys.modules for name in ("urllib3", "requests", "ssl", "http.client"))
"""
    done = run_python("-c", code, cwd=CHECKOUT)
    assert (done.stdout, done.stderr) == ("0.2.0\n", "")


def test_the_shipped_root_asks_for_two_of_three_people_and_lasts():
    """A development root: its private keys were thrown away (docs/decisions.md)."""
    root = json.loads(find_installation().root.read_text("utf-8"))["signed"]
    assert root["roles"]["root"]["threshold"] == 2
    assert len(root["roles"]["root"]["keyids"]) == 3
    assert all(key["keytype"] == "ed25519" for key in root["keys"].values())
    assert datetime.fromisoformat(root["expires"]) > datetime.now(UTC) + timedelta(days=365)
