from fieldcheck.analyses.decomposition import Decomposition, GapPart
from fieldcheck.domain.estimate import Estimate


def test_a_part_that_was_not_estimated_is_none_with_its_reason():
    part = Estimate.not_measured("too_few_clips", 3, 0.1)
    found = Decomposition(
        0.2, GapPart(part, 0.1, 0.1), None, part, "no_match", "", 0.0, None, (), ()
    )
    assert (found.quality, found.reason) == (None, "no_match")
