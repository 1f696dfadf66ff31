from fieldcheck.models.messages import describe_search, format_pair, get_leak_name


def test_a_search_is_told_in_a_line():
    expected = "Near-duplicates among 400 benchmark images: 2 within, 0 in the footage."
    assert describe_search(400, 2, 0, None, None) == expected
    expected = "8 of them are in the training folder (40 images)."
    assert describe_search(400, 2, 0, 8, 40).endswith(expected)
    expected = "1 of them is in the training folder (1 image)."
    assert describe_search(400, 2, 0, 1, 1).endswith(expected)


def test_pairs_and_sets_have_names():
    assert format_pair("a", "b") == "a ≈ b"
    assert get_leak_name("field_training") == "Field frames in the training folder"
