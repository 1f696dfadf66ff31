from fieldcheck.analyses.discovered_slices import Discovery


def test_what_was_not_looked_for_has_its_reason_and_no_slice():
    assert Discovery("frames", 59, 9, ()).slices == ()
