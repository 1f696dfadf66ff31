import io
import json
from pathlib import Path

import pytest
from PIL import Image

from fieldcheck.domain.report import ReportForm
from fieldcheck.errors import message_format
from fieldcheck.errors.files import PathMissing
from fieldcheck.i18n import language
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.report.assemble import (
    build_draft,
    build_preview,
    get_free_bytes,
    write_built_report,
)
from fieldcheck.report.section import set_report_form
from tests import makers


def seen(project, lang="en"):
    return build_preview(project, lang, NullProgress(), makers.NOW)


def test_the_pages_are_pictures_and_nothing_is_stored(labelled):
    found = seen(labelled)
    assert len(found.images) >= 2
    assert {Image.open(io.BytesIO(image)).format for image in found.images} == {"PNG"}
    assert labelled.read(reports_table.list_reports) == ()


def test_the_report_that_was_seen_is_the_one_that_is_written(labelled, tmp_path):
    found = seen(labelled)
    written = write_built_report(labelled, found.report, tmp_path / "out")
    assert written.report is found.report
    document = json.loads((written.folder / "summary.json").read_text(encoding="utf-8"))
    assert document["created"] == found.report.created
    assert document["provenance"]["pdf_tagged"] is True
    (stored,) = labelled.read(reports_table.list_reports)
    assert json.loads(stored.summary) == document
    assert (stored.lang, stored.created) == ("en", found.report.created)


def test_a_german_preview_leaves_the_language_alone(labelled):
    assert seen(labelled, "de").report.gap.sentence != seen(labelled).report.gap.sentence
    assert language.get_language() == "en"


def test_a_project_without_anything_has_pages(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project:
        assert seen(project).images


def test_a_preview_can_be_cancelled(labelled):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        build_preview(labelled, "en", NullProgress(flag), makers.NOW)


def test_free_room_is_that_of_the_nearest_folder_above(tmp_path):
    assert get_free_bytes(tmp_path / "a" / "b") > 0
    assert get_free_bytes(Path("not") / "there" / "yet") > 0


@pytest.mark.skipif(Path("/").is_dir(), reason="every path of this system has a folder above it")
def test_a_drive_that_is_not_there_is_named():
    with pytest.raises(PathMissing):
        get_free_bytes(Path("Q:/reports"))


def drafted(project, lang="en"):
    return build_draft(project, lang, NullProgress(), makers.NOW)


def test_it_says_in_short_what_page_1_says(labelled):
    found = drafted(labelled)
    assert " ".join(found.short.headline) == found.preview.report.gap.sentence
    assert found.short.verdict in ("Not ready", "Inconclusive")
    assert found.short.sign in ("octagon", "ring", "triangle")
    assert any("95%" in said for said in found.short.ranges)


def test_it_needs_the_room_that_its_files_take(labelled, tmp_path):
    found = drafted(labelled)
    files = write_built_report(labelled, found.preview.report, tmp_path, found.files).files
    actual = found.needed
    assert actual == sum(path.stat().st_size for path in files if path.name != "SHA256SUMS.txt")


def test_the_files_that_were_made_with_the_pages_are_the_ones_that_are_written(labelled, tmp_path):
    found = drafted(labelled)
    anew = write_built_report(labelled, found.preview.report, tmp_path / "anew").files
    made = write_built_report(labelled, found.preview.report, tmp_path / "made", found.files).files
    assert [path.name for path in made] == [path.name for path in anew]
    assert [path.read_bytes() for path in made] == [path.read_bytes() for path in anew]


def test_pages_are_set_once_while_the_project_stands_and_anew_with_a_label_or_a_note(labelled):
    first = drafted(labelled)
    assert drafted(labelled) is first
    write_built_report(labelled, first.preview.report, labelled.path / "reports", first.files)
    assert drafted(labelled) is first
    assert drafted(labelled, "de") is not first
    set_report_form(labelled, ReportForm(notes="Shift B was tired."))
    noted = drafted(labelled)
    assert noted is not first
    assert noted.preview.report.results["form"].notes == "Shift B was tired."
    name = labelled.read(picks_table.list_picks)[0].frame_id
    set_label(labelled, name, LabelDecision(unsure=True), annotator="tester", now=makers.LATER)
    assert drafted(labelled).preview.report.gap != noted.preview.report.gap


def test_it_is_in_the_reports_language_whatever_is_spoken(labelled):
    with language.use_language("en"):
        found = drafted(labelled, "de")
    assert found.short.verdict != drafted(labelled).short.verdict


def test_no_command_stands_in_a_report_whichever_door_wrote_it(tmp_path):
    with (
        makers.empty_project(tmp_path / "bare.fieldcheck") as project,
        message_format.use_audience("terminal"),
    ):
        found = drafted(project)
    expected = "No gap yet: no footage (Capture, “Import video files”)."
    assert found.preview.report.gap.sentence == expected
    assert found.short.headline == (found.preview.report.gap.sentence,)
    assert found.preview.images


def test_it_can_be_cancelled(labelled):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        build_draft(labelled, "en", NullProgress(flag), makers.NOW)
