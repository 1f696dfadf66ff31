from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from fieldcheck import paths
from fieldcheck.domain.project_state import ProjectStatus, RecentProject
from fieldcheck.models.new_project import BenchmarkFacts, ModelSummary
from fieldcheck.stats.wilson_interval import estimate_wilson
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import (
    EditableCard,
    ElidedLabel,
    FactsGrid,
    FormField,
    ModelInputImages,
    ModelInputView,
    make_action_button,
)
from fieldcheck.ui.widgets.images_and_zoom import BoxMark

RECEIPT = {
    "size": [224, 256], "colour": "RGB", "layout": "NCHW", "crop": 1.0, "resize": "stretch",
    "interpolation": "area", "scale": 1 / 255,
    "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0], "range": [[0.0, 1.0]] * 3, "output": "logits",
}  # fmt: skip


def recent(standing=None, gap=None, readiness=""):
    return RecentProject(
        Path("/visits/Line 4 night.fieldcheck"), datetime(2026, 11, 12, 17, 40),
        standing or ProjectStatus(), b"", gap, readiness,
    )  # fmt: skip


def test_a_recent_project_says_how_far_it_is_and_what_came_out():
    standing = ProjectStatus(n_picked=100, n_labelled=60, n_unsure=2)
    line = captions.build_found_row(recent(standing, 0.36, "not_ready"))
    assert line.name == "Line 4 night"
    assert (line.when, line.labelled) == ("12 Nov 2026 17:40", "62 of 100 labelled")
    assert (line.outcome, line.sign) == ("Not ready, gap 36 pp", "octagon")
    assert (line.is_unfinished, line.share) == (True, 0.62)


def test_what_is_not_there_yet_is_said_so():
    line = captions.build_found_row(recent(ProjectStatus(n_picked=3, n_labelled=3)))
    assert (line.labelled, line.share) == ("3 labelled", None)
    standing = ProjectStatus(n_recordings=1, n_frames=9, n_picked=3, n_labelled=1)
    actual = captions.build_found_row(recent(standing)).next
    assert actual == "Next: Label"
    line = captions.build_found_row(recent())
    assert line.labelled == "nothing picked yet"
    assert (line.outcome, line.sign, line.is_unfinished) == ("", "", False)
    assert captions.format_outcome(None, "not_enough") == "Inconclusive"
    assert captions.get_sign("of a later version") == ""


def test_the_primary_action_names_what_it_opens():
    standing = ProjectStatus(n_picked=100, n_labelled=28)
    begun, done = captions.build_found_row(recent(standing)), captions.build_found_row(recent())
    assert captions.format_offer(begun) == "Continue: Line 4 night, 28 of 100"
    assert captions.format_offer(done) == "Open Line 4 night"
    assert captions.format_offer(None) == "Open demo project"


def test_a_missing_and_a_broken_project_stay_in_the_list():
    missing = captions.build_missing_row("/media/dock/Dock 2.fieldcheck", Path("/media/dock"))
    assert missing.name == "Dock 2"
    assert (missing.state, missing.when) == ("missing", "/media/dock not found")
    expected = "It is damaged."
    assert captions.build_broken_row("/a/b.fieldcheck", "It is damaged.").labelled == expected


def test_a_model_is_its_file_and_what_it_does():
    facts = ModelSummary(
        "net", "net.onnx", "3f9a07c1" * 8, 8_600_000, "classification", (224, 256), "logits",
        RECEIPT,
    )  # fmt: skip
    assert captions.format_model_file(facts) == "net.onnx · 9 MB"
    expected = "object detection, input 256 × 224, 7 classes"
    assert captions.format_model_summary("detection", (224, 256), 7) == expected


def benchmark(score=None, claimed=None, reproduced=None, metric="accuracy"):
    return BenchmarkFacts("/data/clean", "imagefolder", 2000, claimed, score, metric, reproduced)


