import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.footage.recording_container import find_index_fault
from tests.footage.made_recordings import webcam, write_recording
from tests.hostile import indexes


def test_what_a_recorder_wrote_fits(tmp_path):
    assert find_index_fault(indexes.made(tmp_path / indexes.ID)) == ""
    write_recording(tmp_path / "b", [webcam(index) for index in (0, 1, 50)])
    assert find_index_fault(tmp_path / "b") == ""


def test_a_recording_killed_before_its_first_frame_fits(tmp_path):
    (tmp_path / "a").mkdir()
    assert find_index_fault(tmp_path / "a") == ""
    (tmp_path / "a" / "000.frames").write_bytes(b"")
    assert find_index_fault(tmp_path / "a") == ""
    (tmp_path / "a" / "000.frames").write_bytes(b"x")
    assert find_index_fault(tmp_path / "a") == "header"


def test_damaged_records_have_no_say(tmp_path):
    folder = indexes.made(tmp_path / indexes.ID)
    data = bytearray((folder / "000.idx").read_bytes())
    data[-200] ^= 1
    (folder / "000.idx").write_bytes(bytes(data))
    assert find_index_fault(folder) == ""


def test_frames_that_overlap_do_not_fit(tmp_path):
    folder = indexes.made(tmp_path / indexes.ID)
    indexes.with_record(folder / "001.idx", 2, "offset", 0)
    assert find_index_fault(folder) == "order"


def test_a_folder_that_is_gone_is_missing(tmp_path):
    with pytest.raises(PathMissing):
        find_index_fault(tmp_path / "none")


@pytest.mark.parametrize(
    ("field", "value", "said"), [("number", 2**62, "number"), ("monotonic", 2**62, "time")]
)
def test_a_record_of_no_camera_does_not_fit(field, value, said, tmp_path):
    folder = indexes.made(tmp_path / indexes.ID)
    indexes.with_record(folder / "001.idx", 2, field, value)
    assert find_index_fault(folder) == said


def test_a_recording_of_another_name_does_not_fit(tmp_path):
    actual = find_index_fault(indexes.made(tmp_path / indexes.ID).rename(tmp_path / "another"))
    assert actual == "name"
