"""Latency on the target device: this one file, Python, onnxruntime and numpy are all it takes. It
is copied as it stands.

    python -I run_bench.py                      # ten minutes, one frame after the other; writes
    bench.json
    python -I run_bench.py --fps 15 --busy 1    # at a camera's rate, one core kept busy beside it

It opens no connection and writes nothing but its result. Beside it lie runner.json, frames.npy and
the folder of the model. With -I Python imports nothing from this folder; without it, as onnxruntime
that was installed for one user needs, this file sees to that by itself.
"""

import sys

if __name__ == "__main__" and not sys.flags.isolated and not getattr(sys.flags, "safe_path", False):
    # the folder of this file, where nothing is imported from: whatever lies in it may be called
    # numpy.py
    own = sys.path[0]
    sys.path[:] = [one for one in sys.path if one != own]

import argparse
import hashlib
import json
import os
import platform
import subprocess
import time
from pathlib import Path
from typing import Any, Optional

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

VERSION = 1
BLOCK_S, WARM_UP_S, WARM_UP_FRAMES = 10.0, 5.0, 20
SHOWN = 2000  # figures of an output that are written down, evenly spread over it
BURN = "while True: sum(range(10000))"
TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}


def fill_tensor(
    tensor: NDArray[np.float32], picture: NDArray[np.uint8], told: dict[str, Any]
) -> None:
    """Fills a tensor, (C, h, w) or (h, w, C) by its layout, with a picture, (h, w, C) uint8: (pixel
    − offset) · factor."""
    offset, factor = (np.array(told[name], np.float32) for name in ("offset", "factor"))
    planes = tensor.transpose(1, 2, 0) if told["layout"] == "NCHW" else tensor
    planes[...] = (picture.astype(np.float32) - offset) * factor


