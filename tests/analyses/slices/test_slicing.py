import shutil

import numpy as np

from fieldcheck.analyses.failures import (
    find_listed_members,
    find_members,
    get_own_slices,
    list_saved_slices,
    score_slices,
)
from fieldcheck.analyses.item_columns import load_items
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


def scored(project):
    items, _ = load_items(project)
    return score_slices(
        project, load_field_side(project, project.read(models_table.get_newest_model)), items
    )


def test_classes_and_saved_slices_are_scored_over_the_labelled_frames(labelled):
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    reds = [
        k
        for k, at in enumerate(side.at)
        if side.labels[side.picks[at].frame_id].class_name == "red"
    ]
    labelled.edit(
        "slice.save",
        puts=[
            slices_table.make_slice_row(SavedSlice("all red", Filter().with_values("class", "red")))
        ],
    )
    found = {(one.key, one.value): one for one in scored(labelled)}
    assert found["class", "red"].n == found["slice", "all red"].n == len(reds)
    assert found["class", "red"].estimate.value == found["slice", "all red"].estimate.value
    assert all(one.n < 20 for one in found.values())
    assert ("camera", "left") not in found  # all frames are the left camera's


def test_a_tag_is_a_slice_and_says_nothing_of_benchmark_pictures(labelled):
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    some = [side.picks[at].frame_id for at in side.at[:4]]
    labelled.edit(
        "tag.set",
        puts=[
            labels_table.make_tags_row(name, ["oily"])
            for name in (*some, make_benchmark_subject("red/000.png"))
        ],
    )
    (one,) = (one for one in scored(labelled) if one.key == "tag")
    assert (one.value, one.n, one.flag) == ("oily", 4, "too_few")


def test_a_slice_cut_by_answers_is_not_scored(labelled):
    items, _ = load_items(labelled)
    assert find_members(items, SavedSlice("wrong", Filter().with_values("right", "wrong"))) is None
    labelled.edit(
        "slice.save",
        puts=[
            slices_table.make_slice_row(SavedSlice("wrong", Filter().with_values("right", "wrong")))
        ],
    )
    assert [one.name for one in list_saved_slices(labelled)] == ["wrong"]
    assert not any(one.key == "slice" for one in scored(labelled))


def test_a_place_that_the_model_fails_at_in_many_clips_is_a_blind_spot(tmp_path, material):
    """Six clips of two cameras; on the right one every label names what the model never says."""
    with makers.empty_project(tmp_path / "spot.fieldcheck", material / "net.onnx") as project:
        for at in range(6):
            makers.video(tmp_path / f"clip{at}.avi", makers.cycle(60, start=at), seed=20 + at)
            makers.add_footage(
                project,
                tmp_path / f"clip{at}.avi",
                camera=("left", "right")[at % 2],
                location="hall",
            )
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
        assert {(row.key, row.value) for row in report.slices} == set(found)
        actual = next(row for row in report.slices if row.value == "right").p
        assert actual == found["camera", "right"].p


def test_before_anything_was_compared_there_are_no_slices(drawn):
    assert scored(drawn) == ()
    report = build_report(drawn, "en", NullProgress(), makers.NOW)
    assert report.slices == ()


def test_the_share_of_a_stratum_is_counted_over_the_footage(labelled):
    for one in scored(labelled):
        assert 0 <= one.estimate.value <= 1 or np.isnan(one.estimate.value)


def test_tags_and_saved_slices_name_their_frames_for_the_gate(labelled):
    side = load_field_side(labelled, labelled.read(models_table.get_newest_model))
    some = [side.picks[at].frame_id for at in side.at[:3]]
    labelled.edit("tag.set", puts=[labels_table.make_tags_row(name, ["oily"]) for name in some])
    labelled.edit(
        "slice.save",
        puts=[
            slices_table.make_slice_row(SavedSlice("wrong", Filter().with_values("right", "wrong")))
        ],
    )
    labelled.edit(
        "slice.save",
        puts=[slices_table.make_slice_row(SavedSlice("oil", Filter().with_values("tag", "oily")))],
    )
    actual = get_own_slices(labelled)
    assert actual == {("tag", "oily"): frozenset(some), ("slice", "oil"): frozenset(some)}
    items, _ = load_items(labelled)
    inside = {
        name: {
            items.subjects[row]
            for row in np.flatnonzero(find_listed_members(labelled, items, "slice", name))
        }
        for name in ("oil", "wrong", "never saved")
    }
    assert inside == {"oil": set(some), "wrong": set(), "never saved": set()}


def test_frames_on_which_nothing_is_hidden_are_no_kind_of_frame_and_partly_hidden_ones_are(
    made_boxed, tmp_path
):
    with open_project(shutil.copytree(made_boxed, tmp_path / "boxed.fieldcheck")) as project:
        assert ("occluded", "no") not in {(one.key, one.value) for one in scored(project)}
        first = project.read(labels_table.list_picks)[0].frame_id
        hidden = LabelDecision(boxes=(Box("part", 4, 4, 28, 20, occluded=True),))
        set_label(project, first, hidden, annotator="tester", now=makers.LATER)
        assert [one.value for one in scored(project) if one.key == "occluded"] == ["yes"]
