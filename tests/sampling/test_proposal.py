from dataclasses import fields

import numpy as np
import pytest

from fieldcheck.domain.frame import FrameFacts, Quality
from fieldcheck.footage.clips import list_sampling_lines, split_clip
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.sampling.proposal import ProposedPick, list_drawable_frames, load_proposal
from tests import makers

PLAIN = Quality(
    mean=120, contrast=150, clipped_low=0, clipped_high=0, sharpness=5, noise=4, backlight=-5
)


def test_picks_stand_in_time_order_whatever_the_draw_says_of_them(drawn):
    found = load_proposal(drawn)
    order = [line.frame.frame_id for line in drawn.read(list_sampling_lines)]
    places = [order.index(row.frame_id) for row in found.rows]
    assert places == sorted(places)
    actual = {row.frame_id for row in found.rows}
    assert actual == {one.frame_id for one in drawn.read(picks_table.list_picks)}
    actual = (found.n_listed, found.n_labels, found.n_clips, found.n_cameras)
    assert actual == (120, 0, len({row.clip for row in found.rows}), 1)


def test_a_row_holds_nothing_of_the_draw_or_the_model():
    kept = {one.name for one in fields(ProposedPick)}
    seen = {
        "frame_id", "clip", "clip_id", "source", "t_s", "taken_at", "camera", "location",
        "conditions", "notes", "scene",
    }  # fmt: skip
    assert kept == seen | {"taken_out", "person", "labelled"}


def test_notes_are_measured_on_the_picture_and_not_told_from_the_reason(footed):
    makers.draw(footed, 20)
    before = {row.frame_id: row.notes for row in load_proposal(footed).rows}
    makers.draw(footed, 120, design="even")
    after = {row.frame_id: row.notes for row in load_proposal(footed).rows}
    assert {name: after[name] for name in before} == before
    assert {code for notes in after.values() for code in notes} <= {
        "dark", "blur", "noise", "clipped", "low_contrast", "backlight",
    }  # fmt: skip


def test_the_darkest_frames_are_called_dark(footed):
    makers.draw(footed, 120, design="even")
    facts = footed.read(frames_table.list_frame_facts)
    quality = [
        Quality(20, 150, 0, 0, 5, 4, -5) if at % 10 == 0 else PLAIN for at in range(len(facts))
    ]
    frames = footed.read(frames_table.list_frames)
    changed = [
        FrameFacts(fact.frame_id, one, 0, 0, np.zeros(3, np.float32))
        for fact, one in zip(facts, quality, strict=True)
    ]

    def again(db):
        db["frame"].delete_where()
        frames_table.insert_frames(db, frames, changed)

    footed.write(again).result()
    dark = {frame.frame_id for at, frame in enumerate(frames) if at % 10 == 0}
    assert {row.frame_id for row in load_proposal(footed).rows if "dark" in row.notes} == dark


def test_labels_are_counted(drawn):
    set_label(
        drawn,
        load_proposal(drawn).rows[0].frame_id,
        LabelDecision("red"),
        by="tester",
        now=makers.NOW,
    )
    assert load_proposal(drawn).n_labels == 1


def test_without_picks_there_is_the_list_only(footed):
    found = load_proposal(footed)
    assert (found.rows, found.draws, found.n_listed) == ((), (), 120)


def test_the_footage_is_told_clip_by_clip_and_which_borders_can_be_taken_away(footed):
    first = footed.read(list_sampling_lines)[60].frame.frame_id
    split_clip(footed, first)
    one, two = load_proposal(footed).clips
    assert (one.number, one.joins, two.number, two.joins) == (1, False, 2, True)
    assert one.seconds == pytest.approx(29.5)
    names, found = list_drawable_frames(footed)
    assert names[60] == first == found[60].frame.frame_id
