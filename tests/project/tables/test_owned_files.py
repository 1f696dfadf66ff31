import pytest

from fieldcheck.evidence.open_pack import HASHES, list_owned_files
from fieldcheck.project.tables import project_state
from fieldcheck.project.tables.values import UnfitValue
from tests.project.made import fill


def test_every_table_says_what_is_hashed_of_its_files(db):
    fill(db)
    found = project_state.list_owned_rows(db)
    assert {of for _, _, of in found} == {"video", "model"} <= set(HASHES)
    assert [where for where, _, _ in found] == ["recordings/rec/rec.mp4", "models/net/net.onnx"]


def test_a_place_outside_the_project_is_no_file_of_it(db):
    fill(db)
    db.execute("UPDATE model SET file = '../net.onnx'")
    with pytest.raises(UnfitValue, match="model"):
        project_state.list_owned_rows(db)


def test_a_thing_that_nobody_can_hash_is_refused(db):
    fill(db)
    db.execute("UPDATE recording SET kind = 'dream'")
    with pytest.raises(UnfitValue, match="dream"):
        list_owned_files(db)
