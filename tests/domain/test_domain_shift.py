from fieldcheck.domain.domain_shift import Cause, DomainShift
from fieldcheck.domain.estimate import Estimate


def test_named_causes_keep_their_order_and_survive_storing():
    auc = Estimate.of(0.9, 0.8, 0.95, n=40, n_eff=8.0, method="bootstrap_clips")
    causes = (Cause("brightness", auc, 41.0, 118.0, True), Cause("noise", auc, 3.0, 2.0, False))
    nan = float("nan")
    found = DomainShift("statistics", auc, 0.8, 0.9, nan, nan, nan, "alarm", False, causes, 40, 8, 100, ("a.png",), ("f1",))
    assert [one.name for one in found.named] == ["brightness"]
    again = DomainShift.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.named == found.named