def test_the_benchmark_says_its_score_with_what_it_rests_on():
    figure, what, spread = captions.format_score(benchmark(estimate_wilson(1942, 2000)))
    assert (figure, what, spread) == ("97.1%", "correct: 1,942 of 2,000", "95% CI 96.3–97.7%")
    actual = captions.format_score(benchmark(estimate_wilson(5, 10), metric="frame_score"))[1]
    assert actual == "frames without errors: 5 of 10"
    expected = ("–", "not run on this computer yet", "2,000 images")
    assert captions.format_score(benchmark()) == expected


def test_a_claim_says_whether_it_came_out_here():
    assert captions.format_reference_score(benchmark()) == "no reference score stated"
    assert captions.format_reference_score(benchmark(claimed=0.971)) == "97.1%"
    expected = "37.1% (mAP at IoU 0.50)"
    assert captions.format_reference_score(benchmark(claimed=0.371, metric="map50")) == expected
    expected = "✓ 97.1%: reproduced"
    assert captions.format_reference_score(benchmark(claimed=0.971, reproduced=True)) == expected
    facts = benchmark(claimed=0.971, reproduced=False)
    assert captions.format_reference_score(facts).startswith("▲ 97.1%: not reproduced")


@pytest.mark.parametrize(
    ("typed", "share"), [("3", 0.03), (" 2.5 ", 0.025), ("2,5", 0.025), ("0", 0.0), ("100", 1.0)]
)
def test_a_tolerance_is_typed_in_points(typed, share):
    assert captions.parse_tolerance(typed) == pytest.approx(share)


@pytest.mark.parametrize("typed", ["", "three", "-1", "101", "nan", "inf"])
def test_what_is_no_tolerance_is_none(typed):
    assert captions.parse_tolerance(typed) is None


def test_a_tolerance_is_shown_as_it_was_typed():
    assert [captions.format_tolerance(share) for share in (0.025, 0.01)] == ["2.5 pp", "1 pp"]
    assert captions.parse_tolerance(captions.format_tolerance_input(0.025)) == 0.025


def test_a_claim_is_typed_in_per_cent():
    expected = [0.971, 0.971, 0, 1]
    assert [captions.parse_claim(one) for one in ("97.1", "97,1 %", "0", "100")] == expected
    assert captions.parse_claim("  ") != captions.parse_claim("  ")  # nothing is claimed
    assert [captions.parse_claim(one) for one in ("x", "101", "-1")] == [None] * 3
    assert (captions.format_claim_input(0.971), captions.format_claim_input(None)) == ("97.1", "")


def test_what_a_score_may_be_stated_in_is_named():
    expected = (("frame_score", "frames without errors"), ("recall", "object recall"))
    assert captions.list_metric_options(("frame_score", "recall")) == expected


def test_a_spot_check_is_called_one():
    facts = BenchmarkFacts(
        "/data/clean", "imagefolder", 2000, 0.97, estimate_wilson(190, 200), "accuracy", True,
        spot=True,
    )  # fmt: skip
    assert captions.format_score(facts)[2].endswith("\nspot check of 200 of 2,000 images")


def test_the_samples_pictures_have_no_place_and_everybody_elses_have():
    actual = captions.format_benchmark_source(str(paths.get_resource_path("demo/benchmark")))
    assert actual == "demo project images"
    assert captions.format_benchmark_source("/site/benchmark") == "/site/benchmark"
    expected = "bccd, on the computer that created the pack"
    assert captions.format_benchmark_source("…2225cd57b3a914d6/bccd") == expected


@pytest.mark.parametrize(("names", "told", "line"), [
    (("ok", "good"), True, "ok, good"),
    (("ok",), False, "proposed: ok"),
    ((), True, "none"),
    ((), False, ""),
])  # fmt: skip
def test_ok_classes_are_said_with_whether_they_are_only_proposed(names, told, line):
    assert captions.format_ok_classes(names, told) == line


def test_data_that_has_no_room_is_cut_and_stands_whole_in_the_tooltip(look, qtbot):
    line = ElidedLabel()
    qtbot.addWidget(line)
    line.show()
    line.setText("a very long path " * 10)
    line.resize(120, 20)
    qtbot.waitUntil(lambda: "…" in line.text())
    assert line.toolTip() == line.whole == line.accessibleDescription()
    line.resize(1500, 20)
    qtbot.waitUntil(lambda: (line.text(), line.toolTip()) == (line.whole, ""))


