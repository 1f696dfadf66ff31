import threading

from fieldcheck.project.memoise import clear_memo, get_memoised, memo_scope
from fieldcheck.project.tables import labels, values
from tests.project.made import label


def test_a_question_is_reckoned_once_within_and_every_time_without():
    asked = []

    def answer(name):
        return get_memoised(name, lambda: asked.append(name) or len(asked))

    assert (answer("a"), answer("a")) == (1, 2)
    with memo_scope():
        assert (answer("a"), answer("a"), answer("b")) == (3, 3, 4)
        with memo_scope():
            assert answer("a") == 3
        clear_memo()
        assert answer("a") == 5
    assert answer("a") == 6


def test_the_project_answers_within_what_it_was_asked_before_until_this_thread_writes(project):
    with memo_scope():
        first = project.read(values.list_settings)
        assert project.read(values.list_settings) is first
        assert project.read(lambda db: values.list_settings(db)) is not first
        assert project.read(labels.list_labels) == ()
        project.edit("label.set", [labels.make_label_row(label("a"))])
        assert [one.frame_id for one in project.read(labels.list_labels)] == ["a"]
    assert project.read(values.list_settings) is not project.read(values.list_settings)


def test_what_another_thread_asks_meanwhile_is_always_new(project):
    found = []

    def elsewhere():
        project.edit("label.set", [labels.make_label_row(label("a"))])
        found.append(project.read(labels.list_labels))

    with memo_scope():
        before = project.read(labels.list_labels)
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        assert project.read(labels.list_labels) is before == ()
    assert [one.frame_id for one in found[0]] == ["a"]
    assert project.read(labels.list_labels) == found[0]
