from fieldcheck.domain.mark import Mark


def test_a_blank_mark_says_nothing():
    assert not Mark("a").person
    assert not Mark("a").expert
