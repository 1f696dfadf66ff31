from fieldcheck.domain.box import Box
from fieldcheck.domain.repeat import Repeat
from fieldcheck.project import edits
from fieldcheck.project.tables import repeats


def test_repeats_come_back_round_after_round_in_their_order(db):
    told = [Repeat("b", 1, 0, "same"), Repeat("a", 1, 1, "same", "done", "dent", by="me", at="now"), Repeat("a", 2, 0, "other")]
    edits.apply_edit(db, "repeat.plan", [repeats.make_repeat_row(one) for one in reversed(told)])
    assert repeats.list_repeats(db) == tuple(told)
    boxed = Repeat("b", 1, 0, "same", "done", boxes=(Box("dent", 1, 2, 3, 4, occluded=True),))
    edits.apply_edit(db, "repeat.set", [repeats.make_repeat_row(boxed)], [repeats.make_repeat_key(told[2])])
    assert repeats.list_repeats(db) == (boxed, told[1])