def sample_outputs(session: Any, feed: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    """Outputs of a run, each as its shape and some of its figures; those that are not finite as
    None."""
    came = [np.asarray(one) for one in session.run(names, feed)]
    return [{"shape": list(one.shape), "figures": sample_values(one)} for one in came]


def sample_values(array: NDArray[Any]) -> list[Optional[float]]:
    """At most 2,000 figures of an array, (n, …), evenly spread over it, rounded to seven digits."""
    flat = np.asarray(array, np.float64).ravel()
    places = (
        np.unique(np.linspace(0, max(0, flat.size - 1), min(SHOWN, flat.size)).astype(int))
        if flat.size
        else np.zeros(0, int)
    )
    return [float(f"{one:.7g}") if np.isfinite(one) else None for one in flat[places]]


def _read_text(path: str) -> str:
    try:
        return Path(path).read_text("ascii", errors="replace").strip()
    except OSError:  # not there, or not for us: that it is not told is the answer
        return ""


def _read_number(path: str) -> Optional[float]:
    said = _read_text(path).split()
    return float(said[0]) if said and said[0].lstrip("-").isdigit() else None


def _read_other_cpu_time() -> Optional[float]:
    """Processor time of everything but this process, in seconds."""
    told, own = (
        _read_text("/proc/stat").split("\n", 1)[0].split(),
        _read_text("/proc/self/stat").rpartition(")")[2].split(),
    )
    if len(told) < 9 or told[0] != "cpu" or len(own) < 13:
        return None
    return max(
        0.0, (sum(int(told[at]) for at in (1, 2, 3, 6, 7, 8)) - int(own[11]) - int(own[12])) / 100
    )


def read_machine_state() -> dict[str, Any]:
    """State of the machine, None for what it does not tell or lets nobody read."""
    cpu = "/sys/devices/system/cpu/cpu0/cpufreq/"
    zones = [
        _read_number(str(zone))
        for zone in sorted(Path("/sys/class/thermal").glob("thermal_zone*/temp"))
    ]
    meters = [
        _read_number(str(meter))
        for meter in sorted(Path("/sys/class/powercap").glob("intel-rapl:[0-9]/energy_uj"))
    ]
    celsius, joules = ([one for one in some if one is not None] for some in (zones, meters))
    khz, waited = _read_number(cpu + "scaling_cur_freq"), _read_text("/proc/self/schedstat").split()
    return {
        "governor": _read_text(cpu + "scaling_governor") or None,
        "mhz": None if khz is None else khz / 1000,
        "celsius": max(celsius) / 1000 if celsius else None,
        "joules": sum(joules) / 1e6 if joules else None,
        "others_s": _read_other_cpu_time(),
        "waited_s": int(waited[1]) / 1e9 if len(waited) > 1 and waited[1].isdigit() else None,
    }


def describe_machine() -> dict[str, str]:
    """Name of the machine: its own, processor, cores, system, and memory where it is told."""
    lines = _read_text("/proc/cpuinfo").splitlines()
    model = next(
        (
            line.partition(":")[2].strip()
            for line in lines
            if line.startswith(("model name", "Model"))
        ),
        "",
    )
    memory = next(
        (
            line.split()[1]
            for line in _read_text("/proc/meminfo").splitlines()
            if line.startswith("MemTotal:")
        ),
        "",
    )
    named = {
        "name": platform.node(),
        "processor": model or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "runtime": f"onnxruntime {ort.__version__}, numpy {np.__version__}",
    }
    return {**named, **({"memory_mb": str(int(memory) // 1024)} if memory.isdigit() else {})}


def get_memory_megabytes() -> tuple[float, float]:
    """Memory of this process now and at its peak, in megabytes of resident pages; zeros where the
    system does not tell."""
    told = dict(
        line.split(":", 1)
        for line in _read_text("/proc/self/status").splitlines()
        if line.startswith(("VmRSS:", "VmHWM:"))
    )
    now, peak = (
        int(told[name].split()[0]) / 1024 if name in told else 0.0 for name in ("VmRSS", "VmHWM")
    )
    return now, peak


def compute_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def open_session(folder: Path, told: dict[str, Any], threads: int) -> Any:
    """The model as a session on the processor. Raises SystemExit where a file of the folder is
    another than it was."""
    changed = [
        name
        for name, sha256 in told["files"].items()
        if not (folder / name).is_file() or compute_sha256(folder / name) != sha256
    ]
    if changed:
        raise SystemExit(
            f"not the files that were exported: {', '.join(changed)}; export the folder again"
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or max(1, (os.cpu_count() or 1) - 1)
    return ort.InferenceSession(
        str(folder / told["model_file"]), options, providers=["CPUExecutionProvider"]
    )


def measure_latency(
    session: Any, told: dict[str, Any], pictures: NDArray[np.uint8], seconds: float, fps: float
) -> dict[str, Any]:
    """Seconds at which each frame was begun and milliseconds of its stages; `pictures`: (n, h, w,
    C). States of the machine a block."""
    tensor = np.zeros((told["batch"], *told["shape"]), np.float32)
    begun, rows, states, warm, clock = (
        list[float](),
        list[list[float]](),
        list[Any](),
        0.0,
        time.perf_counter,
    )
    start = clock()
    while (
        len(rows) <= WARM_UP_FRAMES
        or clock() - start - max(WARM_UP_S, begun[WARM_UP_FRAMES]) < seconds
    ):
        if len(states) <= (clock() - start) // BLOCK_S:
            states.append([clock() - start, read_machine_state()])
            sys.stderr.write(f"\r{clock() - start:.0f} of {seconds + WARM_UP_S:.0f} s")
        warm = warm or (get_memory_megabytes()[0] if clock() - start >= WARM_UP_S else 0.0)
        time.sleep(max(0.0, start + len(rows) / fps - clock()) if fps else 0.0)
        times = [clock()]
        picture = np.array(pictures[len(rows) % len(pictures)])
        times.append(clock())
        fill_tensor(tensor[0], picture, told)
        times.append(clock())
        session.run(told["outputs"], build_feed(tensor, told))
        times.append(clock())
        begun.append(times[0] - start)
        rows.append([float(one) for one in 1000 * np.diff(times)])
    states.append([clock() - start, read_machine_state()])
    now, peak = get_memory_megabytes()
    stages = {
        name: [round(row[at], 4) for row in rows]
        for at, name in enumerate(("read", "normalise", "forward"))
    }
    memory = {"warm_mb": warm or now, "end_mb": now, "peak_mb": peak}
    return {
        "begun_s": [round(one, 5) for one in begun],
        "stages_ms": stages,
        "states": states,
        "memory": memory,
    }


def build_feed(tensor: NDArray[np.float32], told: dict[str, Any]) -> dict[str, Any]:
    """Input of the model, in its own type; `tensor`: (n, …) float32, without the axis of the batch
    where the model has none."""
    given = tensor[0] if told["without_batch"] else tensor
    return {told["input"]: given.astype(TYPES[told["type"]], copy=False)}


def run_reference_frames(
    session: Any, told: dict[str, Any], pictures: NDArray[np.uint8]
) -> list[Any]:
    """Answers to the first pictures, (n, h, w, C) uint8, to be held against those of the computer
    that exported them."""
    tensor, found = np.zeros((told["batch"], *told["shape"]), np.float32), []
    for picture in pictures[: told["n_answers"]]:
        fill_tensor(tensor[0], picture, told)
        found.append(sample_outputs(session, build_feed(tensor, told), told["outputs"]))
    return found


def make_child_environment() -> dict[str, str]:
    """This process's variables without Fieldcheck's own, which may hold a camera's password."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("FIELDCHECK_")
    }


def main(arguments: list[str], folder: Path) -> int:
    """Measures with what lies in the folder, and writes the result as JSON."""
    asked = argparse.ArgumentParser(
        description="Latency of the model beside this file, on this device."
    )
    asked.add_argument(
        "--seconds", type=float, default=600.0, help="how long; heat shows after minutes"
    )
    asked.add_argument(
        "--fps", type=float, default=0.0, help="the camera's rate; one frame after the other if not"
    )
    asked.add_argument("--busy", type=int, default=0, help="cores that are kept busy beside it")
    asked.add_argument(
        "--threads", type=int, default=None, help="threads of the model; all cores but one if not"
    )
    asked.add_argument("--out", type=Path, default=Path("bench.json"), help="where the result goes")
    given = asked.parse_args(arguments)
    try:
        told = json.loads((folder / "runner.json").read_text("utf-8"))
        session = open_session(folder, told, given.threads or 0)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise SystemExit(
            "runner.json is not the file that was exported; export the folder again"
        ) from error
    pictures = np.load(folder / "frames.npy", mmap_mode="r")
    beside = [
        subprocess.Popen([sys.executable, "-I", "-c", BURN], env=make_child_environment())
        for _ in range(given.busy)
    ]
    try:
        answers = run_reference_frames(session, told, pictures)
        found = measure_latency(session, told, pictures, given.seconds, given.fps)
    finally:
        for child in beside:
            child.kill()
            child.wait()
    asked_for = {"fps": given.fps, "busy": given.busy, "threads": given.threads}
    named = {name: told[name] for name in ("key", "model_sha256", "card_sha256")}
    result = {
        "version": VERSION,
        **named,
        "machine": describe_machine(),
        **asked_for,
        **found,
        "answers": answers,
    }
    given.out.write_text(json.dumps(result), "utf-8")
    sys.stderr.write(f"\rwritten: {given.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
