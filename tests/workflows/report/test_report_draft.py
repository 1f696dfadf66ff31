import pytest

from fieldcheck.progress import Cancelled, Silent, StopFlag
from fieldcheck.words import language, remedies
from fieldcheck.workflows.report.report_draft import draft
from fieldcheck.workflows.report.report_gap import write_assembled
from tests import makers


def drafted(project, lang="en"):
    return draft(project, lang, Silent(), makers.NOW)


def test_it_says_in_short_what_page_1_says(labelled):
    found = drafted(labelled)
    assert " ".join(found.short.headline) == found.preview.report.gap.sentence
    assert found.short.verdict in ("Not ready", "Not enough frames", "Not shown to be ready")
    assert found.short.sign in ("octagon", "ring", "triangle")
    assert any("95%" in said for said in found.short.ranges)


def test_it_needs_the_room_that_its_files_take(labelled, tmp_path):
    found = drafted(labelled)
    files = write_assembled(labelled, found.preview.report, tmp_path).files
    assert found.needed == sum(path.stat().st_size for path in files if path.name != "SHA256SUMS.txt")


def test_it_is_in_the_reports_language_whatever_is_spoken(labelled):
    with language.spoken("en"):
        found = drafted(labelled, "de")
    assert found.short.verdict != drafted(labelled).short.verdict


def test_no_command_stands_in_a_report_whichever_door_wrote_it(tmp_path):
    with makers.empty_project(tmp_path / "bare.fieldcheck") as project, remedies.told_by("terminal"):
        found = drafted(project)
    assert found.preview.report.gap.sentence == "No gap yet: there is no footage (Capture, “Import video files”)."
    assert found.short.headline == (found.preview.report.gap.sentence,)
    assert found.preview.images


def test_it_can_be_cancelled(labelled):
    flag = StopFlag()
    flag.stop()
    with pytest.raises(Cancelled):
        draft(labelled, "en", Silent(flag), makers.NOW)
