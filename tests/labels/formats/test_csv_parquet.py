import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck import parquet
from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.errors.files import ExtraMissing
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.labels.formats import csv_parquet
from fieldcheck.labels.formats.label_set import LabelledImage


def read(folder, text):
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return csv_parquet.read_csv(path)


def test_classes_come_from_file_and_class(tmp_path):
    found = read(tmp_path, "file,class\nclip_03/0007.png,crack\nline.mp4#12,ok\n")
    assert found.items == (
        BenchmarkItem("clip_03/0007.png", "crack"),
        BenchmarkItem("line.mp4#12", "ok"),
    )
    assert found.classes == ("crack", "ok")
    assert (found.names, found.root) == (("clip_03/0007.png", "line.mp4#12"), tmp_path)


def test_points_are_one_row_each_and_an_empty_row_is_nothing_there(tmp_path):
    found = read(tmp_path, "file,class,x,y\na.png,crack,1,2.5\nb.png,,,\na.png,crack,8,9\n")
    item = BenchmarkItem("a.png", points=(Point("crack", 1, 2.5), Point("crack", 8, 9)))
    assert found.items == (item, BenchmarkItem("b.png"))
    assert found.classes == ("crack",)


def test_boxes_are_one_row_each_and_an_empty_row_is_nothing_there(tmp_path):
    found = read(
        tmp_path, "file,class,x,y,w,h\na.png,car,1,2,3,4.5\nb.png,,,,,\na.png,bus,0,0,1,1\n"
    )
    item = BenchmarkItem("a.png", boxes=(Box("car", 1, 2, 3, 4.5), Box("bus", 0, 0, 1, 1)))
    assert found.items == (item, BenchmarkItem("b.png"))


def test_a_byte_order_mark_windows_line_ends_and_further_columns_do_no_harm(tmp_path):
    found = read(tmp_path, '\ufefffile,note,class\r\na.png,"x, y",ok\r\n\r\n')
    assert found.items == (BenchmarkItem("a.png", "ok"),)


def test_a_spreadsheet_s_own_spelling_is_read(tmp_path):
    said = read(tmp_path, '"File";"Class";"X";"Y";"W";"H"\na.png;ok;1,5;0;2;3\n')
    assert said.items == (BenchmarkItem("a.png", boxes=(Box("ok", 1.5, 0, 2, 3),)),)
    assert read(tmp_path, "File;Class\na.png;ok\n").items == (BenchmarkItem("a.png", "ok"),)


@pytest.mark.parametrize("text", [
    "", "picture,label\na.png,ok\n", "file,class,x,y,w\na.png,ok,1,2,3\n",
    "file,class,class\na.png,ok,ok\n", "file,class\na.png\n", "file,class\na.png,ok,more\n",
    "file,class\na.png,\n", "file,class\na.png,ok\na.png,crack\n", "file,class\n../a.png,ok\n",
    'file,class\n"a.png,ok\n', "file,class,x,y,w,h\na.png,car,nan,0,1,1\n",
    "file,class,x,y,w,h\na.png,car,0,0,-1,1\n", "file,class,x,y,w,h\na.png,,0,0,1,1\n",
    "file,class,x,y,w,h\na.png,car,,,,\n",
])  # fmt: skip
def test_a_file_that_is_not_whole_and_plain_is_refused(tmp_path, text):
    with pytest.raises(LabelsRefused) as caught:
        read(tmp_path, text)
    assert caught.value.problem in {"malformed", "columns"}
    assert caught.value.path.name == "labels.csv"


def test_a_file_without_the_columns_is_told_so_with_its_first_line(tmp_path):
    with pytest.raises(LabelsRefused) as caught:
        read(tmp_path, "name;class\na;b\n")
    assert (caught.value.problem, caught.value.detail) == ("columns", "name;class")


names = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12
)
sides = st.floats(0, 5000, allow_nan=False, width=32)
sets = st.dictionaries(
    st.integers(0, 99).map("clip/{:04d}.png".format),
    st.lists(st.tuples(names, sides, sides, sides, sides), max_size=4),
    min_size=1,
    max_size=6,
)


@given(sets)
def test_what_is_written_is_read_back_the_same(tmp_path_factory, labelled):
    path = tmp_path_factory.mktemp("set") / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out).writerow
        write(csv_parquet.BOXES)
        for file, boxes in labelled.items():
            for box in boxes or [("",) * 5]:
                write([file, *box])
    found = csv_parquet.read_csv(path)
    actual = {item.path: item.boxes for item in found.items}
    assert actual == {file: tuple(Box(*box) for box in boxes) for file, boxes in labelled.items()}


@pytest.mark.parametrize(
    ("boxes", "points", "class_name"),
    [((Box("=1+1", 1, 2, 3, 4),), (), ""), ((), (Point("@a", 1, 2),), ""), ((), (), "-a")],
)
def test_no_name_is_a_formula_and_each_is_read_back(tmp_path, boxes, points, class_name):
    one = LabelledImage("=a/+b.png", "b.png", (40, 30), class_name, boxes, lambda: b"", points)
    (path,) = csv_parquet.write_csv(tmp_path, (), [one])
    cells = list(csv.reader(path.read_text("utf-8").splitlines()))[1]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    (found,) = csv_parquet.read_csv(path).items
    assert (found.path, found.boxes) == (one.name, boxes)
    assert (found.points, found.class_name) == (points, class_name)


def test_further_columns_are_counted_as_lost(tmp_path):
    (tmp_path / "labels.csv").write_text("file,class,confidence,note\n1.png,car,0.9,dusty\n")
    assert dict(csv_parquet.read_csv(tmp_path / "labels.csv").skipped.losses) == {"columns": 2}


def test_without_its_extra_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "import_duckdb", lambda: None)
    with pytest.raises(ExtraMissing) as caught:
        csv_parquet.write_parquet(tmp_path / "out", (), [])
    assert "Nothing was written. Install the extra “fleet”" in format_error(caught.value)
    assert not (tmp_path / "out").exists()
