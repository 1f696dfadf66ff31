from fieldcheck.analyses.label_noise import SuspectedLabels, SuspectLabel


def test_a_suspect_was_not_looked_at_again_unless_somebody_did():
    one = SuspectLabel("ok/0001.jpg", "ok", "burr", 0.01)
    assert (one.answer, SuspectedLabels("benchmark", 400, 1, (one,)).labels) == ("", (one,))
