from fieldcheck.domain.label import Box, Repeat
from fieldcheck.project import undo
from fieldcheck.project.tables import labels


def test_repeats_come_back_round_after_round_in_their_order(db):
    told = [
        Repeat("b", 1, 0, "same"),
        Repeat("a", 1, 1, "same", "done", "dent", by="me", at="now"),
        Repeat("a", 2, 0, "other"),
    ]
    undo.apply_edit(db, "repeat.plan", [labels.make_repeat_row(one) for one in reversed(told)])
    assert labels.list_repeats(db) == tuple(told)
    boxed = Repeat("b", 1, 0, "same", "done", boxes=(Box("dent", 1, 2, 3, 4, occluded=True),))
    undo.apply_edit(
        db, "repeat.set", [labels.make_repeat_row(boxed)], [labels.make_repeat_key(told[2])]
    )
    assert labels.list_repeats(db) == (boxed, told[1])
