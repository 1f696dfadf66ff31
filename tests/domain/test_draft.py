from fieldcheck.domain.draft import Draft


def test_a_draft_begins_empty():
    assert (Draft("a").boxes, Draft("a").points) == ((), ())
