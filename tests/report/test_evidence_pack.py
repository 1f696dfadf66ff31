import json
import os
import subprocess
import sys
import time

import pytest

from fieldcheck.errors.labels import NothingLabelled, NothingPicked
from fieldcheck.errors.projects import KeyRefused, PackRefused, ProjectExists
from fieldcheck.evidence.merge_labels import merge_labels
from fieldcheck.evidence.open_pack import unpack_project
from fieldcheck.evidence.signed_seal import check_pack, create_seal
from fieldcheck.files import sha256_file
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.i18n import language
from fieldcheck.labels.store import LabelDecision, mark_person, set_label
from fieldcheck.models.near_duplicates import set_training_and_search
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import GapLimits, set_admin_pin, set_limits
from fieldcheck.project.tables import labels, values
from fieldcheck.report.evidence_pack import (
    SHARING,
    PackOptions,
    create_shared_packs,
    get_evidence_state,
    pack_project,
    split_frames,
    verify_pack,
)
from fieldcheck.verify_pack import SEAL
from tests import makers
from tests.evidence.test_signed_seal import SEED, pem
from tests.packs import forged, held, made_again, made_of
from tests.programs import run_python


@pytest.mark.long
def test_a_pack_holds_database_frames_models_figures_and_the_verifier(made_pack, labelled):
    files = held(made_pack)
    frames = {one.file for one in labelled.read(labels.list_picks)}
    assert frames < set(files)
    assert {
        "project.db",
        "cache.db",
        "summary.json",
        "log.jsonl",
        "seal.jsonl",
        "verify_pack.py",
        "__main__.py",
        "README.txt",
        "report.pdf",
        "manifest.json",
    } < set(files)
    assert not any(name.startswith("recordings/") for name in files)
    assert any(name.startswith("models/") for name in files)
    assert json.loads(files["manifest.json"])["project"] == "labelled"


@pytest.mark.parametrize("options", [(), ("-I",)])
def test_python_alone_runs_a_pack_which_then_checks_itself(made_pack, tmp_path, options):
    """Also under another name, in another folder, and from a folder that holds a file of a name
    that the program imports."""
    pack = tmp_path / "line 4 ü.fcpack"
    pack.write_bytes(made_pack.read_bytes())
    (tmp_path / "verify_pack.py").write_text("raise SystemExit('a stranger')")
    ran = run_python(*options, pack, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"{pack}: fits: {len(held(pack))} files")
    changed = bytearray(pack.read_bytes())
    changed[changed.index(b"\x89PNG") + 200] ^= 1
    pack.write_bytes(changed)
    ran = run_python(*options, pack, cwd=tmp_path, env={"PYTHONIOENCODING": "utf-8"})
    assert ran.returncode == 1
    assert "does not fit: frames/" in ran.stdout


@pytest.mark.long
@pytest.mark.parametrize("lang", ["en", "de"])
def test_a_pack_explains_itself_in_its_language(labelled, tmp_path, lang):
    wish = PackOptions(lang=lang)
    pack = pack_project(labelled, tmp_path / "my a.fcpack", wish, NullProgress(), makers.NOW).pack
    text = held(pack)["README.txt"].decode()
    assert "python3 'my a.fcpack'" in text
    assert "python3 -I verify_pack.py 'my a.fcpack'" in text
    assert ("Check every byte" in text) is (lang == "en")
    assert ("Prüfen Sie" in text) is (lang == "de")
    assert held(pack)["report.pdf"].startswith(b"%PDF-")


@pytest.mark.long
def test_a_pack_without_program_readme_and_paper_is_verified_as_before(made_pack, tmp_path):
    """As packs were until November 2026."""
    gone = dict.fromkeys(("__main__.py", "README.txt", "report.pdf"))
    result = verify_pack(made_again(made_pack, tmp_path / "old.fcpack", gone), NullProgress())
    assert (result.ok, result.strange_verifier) == (True, False)
    other = made_again(made_pack, tmp_path / "b.fcpack", {"__main__.py": b"print('fits')"})
    assert verify_pack(other, NullProgress()).strange_verifier


