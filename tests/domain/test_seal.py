from fieldcheck.domain.project_state import SealRecord


def test_what_is_hashed_of_a_link_is_all_but_its_hash():
    expected = {"kind": "sealed", "at": "t", "body": {"a": 1}}
    assert SealRecord("sealed", "t", {"a": 1}, "00").link == expected
