from fieldcheck.domain.draft import LabelDraft


def test_a_draft_begins_empty():
    assert (LabelDraft("a").boxes, LabelDraft("a").points) == ((), ())