def numbers(value) -> int:
    """How many numbers stand in a JSON value, counted by hand."""
    if isinstance(value, dict):
        return sum(map(numbers, value.values()))
    if isinstance(value, list):
        return sum(map(numbers, value))
    return int(type(value) in (int, float))


def test_as_many_figures_are_recorded_as_numbers_stand_in_the_summary_outside_provenance(made_pack):
    told = json.loads(held(made_pack)["summary.json"])
    found = check_pack(made_pack)
    counted = sum(one["kind"] == "figure" for one in found.log)
    assert (
        counted
        == found.manifest["n_figures"]
        == numbers({key: one for key, one in told.items() if key != "provenance"})
        > 300
    )


@pytest.mark.long
def test_footage_comes_along_where_asked_for_and_no_training_images(drawn, material, tmp_path):
    set_training_and_search(drawn, material / "clean", NullProgress(), makers.NOW)
    wish = PackOptions(recordings=True)
    made = pack_project(drawn, tmp_path / "a.fcpack", wish, NullProgress(), makers.NOW)
    files = held(made.pack)
    assert any(name.startswith("recordings/") and name.endswith("belt.avi") for name in files)
    assert not [name for name, content in files.items() if str(material).encode() in content]


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="a link takes a right there")
def test_a_link_among_the_pictures_of_a_recording_takes_no_other_file_along(empty, tmp_path):
    """Whoever hands a project on could have the next pack of it carry any file of this computer
    away."""
    makers.picture_folder(tmp_path / "day", ["red", "green"])
    import_footage(empty, [tmp_path / "day"], FootageInfo("line"), NullProgress(), makers.NOW)
    (tmp_path / "key").write_bytes(b"a private key")
    next((empty.path / "recordings").rglob("*.png")).with_name("z.png").symlink_to(tmp_path / "key")
    wish = PackOptions(recordings=True)
    files = held(pack_project(empty, tmp_path / "a.fcpack", wish, NullProgress(), makers.NOW).pack)
    assert len([name for name in files if name.startswith("recordings/")]) == 2
    assert b"a private key" not in files.values()


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="these names cannot be made there")
@pytest.mark.parametrize(("name", "problem"), [
    ("2024-05-01T12:00:00.png", "unfit"),
    ("aux.png", "unfit"),
    ("night /a.png", "unfit"),
    ("a\u200c.png", "unfit"),
    ("A.png", "alike"),
])  # fmt: skip
def test_a_name_that_no_reader_takes_is_refused_before_a_pack_is_written(
    empty, tmp_path, name, problem
):
    folder = makers.picture_folder(tmp_path / "day", ["red", "green"])
    first, second = sorted(folder.glob("*.png"))
    first.rename(folder / "a.png")
    (folder / name).parent.mkdir(exist_ok=True)
    second.rename(folder / name)
    if len(list(folder.rglob("*.png"))) < 2:
        pytest.skip("this disk takes both names for one")
    import_footage(empty, [folder], FootageInfo("line"), NullProgress(), makers.NOW)
    out = tmp_path / "a.fcpack"
    with pytest.raises(PackRefused) as refused:
        pack_project(empty, out, PackOptions(recordings=True), NullProgress(), makers.NOW)
    assert refused.value.problem == problem
    assert refused.value.detail.lower().endswith(name.lower())
    assert str(out) in str(refused.value)
    assert not out.exists()
    pack_project(empty, out, PackOptions(), NullProgress(), makers.NOW)
    assert verify_pack(out, NullProgress()).ok


def test_what_stands_there_is_not_touched_and_no_key_means_no_pack(empty, tmp_path):
    (tmp_path / "a.fcpack").write_text("mine")
    with pytest.raises(ProjectExists):
        pack_project(empty, tmp_path / "a.fcpack", PackOptions(), NullProgress(), makers.NOW)
    (tmp_path / "key").write_text("none")
    with pytest.raises(KeyRefused):
        pack_project(
            empty,
            tmp_path / "b.fcpack",
            PackOptions(key=tmp_path / "key"),
            NullProgress(),
            makers.NOW,
        )
    assert sorted(path.name for path in tmp_path.glob("*.fcpack*")) == ["a.fcpack"]


