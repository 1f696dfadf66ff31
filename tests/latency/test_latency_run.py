import json
from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.domain.label import Box
from fieldcheck.domain.run import CPU, PROVIDER_NAMES
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.latency import latency_run
from fieldcheck.latency import latency_run as side_by_side
from fieldcheck.models.store import add_model, find_model, get_card
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import models as facts_table
from tests import makers
from tests.latency.made import GRID, MEMORY
from tests.makers import NOW


@pytest.mark.long
def test_thread_counts_and_providers_are_timed_in_turn_and_nothing_is_kept(footed, monkeypatch):
    """The runtime's own provider that computes nothing itself stands for another one."""
    monkeypatch.setattr(
        side_by_side, "PROVIDER_NAMES", {**PROVIDER_NAMES, "openvino": "AzureExecutionProvider"}
    )
    asked = latency_run.SideBySideRequest((CPU, "openvino"), (1, 2), seconds=1.6)
    found = latency_run.run_side_by_side(footed, asked, NullProgress())
    expected = [(CPU, 1), (CPU, 2), ("openvino", 1), ("openvino", 2)]
    assert [(one.provider, one.threads) for one in found.variants] == expected
    assert [len(one.blocks_ms) for one in found.variants] == [20, 20, 20, 20]
    assert all(one.total.p50_ms > 0 and one.ratio > 0 for one in found.variants)
    actual = (found.variants[0].ratio, found.block_s, found.left_out)
    assert actual == (1.0, pytest.approx(0.02), ())
    assert footed.read(lambda db: facts_table.list_facts(db, latency_run.KIND)) == ()


def test_a_provider_whose_answers_are_others_is_left_out(footed, monkeypatch):
    monkeypatch.setattr(
        side_by_side,
        "measure_parity",
        lambda code, *_: side_by_side.Parity(code, 8, 0.4, (), "differs"),
    )
    monkeypatch.setattr(
        side_by_side, "PROVIDER_NAMES", {**PROVIDER_NAMES, "openvino": "AzureExecutionProvider"}
    )
    asked = latency_run.SideBySideRequest((CPU, "openvino"), (1,), seconds=0.4)
    found = latency_run.run_side_by_side(footed, asked, NullProgress())
    assert [one.provider for one in found.variants] == [CPU]
    assert [one.problem for one in found.left_out] == ["differs"]


def test_it_can_be_cut_short(footed):
    with pytest.raises(Cancelled):
        latency_run.run_side_by_side(
            footed, latency_run.SideBySideRequest(threads=(1, 2), seconds=60), makers.stopped()
        )


@pytest.fixture
def boxes(tmp_path, material):
    with makers.empty_project(tmp_path / "boxes.fieldcheck", material / "box.onnx") as project:
        makers.add_footage(project, material / "night.avi")
        makers.draw(project, 4)
        yield project


def test_boxes_are_held_against_a_cell_in_the_pixels_of_their_own_frame(boxes):
    card = get_card(find_model(boxes, None))
    assert latency_run.estimate_small_box_share(boxes, card, MEMORY) is None, "nothing is labelled"
    graph = replace(MEMORY, grid=replace(GRID, stride=(8.0, 8.0)))
    height, width = makers.SIZE
    # the card stretches
    wide, high = 8 * width / card.input.size[1], 8 * height / card.input.size[0]
    sides = [(wide - 1, high - 1), (wide + 1, high - 1), (wide - 1, high + 1), (wide + 1, high + 1)]
    for one, (w, h) in zip(boxes.read(picks_table.list_picks), sides, strict=True):
        said = LabelDecision(boxes=(Box("part", 0, 0, w, h), Box("part", 0, 0, 1, 1, crowd=True)))
        set_label(boxes, one.frame_id, said, annotator="tester", now=makers.NOW)
    found = latency_run.estimate_small_box_share(boxes, card, graph)
    assert (found.n, found.value) == (4, 0.25)
    assert not found.measured, "one clip tells nothing of others"
    assert latency_run.estimate_small_box_share(boxes, card, replace(graph, grid=None)) is None


CARD = {
    "task": "detection",
    "input": {"size": [416, 416], "resize": "letterbox"},
    "output": {"kind": "yolox"},
}


@pytest.mark.long
@pytest.mark.full("ten_minutes_under_load")
def test_a_real_detector_is_timed_under_load_and_its_figures_hold_together(
    tmp_path, shared_data, counts, evidence, monkeypatch
):
    seconds = counts(ci=2, full=600)
    if seconds < 10:
        monkeypatch.setattr("fieldcheck.latency.frame_timing.WARM_UP_S", 0.2)
    with create_project(tmp_path / "line.fieldcheck") as project:
        real_detector(project, shared_data, tmp_path)
        source = shared_data / "videos" / "intel-bottle-detection.mp4"
        asked = latency_run.LatencyRequest(seconds=seconds, source=source, encode=True)
        run = latency_run.run_latency(project, asked, NullProgress(), NOW)
    found = run.latency
    assert seconds - 1 <= found.seconds <= seconds + 10
    assert found.total.p50_ms == pytest.approx(float(np.median(run.frames_ms[:, 0])))
    assert sum(one.share for one in found.stages.values()) == pytest.approx(1)
    assert found.throughput_fps == pytest.approx(found.n / found.seconds)
    assert (found.throttling.flag is None) == (seconds < 120)
    told = found.to_json()
    for name in ("blocks_ms", "blocks_p95_ms"):
        told[name] = [round(one, 2) for one in told[name]]
    keeps_up_with = [rate for rate in (5, 10, 15, 30) if found.can_keep_up(rate)]
    evidence(latency=told, keeps_up_with=keeps_up_with)


def real_detector(project, shared_data, folder):
    """YOLOX-nano with its eighty classes, as the model of a project."""
    card = folder / "card.json"
    content = json.dumps(
        {**CARD, "classes": (shared_data / "models" / "coco80.txt").read_text().split("\n")[:80]}
    )
    card.write_text(content)
    return add_model(project, shared_data / "models" / "yolox_nano.onnx", card, NOW)
