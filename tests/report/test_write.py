import hashlib
import json
import os
import stat
from dataclasses import replace

import pytest

from fieldcheck.errors.files import DiskFull, ReadBackDiffers
from fieldcheck.errors.projects import PathOccupied
from fieldcheck.report import folder as write
from fieldcheck.report.folder import get_folder_name, write_folder
from tests.report.example_report import boxes_report, empty_report, example_report

NAMES = [
    "report.html", "report.pdf", "summary.json", "frames.csv", "predictions.csv", "stress.csv",
    "labels.csv", "SHA256SUMS.txt",
]  # fmt: skip


def test_the_folder_holds_the_files_of_the_contract(tmp_path):
    files = write_folder(example_report(), tmp_path)
    assert [path.name for path in files] == NAMES
    assert {path.parent for path in files} == {tmp_path / "Fieldcheck_Line-4-night_2026-11-25"}
    assert sorted(os.listdir(files[0].parent)) == sorted(NAMES)


def test_boxes_come_as_coco(tmp_path):
    assert "labels.coco.json" in [path.name for path in write_folder(boxes_report(), tmp_path)]


def test_the_sums_are_those_of_the_files(tmp_path):
    files = write_folder(example_report(), tmp_path)
    lines = files[-1].read_text(encoding="utf-8").splitlines()
    assert lines == [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files[:-1]
    ]


def test_a_taken_name_is_counted_on_and_the_older_report_stays(tmp_path):
    first = write_folder(example_report(), tmp_path)[0]
    before = first.read_bytes()
    folders = [write_folder(example_report(), tmp_path)[0].parent.name for _ in range(2)]
    expected = ["Fieldcheck_Line-4-night_2026-11-25_2", "Fieldcheck_Line-4-night_2026-11-25_3"]
    assert folders == expected
    assert first.read_bytes() == before


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("Werk 2, Halle C/4", "Fieldcheck_Werk-2--Halle-C-4_2026-11-25"),
        ("Prüfstand_1.b", "Fieldcheck_Prüfstand_1.b_2026-11-25"),
        ("../../etc", "Fieldcheck_..-..-etc_2026-11-25"),
        ("", "Fieldcheck_line4_2026-11-25"),
    ],
)
def test_the_name_is_made_of_site_and_date(site, name):
    assert get_folder_name(example_report(site=site)) == name


def test_the_place_is_made_where_it_is_missing_and_anybody_may_read(tmp_path):
    folder = write_folder(empty_report(), tmp_path / "a" / "b")[0].parent
    assert stat.S_IMODE(folder.stat().st_mode) & 0o555 == 0o555


def test_the_summary_is_json_in_utf_8_with_line_feeds(tmp_path):
    path = next(
        path
        for path in write_folder(example_report(site="Prüfstand"), tmp_path)
        if path.name == "summary.json"
    )
    assert json.loads(path.read_text(encoding="utf-8"))["site"] == "Prüfstand"
    assert b"\r" not in path.read_bytes()


def test_a_medium_that_forgets_is_found_out_and_nothing_is_left(tmp_path, monkeypatch):
    real = write.write_bytes
    monkeypatch.setattr(
        write,
        "write_bytes",
        lambda path, data: real(path, data[:-1] if path.name == "frames.csv" else data),
    )
    with pytest.raises(ReadBackDiffers) as caught:
        write_folder(example_report(), tmp_path)
    assert caught.value.path.name == "frames.csv"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path, data):
        raise DiskFull(path)

    monkeypatch.setattr(write, "write_bytes", full)
    with pytest.raises(DiskFull):
        write_folder(example_report(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_of_the_place_is_an_error_that_names_it(tmp_path):
    (tmp_path / "reports").write_text("a file", encoding="utf-8")
    with pytest.raises(PathOccupied) as caught:
        write_folder(example_report(), tmp_path / "reports")
    assert caught.value.path == tmp_path / "reports"


def test_two_writings_differ_in_the_time_alone(tmp_path):
    first = write_folder(example_report(), tmp_path)
    second = write_folder(replace(example_report(), created="2026-11-25T09:00:00Z"), tmp_path)
    same = [a.name for a, b in zip(first, second, strict=True) if a.read_bytes() == b.read_bytes()]
    assert same == ["frames.csv", "predictions.csv", "stress.csv", "labels.csv"]
