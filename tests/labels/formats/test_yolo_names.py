import pytest

from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats.yolo import read_data_file, read_name_file


def data(folder, text):
    (folder / "data.yaml").write_text(text, encoding="utf-8")
    return read_data_file(folder / "data.yaml")


@pytest.mark.parametrize(
    "text", ["names: [car, bus]", "names:\n  0: car\n  1: bus\n", "names:\n- car\n- 'bus'\n"]
)
def test_names_stand_as_a_list_or_by_number(tmp_path, text):
    assert data(tmp_path, text).names == ("car", "bus")


def test_a_number_is_a_class_name_too(tmp_path):
    assert data(tmp_path, "names: [0, 7]").names == ("0", "7")


def test_the_path_is_used_where_it_lies_inside_and_passed_over_where_it_names_another_machine(
    tmp_path,
):
    (tmp_path / "coco8").mkdir()
    assert data(tmp_path, "path: coco8\nnames: [a]").root == tmp_path / "coco8"
    assert data(tmp_path, "path: /home/somebody/coco8\nnames: [a]").root == tmp_path
    assert data(tmp_path, "path: ../datasets/coco8\nnames: [a]").root == tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "names: {1: a, 3: b}", "names: []", "names: 3", f"names: 0x{'F' * 6000}",
        f"names: [0x{'F' * 6000}]", f"0x{'F' * 6000}", "names: [yes]", "names: [[a]]",
        "names: [a\nb", "val: ../../../etc/..//x/../..", "a: &a [x,x]\nb: &b [*a,*a]\nnames: *b",
        "!!python/object/apply:os.system [id]", "[" * 5000, "val: /etc\nnames: [a]",
    ],
)  # fmt: skip
def test_a_file_that_is_no_plain_description_is_refused(tmp_path, text):
    with pytest.raises(LabelsRefused) as caught:
        data(tmp_path, text)
    assert caught.value.problem == "malformed"


def test_a_name_file_has_one_class_a_line(tmp_path):
    (tmp_path / "classes.txt").write_text("car\r\nfire truck\n\n")
    assert read_name_file(tmp_path / "classes.txt") == ("car", "fire truck")
    (tmp_path / "classes.txt").write_text("car\n\nbus\n")
    with pytest.raises(LabelsRefused):
        read_name_file(tmp_path / "classes.txt")
