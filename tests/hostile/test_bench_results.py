"""Device results with figures no device has: one sentence, in seconds, and nothing kept."""

import base64
import json
import zlib

import pytest

from fieldcheck.latency import bench_runner
from tests.hostile.told import MOST_S, Unhindered

N = 30


@pytest.fixture
def result(terminal, place, tmp_path, monkeypatch):
    """`result(**other)`: the file that a device sent, with other fields, sealed by somebody who
    holds its folder."""
    monkeypatch.setattr(bench_runner, "WARM_UP_S", 0.1)
    project = place("footed")
    terminal.document("latency", project, "--export-runner", tmp_path / "runner")
    out = str(tmp_path / "bench.json")
    bench_runner.main(["--seconds", "0.2", "--out", out], tmp_path / "runner")
    whole = json.loads((tmp_path / "bench.json").read_text())
    whole |= timed([0.1 * at for at in range(N)], 5.0)

    secret = json.loads((tmp_path / "runner" / "runner.json").read_text())["secret"]

    def changed(**other):
        told = {**whole, **other}
        told["digest"] = bench_runner.compute_digest(told, secret)
        (tmp_path / "bench.json").write_text(json.dumps(told))
        return "latency", project, "--import", tmp_path / "bench.json"

    changed.whole = whole
    return changed


def timed(begun, forward):
    """Frames begun at those seconds, each with so many milliseconds of the model."""
    n = len(begun)
    stages = {"read": [0.1] * n, "normalise": [0.1] * n, "forward": [forward] * n}
    return {"begun_s": begun, "stages_ms": stages}


def far_apart(n, step):
    return timed([step * at for at in range(n)], 5.0)


IMPOSSIBLE = {
    "a hundred million seconds": far_apart(30, 1e8 / 30),
    "a block of its own for each frame": far_apart(30_000, 100.0),
    "stages of nothing": {"stages_ms": dict.fromkeys(("read", "normalise", "forward"), [0.0] * N)},
    "a frame that outlasts the next": timed([0.1 * at for at in range(N)], 500.0),
    "less than no memory": {"memory": {"warm_mb": 50.0, "end_mb": 60.0, "peak_mb": -5.0}},
    "memory of a continent": {"memory": {"warm_mb": 50.0, "end_mb": 60.0, "peak_mb": 1e9}},
    "threads without number": {"threads": 10**18},
    "no thread": {"threads": -1},
    "threads that are a truth": {"threads": True},
    "colder than space": {"states": [[0.0, {"celsius": -400.0}]]},
    "energy below nothing": {"states": [[0.0, {"joules": -1.0}]]},
    "states that go back": {"states": [[5.0, {}], [1.0, {}]]},
    "a state at no time": {"states": [[-1.0, {}]]},
    "text for figures": {"begun_s": [str(at) for at in range(N)]},
    "truths for figures": {"begun_s": [True] * N},
    "two columns for one": {
        "stages_ms": dict.fromkeys(("read", "normalise", "forward"), [[1.0, 1.0]] * N)
    },
}


def forged(**output):
    """Predictions of a result, the first output of which is another."""
    return lambda whole: {
        "predictions": [
            {**row, "outputs": [{**row["outputs"][0], **output}]} for row in whole["predictions"]
        ]
    }


BOMB = base64.b64encode(zlib.compress(bytes(1 << 26))).decode()
FORGED = {
    "a tensor larger than memory": forged(shape=[1, 1 << 40]),
    "less than its shape": forged(shape=[1, 300]),
    "more than its shape": forged(data=BOMB),
    "no compressed data": forged(data="AAAA"),
    "no text of bytes": forged(data="\u00e4"),
    "objects for figures": forged(type="|O"),
    "a side below nothing": forged(shape=[-1, 3]),
    "other classes": forged(shape=[3]),
    "no output": lambda whole: {
        "predictions": [{**row, "outputs": []} for row in whole["predictions"]]
    },
    "rows of text": lambda whole: {"predictions": ["row"] * len(whole["predictions"])},
    "another engine": lambda whole: {"artefact": {**whole["artefact"], "engine": "abacus"}},
    "no hash": lambda whole: {"artefact": {**whole["artefact"], "sha256": "0"}},
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_predictions_are_one_sentence(terminal, result, name):
    arguments = result(**FORGED[name](result.whole))
    with Unhindered() as took:
        assert "is not a valid runner result (" in terminal.refusal(*arguments)
    assert took.seconds < MOST_S


@pytest.mark.long
@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_no_device_measures_is_one_sentence(terminal, result, name):
    arguments = result(**IMPOSSIBLE[name])
    with Unhindered() as took:
        assert "is not a valid runner result (" in terminal.refusal(*arguments)
    assert took.seconds < MOST_S


@pytest.mark.long
def test_a_run_of_days_is_taken_within_seconds(terminal, result):
    """A frame in each block of ten seconds: what is looked at block by block must not be looked at
    frame by frame within it."""
    arguments = result(**far_apart(60_000, 10.0))
    with Unhindered() as took:
        assert terminal.document(*arguments)["n"] > 50_000
    assert took.seconds < 3 * MOST_S
