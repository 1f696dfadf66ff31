"""A project on a disk without one free byte is read all the same: shown, checked, reported to
another place; and names of any length."""

import shutil
from pathlib import Path

import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from tests import disks


@pytest.fixture
def full(made, tmp_path):
    """A project on a disk that has no room left, not closed in good order by whoever had it
    last."""
    stick = disks.plug_in(tmp_path, 24)
    path = shutil.copytree(made["labelled"], stick / "p.fieldcheck")
    (path / "lock").write_text("{}")
    disks.fill(stick)
    yield path
    disks.put_away(stick)


def test_it_is_read_shown_checked_and_reported_elsewhere(terminal, full, tmp_path):
    assert len(terminal.document("label", "show", full)["labels"]) == 20
    assert terminal.document("check", full)["ok"]
    report = terminal.document("report", full, "--out", tmp_path / "report")
    assert (Path(report["report"]) / "report.html").is_file()
    assert "Disk full: cannot write " in terminal.refusal("report", full)
    with open_project(full, write=False) as project:
        assert project.count_history()[0] >= 1


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("kb", [4, 12, 24, 40, 128])
def test_a_disk_with_a_few_kilobytes_left_ends_no_process(program, made, tmp_path, kb, killed):
    """SQLite maps a file there; a system that finds no room for it would end the program."""
    stick = disks.plug_in(tmp_path, 24)
    path = shutil.copytree(made["labelled"], stick / "p.fieldcheck")
    (path / "lock").write_text("{}")
    for name in ("project.db-shm", "cache.db-shm") if killed else ():
        (path / name).write_bytes(bytes(32 << 10))
    disks.leave(stick, kb << 10)
    try:
        with open_project(path, write=False) as project:
            frame = project.read(labels_table.list_picks)[0].frame_id
        report = program("report", path, "--out", tmp_path / "report")
        label = program("label", "set", path, frame, "red")
    finally:
        disks.put_away(stick)
    assert report.code == 0, report.err
    assert label.code == 0 or "Disk full: cannot write " in label.err


def test_what_cannot_be_stored_there_is_one_sentence(terminal, full):
    frame = terminal.document("label", "show", full)["labels"][0]["frame_id"]
    refused = terminal.refusal("label", "set", full, frame, "red")
    assert "Disk full: cannot write " in refused


@pytest.mark.parametrize("words", [("check",), ("label", "show"), ("report",)])
def test_a_name_of_ten_thousand_letters_is_shortened_in_what_is_said(terminal, tmp_path, words):
    refused = terminal.refusal(*words, tmp_path / ("x" * 10_000))
    assert len(refused) < 1_000
