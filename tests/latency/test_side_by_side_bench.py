import pytest

from fieldcheck.domain.provider import CPU, NAMES
from fieldcheck.latency import latency_run as side_by_side
from fieldcheck.latency.latency_run import KIND, SideBySideRequest, run_side_by_side
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.project.tables import models as facts_table


def test_thread_counts_and_providers_are_timed_in_turn_and_nothing_is_kept(footed, monkeypatch):
    """The runtime's own provider that computes nothing itself stands for another one."""
    monkeypatch.setattr(side_by_side, "NAMES", {**NAMES, "openvino": "AzureExecutionProvider"})
    found = run_side_by_side(
        footed, SideBySideRequest((CPU, "openvino"), (1, 2), seconds=1.6), NullProgress()
    )
    expected = [(CPU, 1), (CPU, 2), ("openvino", 1), ("openvino", 2)]
    assert [(one.provider, one.threads) for one in found.variants] == expected
    assert [len(one.blocks_ms) for one in found.variants] == [4, 4, 4, 4]
    assert all(one.total.p50_ms > 0 and one.ratio > 0 for one in found.variants)
    assert (found.variants[0].ratio, found.block_s, found.left_out) == (1.0, pytest.approx(0.1), ())
    assert footed.read(lambda db: facts_table.list_facts(db, KIND)) == ()


def test_a_provider_whose_answers_are_others_is_left_out(footed, monkeypatch):
    monkeypatch.setattr(
        side_by_side,
        "measure_parity",
        lambda code, *_: side_by_side.Parity(code, 8, 0.4, (), "differs"),
    )
    monkeypatch.setattr(side_by_side, "NAMES", {**NAMES, "openvino": "AzureExecutionProvider"})
    found = run_side_by_side(
        footed, SideBySideRequest((CPU, "openvino"), (1,), seconds=0.4), NullProgress()
    )
    assert [one.provider for one in found.variants] == [CPU]
    assert [one.problem for one in found.left_out] == ["differs"]


def test_it_can_be_cut_short(footed):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        run_side_by_side(footed, SideBySideRequest(threads=(1, 2), seconds=60), NullProgress(flag))
