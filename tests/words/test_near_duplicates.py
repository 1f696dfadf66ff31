from fieldcheck.words.near_duplicates import leak_name, pair, searched


def test_a_search_is_told_in_a_line():
    assert searched(400, 2, 0, None, None) == "Near-duplicates among 400 benchmark pictures: 2 within, 0 in the footage."
    assert searched(400, 2, 0, 8, 40).endswith("8 of them lie in the training folder (pictures: 40).")


def test_pairs_and_sets_have_names():
    assert pair("a", "b") == "a ≈ b"
    assert leak_name("field_training") == "Field frames in the training folder"
