from fieldcheck.project.tables import reserves


def test_the_block_of_a_frame_is_found_from_any_frame_of_it(db):
    reserves.put_reserves(db, 1, {"a": ["c", "b"], "d": []})
    reserves.put_reserves(db, 2, {"a": ["z"]})
    assert reserves.get_block_reserves(db, 1, "a") == reserves.get_block_reserves(db, 1, "b") == ("a", "c", "b")
    assert reserves.get_block_reserves(db, 2, "z") == ("a", "z")
    assert reserves.get_block_reserves(db, 1, "d") == ("d",)
    assert reserves.get_block_reserves(db, 1, "nobody") == ("nobody",)
