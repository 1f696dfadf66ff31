import base64
import shutil
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.analyses.blocks import Gallery, Paragraph, Table
from fieldcheck.analyses.confident_errors import (
    MOST_BYTES,
    build_error_section,
    build_image_block,
    build_image_blocks,
    build_mark_legend,
    get_worst_frames,
)
from fieldcheck.analyses.failures import (
    MOST_CLASSES,
    Failures,
    build_failure_section,
    find_members,
    get_failures,
    get_own_slices,
    list_saved_slices,
    score_slices,
)
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.analyses.label_noise import get_label_reviews
from fieldcheck.analyses.report_data import Confusion
from fieldcheck.domain.items import Filter, SavedSlice, make_benchmark_subject
from fieldcheck.domain.label import Box
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.scored_sides import load_field_side
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import values as slices_table
from fieldcheck.report.assemble import build_report
from tests import makers
from tests.report.example_report import (
    boxes_report,
    change_report,
    empty_report,
    example_report,
    slices,
    worst_frames,
)


def tables(section, kind):
    return [block for block in section.blocks if isinstance(block, Table) and block.kind == kind]


def names(table):
    return [row[0].text for row in table.rows]


def pictures(section):
    return [
        picture
        for block in section.blocks
        if isinstance(block, Gallery)
        for picture in block.pictures
    ]


def test_the_worst_stands_first_and_too_few_frames_stand_last():
    by_class = next(
        table
        for table in tables(build_failure_section(example_report()), "ranges")
        if table.caption == "By class"
    )
    expected = ["crack", "scratch", "porosity", "OK", "burr", "wrong part", "missing hole"]
    assert names(by_class) == expected


def test_slices_are_grouped_by_what_they_were_cut_by():
    found = {
        table.caption: names(table)
        for table in tables(build_failure_section(example_report(slices=slices())), "ranges")
    }
    assert found["By light"] == ["dark", "glare", "normal light"]
    assert found["By camera"] == ["camera 3"]


def test_a_blind_spot_carries_a_sign_and_a_mere_low_figure_does_not():
    light = next(
        table
        for table in tables(build_failure_section(example_report(slices=slices())), "ranges")
        if table.caption == "By light"
    )
    assert [row[0].sign for row in light.rows] == ["▲", "", ""]


def test_every_row_has_its_n_and_its_range():
    for table in tables(build_failure_section(example_report(slices=slices())), "ranges"):
        for row in table.rows:
            assert row[1].text.isdigit()
            assert "–" in row[2].text


def test_the_confusion_table_counts_in_every_cell_and_shades_only_what_occurred():
    (table,) = tables(build_failure_section(example_report()), "counts")
    cells = [cell for row in table.rows for cell in row[1:]]
    assert sum(int(cell.text) for cell in cells) == 100
    assert all((cell.colours is None) == (cell.text == "0") for cell in cells)


def test_a_class_that_never_occurs_has_no_row():
    confusion = Confusion(("a", "b", "c"), ((3, 1, 0), (0, 2, 0), (0, 0, 0)), ((0.0,) * 3,) * 3)
    (table,) = tables(build_failure_section(example_report(confusion=confusion)), "counts")
    assert names(table) == ["a", "b"]


def test_of_many_classes_the_most_frequent_are_shown_and_it_is_said():
    k = 20
    counts = tuple(
        tuple(row + 1 if row == column else 0 for column in range(k)) for row in range(k)
    )
    confusion = Confusion(tuple(f"c{i}" for i in range(k)), counts, ((0.0,) * k,) * k)
    section = build_failure_section(example_report(confusion=confusion))
    (table,) = tables(section, "counts")
    assert names(table) == [f"c{i}" for i in range(k - MOST_CLASSES, k)]
    assert isinstance(section.blocks[-1], Paragraph)


def test_a_picture_says_what_both_said_and_how_sure_the_model_was():
    first = pictures(build_error_section(example_report()))[0]
    assert first.lines == (("Assigned label", "crack"), ("Prediction", "OK"))
    assert first.small.startswith("confidence 0.99")
    assert first.small.endswith("0.99 · dark · camera 1")
    assert first.alt == "Frame r1-000000: label crack, prediction OK."


def test_there_are_at_most_twelve_pictures():
    assert len(pictures(build_error_section(example_report(worst=worst_frames(15))))) == 12


def test_the_pictures_stay_within_three_megabytes():
    heavy = tuple(replace(frame, jpeg=b"\xff" * 400_000) for frame in worst_frames())
    found = pictures(build_error_section(example_report(worst=heavy)))
    assert 0 < len(found) < 12
    assert sum(len(base64.b64encode(picture.jpeg)) for picture in found) <= MOST_BYTES


def test_boxes_are_counted_by_class_and_nothing_is_called_nothing():
    truth = ("cup", "cup", "plate")
    frame = replace(worst_frames(1)[0], truth=truth, prediction=(), confidence=float("nan"))
    (picture,) = pictures(build_error_section(change_report(boxes_report(), worst=(frame,))))
    assert picture.lines == (("Assigned label", "cup ×2, plate"), ("Prediction", "empty frame"))
    assert picture.small.startswith("no prediction")


