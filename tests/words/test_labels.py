from fieldcheck.words import labels


def test_labels_from_a_file_are_counted_with_their_boxes_and_what_fitted_nothing():
    assert labels.taken_in(1, 0, 0) == "1 label taken in."
    assert labels.taken_in(3, 4, 2) == "3 labels taken in (4 boxes); 2 items fit no picked frame."


def test_the_state_names_every_class():
    assert labels.shown(10, 7, 1, 2, {"crack": 3, "ok": 4})[1:] == ("crack: 3", "ok: 4")
    assert labels.shown(10, 7, 1, 2, {})[0] == "7 of 10 labelled, 1 unsure, 2 skipped."


def test_an_act_is_told_in_words_and_an_unknown_one_by_its_name():
    assert labels.acted("label.set", 1, 5).startswith("Label set: 1 frame;")
    assert labels.acted("label.tomorrow", 2, 5).startswith("label.tomorrow: 2 frames;")
