from fieldcheck.labels.formats.label_set import LabelledImage, make_parent_folder


def test_a_picture_is_saved_as_its_own_bytes_in_a_folder_that_is_made(tmp_path):
    one = LabelledImage("night/a.png", "a.png", (2, 2), "ok", (), lambda: b"bytes")
    assert one.save_image(tmp_path / "ok" / "a.png").read_bytes() == b"bytes"


def test_a_folder_that_is_there_already_is_kept(tmp_path):
    expected = tmp_path / "labels" / "a.txt"
    assert make_parent_folder(make_parent_folder(tmp_path / "labels" / "a.txt")) == expected
    assert (tmp_path / "labels").is_dir()