def test_a_mask_without_a_confidence_is_a_prediction():
    frame = replace(
        worst_frames(1)[0], truth=("red",), prediction=("blue",), confidence=float("nan")
    )
    (picture,) = pictures(build_error_section(change_report(boxes_report(), worst=(frame,))))
    assert picture.lines[1] == ("Prediction", "blue")
    assert "no prediction" not in picture.small


def test_the_right_class_at_the_wrong_place_is_called_so():
    frame = replace(worst_frames(1)[0], truth=("part",), prediction=("part",), overlap=0.104)
    (picture,) = pictures(build_error_section(change_report(boxes_report(), worst=(frame,))))
    assert picture.lines[1] == ("Prediction", "part, found in the wrong place (overlap 0.10)")


def test_without_labels_nothing_is_claimed():
    expected = ["No frame has both a definite label and a prediction yet."]
    assert [block.text for block in build_failure_section(empty_report()).blocks] == expected
    expected = ["No frame has both a definite label and a prediction yet."]
    assert [block.text for block in build_error_section(empty_report()).blocks] == expected


def test_a_model_that_is_never_wrong_has_no_worst_frames():
    report = example_report(worst=())
    right = tuple(replace(row, right=row.labelled) for row in report.field.strata)
    never_wrong = replace(report, field=replace(report.field, strata=right))
    expected = ["No wrong predictions on labelled frames."]
    assert [block.text for block in build_error_section(never_wrong).blocks] == expected


def test_wrong_answers_without_a_picture_are_not_denied():
    (block,) = build_error_section(example_report(worst=())).blocks
    assert block.text == "None of the wrongly predicted frames may be shown."


def scored(project):
    items, _ = load_items(project)
    model = project.read(models_table.get_newest_model)
    return score_slices(project, load_field_side(project, model), items)


def test_classes_and_saved_slices_are_scored_over_the_labelled_frames(labelled):
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    reds = [
        k
        for k, at in enumerate(side.labelled)
        if side.labels[side.picks[at].frame_id].class_name == "red"
    ]
    saved = SavedSlice("all red", Filter().with_values("class", "red"))
    labelled.edit("slice.save", puts=[slices_table.make_slice_row(saved)])
    found = {(one.key, one.value): one for one in scored(labelled)}
    assert found["class", "red"].n == found["slice", "all red"].n == len(reds)
    assert found["class", "red"].estimate.value == found["slice", "all red"].estimate.value
    assert all(one.n < 20 for one in found.values())
    assert ("camera", "left") not in found  # all frames are the left camera's


def test_a_tag_is_a_slice_and_says_nothing_of_benchmark_pictures(labelled):
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    some = [side.picks[at].frame_id for at in side.labelled[:4]]
    puts = [
        labels_table.make_tags_row(name, ["oily"])
        for name in (*some, make_benchmark_subject("red/000.png"))
    ]
    labelled.edit("tag.set", puts=puts)
    (one,) = (one for one in scored(labelled) if one.key == "tag")
    assert (one.value, one.n, one.flag) == ("oily", 4, "too_few")


def test_a_slice_cut_by_answers_is_not_scored(labelled):
    items, _ = load_items(labelled)
    assert find_members(items, SavedSlice("wrong", Filter().with_values("right", "wrong"))) is None
    saved = SavedSlice("wrong", Filter().with_values("right", "wrong"))
    labelled.edit("slice.save", puts=[slices_table.make_slice_row(saved)])
    assert [one.name for one in list_saved_slices(labelled)] == ["wrong"]
    assert not any(one.key == "slice" for one in scored(labelled))


