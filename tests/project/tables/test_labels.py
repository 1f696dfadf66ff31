from math import nan

import pytest

from fieldcheck.domain.label import Box, Label, Point
from fieldcheck.project import undo
from fieldcheck.project.tables import labels
from tests.project.made import label


@pytest.mark.parametrize(
    "said",
    [
        label("a"),
        Label("a", "skipped", why="blurred", by="me", seconds=3.5, blind=False),
        Label("a", "unsure"),
        Label(
            "a",
            "done",
            boxes=(Box("dent", 0.1, 2, 3, 4), Box("dent", 1, 1, 0, 0, crowd=True)),
            points=(Point("tip", 1.5, 2),),
        ),
    ],
)
def test_a_label_comes_back_as_it_was_said(db, said):
    undo.apply_edit(db, "label.set", [labels.make_label_row(said)])
    assert labels.get_label(db, "a") == said
    assert labels.list_labels(db) == (said,)
    assert labels.count_labels(db) == 1


def test_a_pace_nobody_measured_is_not_known(db):
    undo.apply_edit(db, "label.set", [labels.make_label_row(label("a", seconds=nan))])
    assert labels.get_label(db, "a").seconds is None


def test_a_label_can_be_taken_away(db):
    undo.apply_edit(db, "label.set", [labels.make_label_row(label("a"))])
    undo.apply_edit(db, "label.clear", deletes=[labels.make_label_key("a")])
    assert labels.get_label(db, "a") is None
    assert labels.count_labels(db) == 0
