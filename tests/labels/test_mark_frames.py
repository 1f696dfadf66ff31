from fieldcheck.domain.label import ReviewRequest
from fieldcheck.labels.store import mark_expert, mark_person
from fieldcheck.project.tables import labels as marks_table


def test_marks_stand_beside_each_other_and_go_when_both_are_off(drawn):
    mark_person(drawn, ["a", "b"], True, "K. M.")
    mark_expert(drawn, "a", True, "K. M.")
    assert drawn.read(marks_table.list_marks) == {
        "a": ReviewRequest("a", True, True, "K. M."),
        "b": ReviewRequest("b", True, False, "K. M."),
    }
    mark_person(drawn, ["a", "b"], False, "K. M.")
    assert drawn.read(marks_table.list_marks) == {"a": ReviewRequest("a", False, True, "K. M.")}
    drawn.undo()
    assert drawn.read(marks_table.list_marks)["b"].person
