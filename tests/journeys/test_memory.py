"""Memory of the commands that hold many pictures at once: its peak, the program's children counted
in."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from tests import makers

MOST_MB = 1000.0
SIDE = 640
CARD = {
    "task": "classification",
    "classes": list(makers.COLOURS),
    "input": {"size": [SIDE, SIDE], "resize": "stretch", "scale": 1 / 255},
    "output": {"kind": "logits"},
}

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="tells the memory of a process on Linux only"
)


def wide_model(path):
    """The colour model behind the first stages of a detector's backbone: activations of some 50 MB
    a picture."""
    names, body, weights = ["x"], [], {}
    for at, (channels, stride) in enumerate([(32, 2), (64, 2), (64, 1), (128, 2)]):
        before = 3 if at == 0 else weights[f"k{at - 1}"].shape[0]
        weights[f"k{at}"] = np.zeros((channels, before, 3, 3), np.float32)
        for same in range(min(3, before, channels)):  # the three colours go through
            weights[f"k{at}"][same, same, 1, 1] = 1
        body.append(
            helper.make_node(
                "Conv", [names[-1], f"k{at}"], [f"c{at}"], kernel_shape=[3, 3], pads=[1] * 4,
                strides=[stride] * 2,
            ),
        )  # fmt: skip
        body.append(helper.make_node("Relu", [f"c{at}"], [f"r{at}"]))
        names.append(f"r{at}")
    weights["w"] = np.zeros((128, 3), np.float32)
    weights["w"][:3] = np.eye(3) * 20
    body += [
        helper.make_node("GlobalAveragePool", [names[-1]], ["p"]), helper.make_node("Flatten",
        ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]  # fmt: skip
    makers.write_card(path.with_suffix(".card.json"), CARD)
    return makers.tiny_model(path, body=body, weights=weights, side=SIDE)


def family(pid):
    """The process and everything that it has started."""
    found = [pid]
    for one in found:
        try:
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        except OSError:
            continue
    return found


def resident_mb(pid):
    """Of memory that a process has for itself: files that it only reads are in there once for
    all."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1000


def peak_mb(program, *arguments):
    """The largest sum that was seen at once."""
    process = program.start(*arguments)
    peak, over = [0.0], threading.Event()

    def watch():
        while not over.wait(0.02):
            peak.append(sum(map(resident_mb, family(process.pid))))

    watching = threading.Thread(target=watch)
    watching.start()
    out, err = process.communicate(timeout=500)
    over.set()
    watching.join()
    assert process.returncode == 0, (out, err)
    return max(peak)


@pytest.mark.long
@pytest.mark.full("memory_peaks")
def test_quantising_and_benchmarks_hold_a_gigabyte_at_most(program, tmp_path, counts, evidence):
    n = counts(ci=12, full=129)
    for number in range(n):
        colour = makers.COLOURS[number % 3]
        path = tmp_path / "set" / colour / f"{number}.png"
        makers.save_picture(path, colour, number, (SIDE, SIDE))
    project = tmp_path / "p.fieldcheck"
    program.document("new", project, "--model", wide_model(tmp_path / "net.onnx"))
    program.document("import", project, makers.picture_folder(tmp_path / "day", ["red", "green"]))
    took = {
        "benchmark set": peak_mb(
            program, "benchmark", "set", project, tmp_path / "set", "--claimed", "0.9"
        )
    }
    took["quantise"] = peak_mb(program, "model", "quantise", project, "net")
    shutil.rmtree(tmp_path / "set")
    evidence(pictures=n, side=SIDE, peak_mb={name: round(value) for name, value in took.items()})
    assert max(took.values()) < MOST_MB, took
