from fieldcheck.project.tables import labels


def test_the_block_of_a_frame_is_found_from_any_frame_of_it(db):
    labels.put_reserves(db, 1, {"a": ["c", "b"], "d": []})
    labels.put_reserves(db, 2, {"a": ["z"]})
    assert (
        labels.get_block_reserves(db, 1, "a")
        == labels.get_block_reserves(db, 1, "b")
        == ("a", "c", "b")
    )
    assert labels.get_block_reserves(db, 2, "z") == ("a", "z")
    assert labels.get_block_reserves(db, 1, "d") == ("d",)
    assert labels.get_block_reserves(db, 1, "nobody") == ("nobody",)