def test_a_pack_that_is_cancelled_leaves_nothing(labelled, tmp_path):
    with pytest.raises(Cancelled):
        pack_project(labelled, tmp_path / "a.fcpack", PackOptions(), makers.stopped(), makers.NOW)
    assert list(tmp_path.glob("*.fcpack*")) == []


def test_a_pack_that_nobody_changed_fits_to_the_last_figure_in_another_home_folder_zone_and_language(
    made_pack, monkeypatch, tmp_path
):
    for name, value in {
        "HOME": str(tmp_path / "nobody"),
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "<+14>-14",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    getattr(time, "tzset", int)()  # Windows takes its time zone from the system only
    with language.use_language("de"):
        found = verify_pack(made_pack, NullProgress())
    monkeypatch.undo()
    getattr(time, "tzset", int)()
    assert found.ok, found
    assert found.n_records > found.n_figures > 300
    assert (found.signed_by, found.seal.changes, found.seal.n_labels_before) == ((), (), 0)


@pytest.mark.parametrize("clock", ["[]", '{"2026-03-01T08:00:00+00:00":86400}'])
def test_a_clock_that_is_none_is_refused(made_pack, tmp_path, clock):
    bad = forged(
        made_pack,
        tmp_path / "bad.fcpack",
        tmp_path / "apart",
        f"UPDATE setting SET value = '{clock}' WHERE key = 'clock'",
    )
    with pytest.raises(PackRefused) as caught:
        verify_pack(bad, NullProgress())
    assert (caught.value.problem, caught.value.detail) == ("database", "setting.value: clock")


@pytest.mark.long
def test_one_changed_label_with_hashes_made_again_fails_at_the_first_figure(made_pack, tmp_path):
    wrong = (
        "UPDATE label SET class_name = CASE class_name WHEN 'red' THEN 'blue' ELSE 'red' END "
        "WHERE rowid = 1"
    )
    bad = forged(made_pack, tmp_path / "bad.fcpack", tmp_path / "apart", wrong)
    found = verify_pack(bad, NullProgress())
    assert found.first_bad[0].startswith("figure /"), found
    assert found.first_bad[1] == "figure"
    assert found.stored != found.now
    told = json.loads(held(made_pack)["summary.json"])
    path = found.first_bad[0].removeprefix("figure /").split("/")
    assert path[0] in told


def test_a_changed_label_whose_log_was_not_made_again_is_named(made_pack, tmp_path):
    sentence = "UPDATE label SET by_whom = 'another' WHERE rowid = 1"
    bad = forged(made_pack, tmp_path / "bad.fcpack", tmp_path / "apart", sentence)
    kept = {"log.jsonl": held(made_pack)["log.jsonl"]}
    found = verify_pack(made_again(bad, tmp_path / "worse.fcpack", kept), NullProgress())
    assert found.first_bad[0].startswith("label ")
    assert found.first_bad[1] == "record"


@pytest.mark.long
def test_a_forged_figure_or_sentence_is_named(made_pack, tmp_path):
    told = json.loads(held(made_pack)["summary.json"])
    told["gap"]["sentence"] = "All is well."
    changed = {"summary.json": json.dumps(told).encode()}
    found = verify_pack(made_again(made_pack, tmp_path / "a.fcpack", changed), NullProgress())
    assert found.first_bad == ("figure /gap/sentence", "figure")
    told["gap"]["tolerance"] = 0.3
    changed = {"summary.json": json.dumps(told).encode()}
    found = verify_pack(made_again(made_pack, tmp_path / "b.fcpack", changed), NullProgress())
    assert found.first_bad == ("figure /gap/tolerance", "record")


def test_a_limit_changed_behind_the_back_of_the_seal_is_named(made_pack, tmp_path):
    sentence = "INSERT INTO setting VALUES ('tolerance', '0.3')"
    bad = forged(made_pack, tmp_path / "bad.fcpack", tmp_path / "apart", sentence)
    assert verify_pack(bad, NullProgress()).first_bad == ("seal tolerance", "record")
    sentence = "UPDATE seal SET at = '2020-01-01T00:00:00+00:00'"
    bad = forged(made_pack, tmp_path / "worse.fcpack", tmp_path / "again", sentence)
    assert verify_pack(bad, NullProgress()).first_bad == ("seal.jsonl:1", "chain")


def test_a_picture_in_the_place_of_another_is_named(made_pack, tmp_path):
    frames = sorted(name for name in held(made_pack) if name.startswith("frames/"))
    swapped = made_again(made_pack, tmp_path / "a.fcpack", {frames[0]: held(made_pack)[frames[1]]})
    assert verify_pack(swapped, NullProgress()).first_bad == (frames[0], "content")


@pytest.mark.long
def test_a_limit_changed_after_the_seal_and_who_signed_it_are_told(labelled, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    set_limits(labelled, GapLimits(0.2, "A. B."))
    sealed = create_seal(labelled, tmp_path / "key", makers.NOW)
    wish = PackOptions(key=tmp_path / "key")
    pack = pack_project(labelled, tmp_path / "a.fcpack", wish, NullProgress(), makers.NOW).pack
    found = verify_pack(pack, NullProgress())
    assert found.ok, found
    expected = [("tolerance", "0.03", "0.2", "A. B.")]
    assert [(one.part, one.before, one.after, one.by) for one in found.seal.changes] == expected
    assert found.signed_by == sealed.signed_by == found.seal.signed_by
    lines = held(pack)["statement.intoto.jsonl"].splitlines()
    assert len(lines) == 2
    chain = held(pack)[SEAL].splitlines()
    sentence = "UPDATE seal SET body = replace(body, '0.2', '0.1') WHERE place = 2"
    other = forged(pack, tmp_path / "b.fcpack", tmp_path / "apart", sentence)
    assert len(chain) == 3
    assert not verify_pack(other, NullProgress()).ok


def test_what_is_no_pack_is_refused_and_what_lacks_its_database_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    with pytest.raises(PackRefused):
        verify_pack(tmp_path / "a", NullProgress())
    expected = ("project.db", "missing")
    assert verify_pack(made_of(tmp_path / "b", {}), NullProgress()).first_bad == expected


@pytest.mark.parametrize(("n", "overlap"), [(100, 20), (7, 3), (5, 5), (1, 0), (20, 0)])
def test_everybody_has_a_part_and_both_have_the_overlap(n, overlap):
    names = [f"{number:03}" for number in range(n)]
    first, second = split_frames(names, overlap, 0)
    assert first | second == set(names)
    assert len(first & second) == overlap
    assert abs(len(first) - len(second)) <= 1
    assert split_frames(names, overlap, 0) == (first, second)


@pytest.mark.long
def test_two_laptops_label_apart_and_one_stick_brings_it_together(drawn, tmp_path):
    packs = tmp_path / "a.fcpack", tmp_path / "b.fcpack"
    made = create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW)
    assert (made.n, made.n_both) == ((13, 13), 6)
    folders = []
    for person, pack in zip(("A", "B"), packs, strict=True):
        assert verify_pack(pack, NullProgress()).ok
        folder = unpack_project(pack, tmp_path / f"{person}.fieldcheck", NullProgress())
        with open_project(folder) as project:
            for one in project.read(labels.list_picks):
                decision = LabelDecision("red")
                set_label(project, one.frame_id, decision, annotator=person, now=makers.NOW)
        folders.append(folder)
    found = merge_labels(drawn, folders, NullProgress())
    assert (found.n_taken, found.n_second) == (20, 6)
    assert len(drawn.read(labels.list_labels)) == 20
    assert (found.trust.other.n, found.trust.other.agreement.value, found.conflicts) == (6, 1.0, ())


@pytest.mark.long
def test_a_frame_with_a_person_is_dealt_to_nobody_unless_it_is_asked_for(drawn, tmp_path):
    names = [one.frame_id for one in drawn.read(labels.list_picks)][:19]
    mark_person(drawn, names, marked=True, annotator="tester")
    packs = (tmp_path / "a", tmp_path / "b")
    made = create_shared_packs(drawn, packs, 0, 0, NullProgress(), makers.NOW)
    assert (sum(made.n), made.n_people) == (1, 19)
    packs = (tmp_path / "c", tmp_path / "d")
    made = create_shared_packs(drawn, packs, 0, 0, NullProgress(), makers.NOW, with_people=True)
    assert (sum(made.n), made.n_people) == (20, 0)
    assert {f"frames/{name}.png" for name in names} <= {
        *held(tmp_path / "c"),
        *held(tmp_path / "d"),
    }
    picks = drawn.read(labels.list_picks)
    mark_person(drawn, [one.frame_id for one in picks], marked=True, annotator="tester")
    with pytest.raises(NothingLabelled):
        create_shared_packs(
            drawn, (tmp_path / "e", tmp_path / "f"), 0, 0, NullProgress(), makers.NOW
        )


def test_without_picks_and_over_another_file_nothing_is_shared(footed, drawn, tmp_path):
    with pytest.raises(NothingPicked):
        create_shared_packs(
            footed, (tmp_path / "a", tmp_path / "b"), 2, 0, NullProgress(), makers.NOW
        )
    (tmp_path / "b").write_text("mine")
    with pytest.raises(ProjectExists):
        create_shared_packs(
            drawn, (tmp_path / "a", tmp_path / "b"), 2, 0, NullProgress(), makers.NOW
        )
    assert not (tmp_path / "a").exists()


KILLED = """
import os, sys
from pathlib import Path
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.report.evidence_pack import create_shared_packs

class Deadly(NullProgress):
    left = int(sys.argv[4])
    def check(self):
        self.left -= 1
        if not self.left:
            os._exit(9)

with open_project(Path(sys.argv[1])) as project:
    create_shared_packs(project, (Path(sys.argv[2]), Path(sys.argv[3])), 6, 0, Deadly(), sys.argv[5])
"""


class Counting(NullProgress):
    """How often work asks whether to go on."""

    n = 0

    def check(self):
        self.n += 1


def test_a_share_that_was_killed_anywhere_is_made_by_the_next_try(drawn, tmp_path):
    # what is measured once is not counted
    create_shared_packs(drawn, (tmp_path / "v", tmp_path / "w"), 6, 0, NullProgress(), makers.NOW)
    counted = Counting()
    create_shared_packs(drawn, (tmp_path / "x", tmp_path / "y"), 6, 0, counted, makers.NOW)
    drawn.close()
    packs = tmp_path / "a.fcpack", tmp_path / "b.fcpack"
    for place in (1, counted.n // 2 + 2, counted.n * 3 // 4, counted.n):
        ran = subprocess.run(
            [sys.executable, "-c", KILLED, drawn.path, *packs, str(place), makers.NOW], check=False
        )
        assert ran.returncode == 9
        assert not any(path.exists() for path in packs)
        with open_project(drawn.path) as project:
            made = create_shared_packs(project, packs, 6, 0, NullProgress(), makers.NOW)
        assert (made.n, made.n_both) == ((13, 13), 6)
        for path in packs:
            assert check_pack(path).manifest["project"] == "drawn"
            path.unlink()
        assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.long
def test_a_share_killed_between_its_packs_is_made_and_nothing_else_overwritten(drawn, tmp_path):
    packs = tmp_path / "a.fcpack", tmp_path / "b.fcpack"
    create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW)
    with pytest.raises(ProjectExists):
        create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW)
    sums = [sha256_file(path) for path in packs]
    drawn.write(lambda db: values.store_setting(db, SHARING, sums)).result()
    with pytest.raises(ProjectExists):  # both are there: it was killed after its work was done
        create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW)
    packs[1].unlink()
    assert create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW).n == (13, 13)
    packs[1].unlink()
    with pytest.raises(ProjectExists):
        create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW)
    drawn.write(lambda db: values.store_setting(db, SHARING, sums)).result()
    packs[0].write_bytes(b"mine")
    with pytest.raises(ProjectExists):
        create_shared_packs(drawn, packs, 6, 0, NullProgress(), makers.NOW)
    assert packs[0].read_bytes() == b"mine"


def test_it_is_read_at_once_and_follows_the_project(empty):
    found = get_evidence_state(empty)
    assert (found.sealed, found.guarded) == (None, False)
    assert (found.n_runs, found.n_labels, found.n_conflicts) == (0, 0, 0)
    create_seal(empty, None, makers.NOW)
    set_admin_pin(empty, "1234", makers.NOW)
    found = get_evidence_state(empty)
    assert found.sealed is not None
    assert (found.guarded, found.unlocked) == (True, True)
