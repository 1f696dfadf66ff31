from fieldcheck.analyses.latency import load_latency_result
from fieldcheck.latency.latency_run import LatencyRequest, run_latency
from fieldcheck.progress import NullProgress
from tests.makers import NOW


def test_the_newest_run_of_the_model_as_it_is_used_stands_in_the_report(footed, empty, monkeypatch):
    monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.1)
    assert load_latency_result(empty) is None
    for seconds in (0.1, 0.3):
        last = run_latency(footed, LatencyRequest(seconds), NullProgress(), NOW).latency
    assert load_latency_result(footed).to_json() == last.to_json()