def test_what_is_not_known_is_a_dash(look, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    facts = FactsGrid(look, ("Site", "Note"), wrapped=(1,))
    host.setLayout(facts)
    facts.show_values("", "Lamp flickers")
    assert [value.accessibleName() for value in facts.values] == ["Site", "Note"]
    assert (facts.values[0].whole, facts.values[1].text()) == ("–", "Lamp flickers")


def test_a_wrong_field_says_why_until_it_is_right(look, qtbot):
    field = FormField(look, "Name", QLineEdit())
    qtbot.addWidget(field)
    field.show_error("Enter a project name.")
    assert field.error_text == field.field.accessibleDescription() == "Enter a project name."
    field.show_error("")
    assert field.error_text == ""
    assert field.field.accessibleName() == "Name"


class NoteCard(EditableCard):
    """One line of text."""

    def __init__(self, look, actions):
        self.edit = make_action_button(look, "Edit", actions, "project.edit_site")
        super().__init__(look, "Note", self.edit)
        self.shown, self.field, self.kept = QLabel("as it was"), QLineEdit(), []
        self.column.addWidget(self.shown)
        self._add_form(
            self.field,
            hides=(self.shown, self.edit),
            save=lambda: self.kept.append(self.field.text()),
        )


def test_fields_take_the_place_of_the_rows_and_enter_saves_them(look, window, shown):
    card = shown(NoteCard(look, window.context.actions))
    assert (card.editing, card.shown.isVisible(), card.edit.isVisible()) == (False, True, True)
    card.field.setText("Lamp flickers")
    card._start_editing(card.field)
    assert (card.editing, card.shown.isVisible(), card.edit.isVisible()) == (True, False, False)
    assert card.field.selectedText() == "Lamp flickers"
    QTest.keyClick(card.field, Qt.Key.Key_Return)
    assert card.kept == ["Lamp flickers"]
    card.end_editing()
    assert (card.editing, card.shown.isVisible(), card.edit.isVisible()) == (False, True, True)


def test_a_button_of_a_card_shows_the_key_of_its_action(look, window, shown):
    made = shown(make_action_button(look, "Edit", window.context.actions, "project.edit_site"))
    actual = made.accessibleName()
    assert actual == f"Edit, {window.context.actions.get_key_text('project.edit_site')}"


@pytest.fixture
def eye(look, shown):
    return shown(ModelInputView(look), 600, 160)


def test_the_input_is_drawn_pixel_by_pixel_and_both_pictures_say_what_they_are(eye):
    rgb = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    box = (1, 1, 20, 20)
    eye.show_images(
        ModelInputImages(
            rgb, rgb[:8, :8].copy(), (8, 0, 56, 48), "belt.avi", (BoxMark(box, 0, "1 part 0.90"),)
        )
    )
    assert (eye.frame.title, eye.input.title) == ("Camera frame 64 × 48", "Model input 8 × 8")
    assert eye.frame.accessibleDescription() == "belt.avi, 64 × 48 pixels"
    image, place = eye.input.grab().toImage(), eye.input.get_frame_rect()
    step = place.width() / 8
    assert step == int(step)
    for row, column in ((0, 0), (3, 5), (7, 7)):
        x, y = place.left() + (column + 0.5) * step, place.top() + (row + 0.5) * step
        colour = image.pixelColor(round(x), round(y))
        assert (colour.red(), colour.green(), colour.blue()) == tuple(rgb[row, column])


def test_the_arrow_points_from_the_frame_to_the_input(eye):
    rgb = np.zeros((48, 64, 3), np.uint8)
    eye.show_images(ModelInputImages(rgb, rgb, (0, 0, 64, 48), "x"))
    assert not eye.grab().isNull()
    assert eye.frame.geometry().right() < eye.input.geometry().left()


def test_a_gap_limit_that_nobody_set_says_so():
    assert captions.format_gap_limit(0.05, confirmed=True) == "5 pp"
    expected = "3 pp, default limit, not confirmed"
    assert captions.format_gap_limit(0.03, confirmed=False) == expected
