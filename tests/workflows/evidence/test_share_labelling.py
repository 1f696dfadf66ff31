import pytest

from fieldcheck.errors import NothingLabelled, NothingPicked, ProjectExists
from fieldcheck.progress import Silent
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, picks
from fieldcheck.workflows.evidence.merge_labels import merge_labels
from fieldcheck.workflows.evidence.open_pack import unpack_project
from fieldcheck.workflows.evidence.share_labelling import share_labelling, shares
from fieldcheck.workflows.evidence.verify import verify_pack
from fieldcheck.workflows.label.label_frames import LabelDecision, set_label
from fieldcheck.workflows.label.mark_frames import mark_person
from tests import makers
from tests.packs import held


@pytest.mark.parametrize(("n", "overlap"), [(100, 20), (7, 3), (5, 5), (1, 0), (20, 0)])
def test_everybody_has_a_part_and_both_have_the_overlap(n, overlap):
    names = [f"{number:03}" for number in range(n)]
    first, second = shares(names, overlap, 0)
    assert first | second == set(names)
    assert len(first & second) == overlap
    assert abs(len(first) - len(second)) <= 1
    assert shares(names, overlap, 0) == (first, second)


def test_two_laptops_label_apart_and_one_stick_brings_it_together(drawn, tmp_path):
    packs = tmp_path / "a.fcpack", tmp_path / "b.fcpack"
    made = share_labelling(drawn, packs, 6, 0, Silent(), makers.NOW)
    assert (made.n, made.n_both) == ((13, 13), 6)
    folders = []
    for person, pack in zip(("A", "B"), packs, strict=True):
        assert verify_pack(pack, Silent()).ok
        folder = unpack_project(pack, tmp_path / f"{person}.fieldcheck", Silent())
        with open_project(folder) as project:
            for one in project.read(picks.all):
                set_label(project, one.frame_id, LabelDecision("red"), by=person, now=makers.NOW)
        folders.append(folder)
    found = merge_labels(drawn, folders, Silent())
    assert (found.n_taken, found.n_second) == (20, 6)
    assert len(drawn.read(labels.all)) == 20
    assert (found.trust.other.n, found.trust.other.agreement.value, found.conflicts) == (6, 1.0, ())


def test_a_frame_with_a_person_is_dealt_to_nobody_unless_it_is_asked_for(drawn, tmp_path):
    names = [one.frame_id for one in drawn.read(picks.all)][:19]
    mark_person(drawn, names, on=True, by="tester")
    made = share_labelling(drawn, (tmp_path / "a", tmp_path / "b"), 0, 0, Silent(), makers.NOW)
    assert (sum(made.n), made.n_people) == (1, 19)
    made = share_labelling(drawn, (tmp_path / "c", tmp_path / "d"), 0, 0, Silent(), makers.NOW, with_people=True)
    assert (sum(made.n), made.n_people) == (20, 0)
    assert {f"frames/{name}.png" for name in names} <= {*held(tmp_path / "c"), *held(tmp_path / "d")}
    mark_person(drawn, [one.frame_id for one in drawn.read(picks.all)], on=True, by="tester")
    with pytest.raises(NothingLabelled):
        share_labelling(drawn, (tmp_path / "e", tmp_path / "f"), 0, 0, Silent(), makers.NOW)


def test_without_picks_and_over_another_file_nothing_is_shared(footed, drawn, tmp_path):
    with pytest.raises(NothingPicked):
        share_labelling(footed, (tmp_path / "a", tmp_path / "b"), 2, 0, Silent(), makers.NOW)
    (tmp_path / "b").write_text("mine")
    with pytest.raises(ProjectExists):
        share_labelling(drawn, (tmp_path / "a", tmp_path / "b"), 2, 0, Silent(), makers.NOW)
    assert not (tmp_path / "a").exists()
