import threading

from fieldcheck.project.memoise import asking_once, forget, once
from fieldcheck.project.tables import labels, settings
from tests.project.made import label


def test_a_question_is_reckoned_once_within_and_every_time_without():
    asked = []

    def answer(name):
        return once(name, lambda: asked.append(name) or len(asked))

    assert (answer("a"), answer("a")) == (1, 2)
    with asking_once():
        assert (answer("a"), answer("a"), answer("b")) == (3, 3, 4)
        with asking_once():
            assert answer("a") == 3
        forget()
        assert answer("a") == 5
    assert answer("a") == 6


def test_the_project_answers_within_what_it_was_asked_before_until_this_thread_writes(project):
    with asking_once():
        first = project.read(settings.all)
        assert project.read(settings.all) is first
        assert project.read(lambda db: settings.all(db)) is not first
        assert project.read(labels.all) == ()
        project.edit("label.set", [labels.row(label("a"))])
        assert [one.frame_id for one in project.read(labels.all)] == ["a"]
    assert project.read(settings.all) is not project.read(settings.all)


def test_what_another_thread_asks_meanwhile_is_always_new(project):
    found = []

    def elsewhere():
        project.edit("label.set", [labels.row(label("a"))])
        found.append(project.read(labels.all))

    with asking_once():
        before = project.read(labels.all)
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        assert project.read(labels.all) is before == ()
    assert [one.frame_id for one in found[0]] == ["a"]
    assert project.read(labels.all) == found[0]