@pytest.mark.long
def test_a_place_that_the_model_fails_at_in_many_clips_is_a_blind_spot(tmp_path, material):
    """Six clips of two cameras; on the right one every label names what the model never says."""
    with makers.empty_project(tmp_path / "spot.fieldcheck", material / "net.onnx") as project:
        for at in range(6):
            makers.video(tmp_path / f"clip{at}.avi", makers.cycle(60, start=at), seed=20 + at)
            camera = ("left", "right")[at % 2]
            makers.add_footage(project, tmp_path / f"clip{at}.avi", camera=camera, location="hall")
        makers.draw(project, 90)

        def truth(line):
            shown = makers.COLOURS[
                (line.frame.source_index // 4 + int(line.recording.source[4])) % 3
            ]
            return (
                makers.COLOURS[(makers.COLOURS.index(shown) + 1) % 3]
                if line.clip.camera == "right"
                else shown
            )

        makers.label_all(project, truth)
        run_and_score(project, None, "all", NullProgress(), makers.NOW)
        found = {(one.key, one.value): one for one in scored(project)}
        assert found["camera", "right"].flag == "blind_spot"
        assert found["camera", "right"].behind == 1.0
        assert found["camera", "left"].flag == "ok"
        report = build_report(project, "en", NullProgress(), makers.NOW)
        assert {(row.key, row.value) for row in get_failures(report).slices} == set(found)
        actual = next(row for row in get_failures(report).slices if row.value == "right").p
        assert actual == found["camera", "right"].p


def test_before_anything_was_compared_there_are_no_slices(drawn):
    assert scored(drawn) == ()
    report = build_report(drawn, "en", NullProgress(), makers.NOW)
    assert get_failures(report).slices == ()


def test_the_share_of_a_stratum_is_counted_over_the_footage(labelled):
    for one in scored(labelled):
        assert 0 <= one.estimate.value <= 1 or np.isnan(one.estimate.value)


def test_tags_and_saved_slices_name_their_frames_for_the_gate(labelled):
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    some = [side.picks[at].frame_id for at in side.labelled[:3]]
    labelled.edit("tag.set", puts=[labels_table.make_tags_row(name, ["oily"]) for name in some])
    saved = SavedSlice("wrong", Filter().with_values("right", "wrong"))
    labelled.edit("slice.save", puts=[slices_table.make_slice_row(saved)])
    saved = SavedSlice("oil", Filter().with_values("tag", "oily"))
    labelled.edit("slice.save", puts=[slices_table.make_slice_row(saved)])
    actual = get_own_slices(labelled)
    assert actual == {("tag", "oily"): frozenset(some), ("slice", "oil"): frozenset(some)}


def test_frames_with_nothing_hidden_are_no_slice_and_partly_hidden_ones_are(made_boxed, tmp_path):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        assert ("occluded", "no") not in {(one.key, one.value) for one in scored(project)}
        first = project.read(labels_table.list_picks)[0].frame_id
        hidden = LabelDecision(boxes=(Box("part", 4, 4, 28, 20, occluded=True),))
        set_label(project, first, hidden, annotator="tester", now=makers.LATER)
        assert [one.value for one in scored(project) if one.key == "occluded"] == ["yes"]


def test_a_class_of_a_detector_is_compared_with_objects_and_never_with_an_empty_frame(
    made_boxed, tmp_path
):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        found = {one.value: one for one in scored(project) if one.key == "class"}
    assert {name: one.n for name, one in found.items()} == {"part": 1, "hole": 1}
    assert found["part"].behind == -found["hole"].behind, "each is the rest of the other"


def test_a_picture_says_label_prediction_confidence_light_clip_and_local_time():
    (frame,) = worst_frames(1)
    report = example_report(clip_names={"c1": "night, 22:38"})
    changed = replace(frame, clip_id="c1", taken_at="2026-11-24T22:38:00Z")
    shown = build_image_block(changed, report.clip_names)
    assert shown.lines == (("Assigned label", "crack"), ("Prediction", "OK"))
    assert shown.small == "confidence 0.99 · dark · night, 22:38 · 2026-11-24 22:38 UTC"
    there = build_image_block(replace(changed, ahead_s=3600), report.clip_names)
    assert there.small.endswith("2026-11-24 23:38 UTC+01:00"), "of the site, wherever it is read"


def test_the_most_confident_come_first_and_no_more_than_asked_for():
    actual = [one.small.split(" · ")[0] for one in build_image_blocks(example_report(), 2)]
    assert actual == ["confidence 0.99", "confidence 0.98"]


def test_marks_are_explained_where_there_are_any():
    plain = example_report()
    assert build_mark_legend(plain) == ()
    worst = tuple(replace(frame, marked=True) for frame in get_worst_frames(plain))
    (said,) = build_mark_legend(change_report(plain, worst=worst))
    assert "Dashed: prediction." in said.text


def test_every_labelled_frame_stands_once_in_the_confusion_matrix_and_under_its_class(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    counts = get_failures(found).confusion.counts
    rows = {
        name: sum(row)
        for name, row in zip(get_failures(found).confusion.classes, counts, strict=True)
    }
    assert sum(rows.values()) == 20
    actual = {row.name: row.n for row in get_failures(found).per_class}
    assert actual == {name: n for name, n in rows.items() if n}


def test_as_many_disagreements_wait_as_the_matrix_has_beside_its_diagonal(labelled):
    found = build_report(labelled, "en", NullProgress(), makers.NOW)
    beside = sum(
        cell
        for at, row in enumerate(get_failures(found).confusion.counts)
        for k, cell in enumerate(row)
        if k != at
    )
    actual = [
        (len(row.rows), row.n_looked) for row in get_label_reviews(found) if row.on == "field"
    ]
    assert actual == ([(beside, 0)] if beside else [])


def test_without_a_model_nothing_failed(material, tmp_path):
    with makers.empty_project(tmp_path / "blind.fieldcheck") as project:
        found = build_report(project, "en", NullProgress(), makers.NOW)
    assert get_failures(found) == Failures()
    assert get_label_reviews(found) == ()
