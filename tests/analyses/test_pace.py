from fieldcheck.analyses.label_noise import compute_pace, measure_pace
from fieldcheck.domain.label import LabelEvent
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.tables import labels as picks_table
from tests import makers


def event(frame_id, action="class", seconds=2.0, n_keys=1, **more):
    return LabelEvent(frame_id, action, makers.NOW, makers.NOW, seconds, n_keys, **more)


def test_a_frame_each_key_is_the_plain_pace():
    found = compute_pace((event("a"), event("b")), {"a", "b"})
    assert (found.n_frames, found.seconds) == (2, 4.0)
    assert (found.n_keys, found.n_corrected, found.n_not_blind) == (2, 0, 0)


def test_corrected_is_answered_again_or_taken_back_but_not_judged_after_doubt():
    told = (
        event("a"),
        event("a"),
        event("b"),
        event("b", "back"),
        event("b"),
        event("c", "unsure"),
        event("c"),
    )
    assert compute_pace(told, {"a", "b", "c"}).n_corrected == 2


def test_coffee_is_no_labelling_and_frames_without_a_label_do_not_count():
    found = compute_pace(
        (event("a", seconds=3600.0), event("b", "burst", seconds=None, n_keys=0), event("gone")),
        {"a", "b"},
    )
    assert (found.n_frames, found.seconds, found.n_keys) == (2, 60.0, 1)


def test_nobody_labelled_in_the_window(drawn):
    assert measure_pace(drawn) is None
    name = drawn.read(picks_table.list_picks)[0].frame_id
    set_label(
        drawn, name, LabelDecision("red"), "me", makers.NOW, 2.0, blind=False,
        event=event(name, blind=False, n_clicks=1),
    )  # fmt: skip
    found = measure_pace(drawn)
    assert (found.n_frames, found.n_clicks, found.n_not_blind) == (1, 1, 1)
