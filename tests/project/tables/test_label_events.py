from fieldcheck.domain.label import LabelEvent
from fieldcheck.project.tables import labels


def event(frame_id="a", action="class", **changes):
    told = {
        "shown": "2026-01-02T03:04:05+00:00", "at": "2026-01-02T03:04:07+00:00", "seconds": 2.0,
        "n_keys": 1, "by": "K. M.",
    }  # fmt: skip
    return LabelEvent(frame_id, action, **(told | changes))


def test_events_stand_in_the_order_in_which_they_happened(db):
    told = [
        event(),
        event("b", "burst", seconds=None, n_keys=0),
        event("a", "back", undo_of=1, blind=False, lifted=True, loupe_ms=700),
    ]
    labels.add_label_events(db, told[:2])
    labels.add_label_events(db, told[2:])
    assert labels.list_label_events(db) == tuple(told)
    assert (labels.get_newest_event(db, "a"), labels.get_newest_event(db, "z")) == (3, 0)
