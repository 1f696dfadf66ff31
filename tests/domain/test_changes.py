from fieldcheck.domain.project_state import Changes, RowChange


def test_an_act_that_changed_nothing_names_no_rows():
    assert Changes("label.set") == Changes("label.set", frozenset(), ())


def test_what_changed_is_told_by_kind_and_key():
    changes = Changes("label.set", frozenset({"label"}), ("r-000001",))
    assert "label" in changes.kinds
    assert changes.keys == ("r-000001",)


def test_the_rows_themselves_do_not_tell_two_changes_apart():
    actual = Changes("label.set", row_changes=(RowChange("label", "a", None, {"state": "done"}),))
    assert actual == Changes("label.set")
