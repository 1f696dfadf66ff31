from fieldcheck.project.tables import reserves


def test_the_block_of_a_frame_is_found_from_any_frame_of_it(db):
    reserves.put(db, 1, {"a": ["c", "b"], "d": []})
    reserves.put(db, 2, {"a": ["z"]})
    assert reserves.of_block(db, 1, "a") == reserves.of_block(db, 1, "b") == ("a", "c", "b")
    assert reserves.of_block(db, 2, "z") == ("a", "z")
    assert reserves.of_block(db, 1, "d") == ("d",)
    assert reserves.of_block(db, 1, "nobody") == ("nobody",)
