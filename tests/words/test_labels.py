from fieldcheck.words import language
from fieldcheck.words.labels import acted, shown, taken_in


def test_labels_from_a_file_are_counted():
    assert taken_in(1, 0, 0) == "1 label taken in."
    assert taken_in(7, 7, 1) == "7 labels taken in (7 boxes); 1 item fits no picked frame."


def test_the_state_of_labelling_is_told_class_by_class():
    assert shown(20, 12, 3, 1, {"ok": 9, "crack": 3}) == ("12 of 20 labelled, 3 unsure, 1 skipped.", "ok: 9", "crack: 3")


def test_an_act_is_told_with_what_can_be_taken_back():
    assert acted("label.set", 1, 1) == "Label set: 1 frame; 1 act can be taken back."
    assert acted("pick.propose", 100, 2) == "Frames picked: 100 frames; 2 acts can be taken back."
    assert acted("act.of_tomorrow", 0, 0).startswith("act.of_tomorrow: 0 frames")


def test_german_is_spoken_where_it_is_asked_for():
    with language.spoken("de"):
        assert acted("label.set", 1, 1) == "Label gesetzt: 1 Bild; 1 Schritt lässt sich zurücknehmen."
