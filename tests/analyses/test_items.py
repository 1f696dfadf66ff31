import numpy as np

from fieldcheck.analyses.item_columns import find_clip_of_each, load_first_page, load_items
from fieldcheck.domain.items import (
    FACETS,
    FIGURES,
    Filter,
    count_facet_values,
    find_matching_rows,
    make_benchmark_subject,
    sort_rows,
)
from fieldcheck.footage.clips import list_sampling_lines
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import recordings as clips_table
from tests import makers


def names(items, wanted):
    return {items.subjects[row] for row in np.flatnonzero(find_matching_rows(items, wanted))}


def test_every_facet_and_figure_is_there_even_where_it_says_nothing(empty):
    items, _ = load_items(empty)
    assert set(items.facets) == set(FACETS)
    assert set(items.figures) == set(FIGURES)
    assert count_facet_values(items, Filter(), "set") == {"field": 0, "footage": 0, "benchmark": 18}


def test_frames_and_benchmark_pictures_are_told_by_set_class_and_place(labelled):
    items, _ = load_items(labelled)
    labels = {one.frame_id: one.class_name for one in labelled.read(labels_table.list_labels)}
    assert names(items, Filter().with_values("set", "field")) == set(labels)
    actual = names(items, Filter().with_values("set", "field").with_values("class", "red"))
    assert actual == {name for name, said in labels.items() if said == "red"}
    actual = len(names(items, Filter().with_values("set", "benchmark").with_values("class", "red")))
    assert actual == 6
    actual = names(items, Filter().with_values("camera", "left"))
    assert actual == set(items.subjects[: items.n_frames])
    assert names(
        items, Filter().with_values("condition", "glare").with_values("location", "line 1")
    ) == names(items, Filter().with_values("camera", "left"))
    assert count_facet_values(items, Filter(), "operator") == {"tester": 20}
    assert count_facet_values(items, Filter(), "state") == {"done": 20}
    assert sum(count_facet_values(items, Filter(), "stratum").values()) == items.n_frames


def test_time_and_hour_are_those_of_the_recording(labelled):
    items, _ = load_items(labelled)
    assert set(count_facet_values(items, Filter(), "hour")) >= {"08"}
    assert count_facet_values(items, Filter(), "hour")["08"] == items.n_frames
    listed = labelled.read(list_sampling_lines)
    actual = items.figures["time"][5] - items.figures["time"][0]
    assert actual == listed[5].frame.t_s - listed[0].frame.t_s


def test_a_pick_that_was_taken_out_is_footage_again(labelled):
    first = labelled.read(labels_table.list_picks)[0]
    row = labels_table.make_pick_row(first)
    labelled.edit("pick.out", puts=[type(row)("pick", {**row.values, "taken_out": "blurred"})])
    items, _ = load_items(labelled)
    assert first.frame_id in names(items, Filter().with_values("set", "footage"))
    assert first.frame_id not in names(items, Filter().with_values("class", *makers.COLOURS))


def test_tags_are_read_anew_while_the_frames_are_kept(labelled):
    items, kept = load_items(labelled)
    labelled.edit(
        "tag.set",
        puts=[
            labels_table.make_tags_row(items.subjects[3], ["oily"]),
            labels_table.make_tags_row(make_benchmark_subject("red/000.png"), ["odd"]),
        ],
    )
    again, same = load_items(labelled, kept)
    assert same is kept
    assert names(again, Filter().with_values("tag", "oily")) == {items.subjects[3]}
    assert names(again, Filter().with_values("tag", "odd")) == {"benchmark:red/000.png"}


def test_footage_that_came_in_later_is_read(labelled, material):
    items, kept = load_items(labelled)
    makers.add_footage(labelled, material / "night.avi", camera="right")
    again, _ = load_items(labelled, kept)
    assert again.n_frames > items.n_frames
    actual = len(names(again, Filter().with_values("camera", "right")))
    assert actual == again.n_frames - items.n_frames


def test_each_frame_lies_in_the_clip_of_the_list(footed, material):
    makers.add_footage(footed, material / "night.avi")
    first = footed.read(clips_table.list_clips)[0]
    cut = type(first)(f"{first.recording_id}.40", first.recording_id, 40, 10.0, "other", "", ())
    footed.edit("clip.cut", puts=[clips_table.make_clip_row(cut)])
    clips = footed.read(clips_table.list_clips)
    _, columns = load_items(footed)
    at = find_clip_of_each(columns, clips)
    actual = [clips[k].clip_id for k in at]
    assert actual == [line.clip.clip_id for line in footed.read(list_sampling_lines)]


def test_frames_are_sorted_by_how_sure_the_model_was(labelled):
    items, _ = load_items(labelled)
    order = sort_rows(items, "confidence", falling=True)
    sure = items.figures["confidence"][order]
    assert sure[0] == np.nanmax(sure)
    assert (np.diff(sure[np.isfinite(sure)]) <= 0).all()


def test_the_first_page_is_the_beginning_of_the_list(footed):
    items, _ = load_items(footed)
    assert load_first_page(footed) == items.subjects[: items.n_frames][:200]
