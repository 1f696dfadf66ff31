from fieldcheck.exchange.labelled_picture import LabelledPicture, folder_for


def test_a_picture_is_saved_as_its_own_bytes_in_a_folder_that_is_made(tmp_path):
    one = LabelledPicture("night/a.png", "a.png", (2, 2), "ok", (), lambda: b"bytes")
    assert one.save(tmp_path / "ok" / "a.png").read_bytes() == b"bytes"


def test_a_folder_that_is_there_already_is_kept(tmp_path):
    assert folder_for(folder_for(tmp_path / "labels" / "a.txt")) == tmp_path / "labels" / "a.txt"
    assert (tmp_path / "labels").is_dir()
