import shutil

from fieldcheck.progress import Silent
from fieldcheck.project.folder import open_project
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.stress._ood_sources import clean_answers, own_frames
from tests import makers


def test_benchmark_pictures_come_first_and_picks_fill_up(labelled):
    found = own_frames(labelled, find_model(labelled), 0, Silent(), makers.NOW)
    assert [one.subject.endswith(".png") for one in found] == sorted((one.subject.endswith(".png") for one in found), reverse=True)
    assert sum(not one.subject.endswith(".png") for one in found) == 20
    assert len(found) <= 200


def test_every_one_of_them_has_a_clean_answer(labelled):
    model = find_model(labelled)
    found = own_frames(labelled, model, 0, Silent(), makers.NOW)
    assert {one.subject for one in found} <= set(clean_answers(labelled, model))


def test_boxes_that_people_drew_come_with_their_frames(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = own_frames(project, find_model(project), 0, Silent(), makers.NOW)
    assert found[0].boxes == ((4, 4, 32, 24), (40, 10, 56, 26))
    assert sum(bool(one.boxes) for one in found) == 1
