import subprocess
import sys

import pytest

from fieldcheck.errors.labels import NothingLabelled, NothingPicked
from fieldcheck.errors.projects import ProjectExists
from fieldcheck.evidence.archive import check_pack
from fieldcheck.evidence.merge_labels import merge_labels
from fieldcheck.evidence.open_pack import unpack_project
from fieldcheck.files import sha256_file
from fieldcheck.labels.store import LabelDecision, mark_person, set_label
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, values
from fieldcheck.report.evidence_pack import SHARING, create_shared_packs, split_frames, verify_pack
from tests import makers
from tests.packs import held


@pytest.mark.parametrize(("n", "overlap"), [(100, 20), (7, 3), (5, 5), (1, 0), (20, 0)])
def test_everybody_has_a_part_and_both_have_the_overlap(n, overlap):
    names = [f"{number:03}" for number in range(n)]
    first, second = split_frames(names, overlap, 0)
    assert first | second == set(names)
    assert len(first & second) == overlap
    assert abs(len(first) - len(second)) <= 1
    assert split_frames(names, overlap, 0) == (first, second)


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
                set_label(
                    project, one.frame_id, LabelDecision("red"), annotator=person, now=makers.NOW
                )
        folders.append(folder)
    found = merge_labels(drawn, folders, NullProgress())
    assert (found.n_taken, found.n_second) == (20, 6)
    assert len(drawn.read(labels.list_labels)) == 20
    assert (found.trust.other.n, found.trust.other.agreement.value, found.conflicts) == (6, 1.0, ())


def test_a_frame_with_a_person_is_dealt_to_nobody_unless_it_is_asked_for(drawn, tmp_path):
    names = [one.frame_id for one in drawn.read(labels.list_picks)][:19]
    mark_person(drawn, names, marked=True, annotator="tester")
    made = create_shared_packs(
        drawn, (tmp_path / "a", tmp_path / "b"), 0, 0, NullProgress(), makers.NOW
    )
    assert (sum(made.n), made.n_people) == (1, 19)
    made = create_shared_packs(
        drawn, (tmp_path / "c", tmp_path / "d"), 0, 0, NullProgress(), makers.NOW, with_people=True
    )
    assert (sum(made.n), made.n_people) == (20, 0)
    assert {f"frames/{name}.png" for name in names} <= {
        *held(tmp_path / "c"),
        *held(tmp_path / "d"),
    }
    mark_person(
        drawn,
        [one.frame_id for one in drawn.read(labels.list_picks)],
        marked=True,
        annotator="tester",
    )
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


def test_a_share_that_was_killed_between_its_packs_is_made_and_nothing_else_is_written_over(
    drawn, tmp_path
):
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
