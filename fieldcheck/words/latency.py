"""Inference latency in words: how fast on this machine, whether it keeps up, whether it got slower, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from statistics import median

from fieldcheck.domain.latency import Latency, Slowdown, ThrottlingStep
from fieldcheck.words.figures import minutes, number, percent, rate, rate_interval
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import plural, text
from fieldcheck.words.model_memory import SHOWN, largest_said, layer_name, megabytes, memory_lines, small_said

SLOW_GOVERNORS = frozenset({"powersave", "conservative"})
WAITED = 0.1  # of the time that passed
HOT = 85.0  # °C at which most processors for industrial use begin to hold back


COMMON_RATES = (15.0, 30.0)  # of cameras: what a run is held against where nobody declared a rate


def latency_verdict(found: Latency, targets: Sequence[float]) -> tuple[str, str, str]:
    """Verdict of a run as sign (`look` or `done`), heading and one sentence: what became of its speed, and which rates it keeps up with."""
    first, last = (number(median(part), 1) for part in (found.blocks_ms[1:7] or found.blocks_ms, found.blocks_ms[-6:]))
    said = text("{first} ms per frame in the first minute, {last} ms in the last.").format(first=first, last=last)
    if found.throttling.flag and found.throttling.steps:
        step = found.throttling.steps[0]
        said = text("{first} ms per frame in the first minute, {last} ms in the last; slower from {time}.")
        said = said.format(first=first, last=last, time=minutes(step.at_s))
    elif found.throttling.flag is None:
        said = text("Median {ms} ms per frame.").format(ms=number(found.total.p50_ms, 1))
    held = found.meets_target is not False and all(found.keeps_up(rate) for rate in (*targets, *([found.fps] if found.fps else [])))
    heading = text("Stable")
    if found.slowdown.cause == "duty_cycle":
        heading = text("Idle between frames")
    elif found.slowdown.cause == "background":
        heading = text("Slowed by other programs")
    elif found.throttling.flag:
        heading = text("Slows down during the test")
    elif not held:
        heading = text("Target missed")
    elif found.throttling.flag is None:
        heading = text("Too short to detect throttling")
    steady = held and not found.throttling.flag and not found.slowdown.cause
    return "done" if steady else "look", heading, f"{said} {_targets(found, targets or found.target_fps or COMMON_RATES)}"


def latency_lines(found: Latency, targets: Sequence[float]) -> tuple[str, ...]:
    """Latency of a run, a sentence a line: percentiles, stages, throttling, memory, and what to do."""
    return (_speed(found), _targets(found, targets), _stages(found), *latency_facts(found), *memory_facts(found))


def latency_facts(found: Latency) -> tuple[str, ...]:
    """Facts of a run beside its figures, a sentence a line: throttling, memory, and what to do."""
    lines = [_on_device(found), _throttled(found), _flat(found), _memory(found), _memory_target(found), _noise(found), *_advice(found)]
    return tuple(line for line in lines if line)


def memory_facts(found: Latency) -> tuple[str, ...]:
    """Facts of the model's graph, a sentence a line: parameters, the most that live at once, and what its finest feature map loses."""
    if found.graph is None:
        return ()
    small = found.small_boxes
    return (*memory_lines(found.graph), *([small_said(small)] if small is not None else []))


def latency_told(found: Latency, targets: Sequence[float]) -> tuple[str, ...]:
    """Latency of a run where no table stands beside it: its lines, and the largest activations in one more."""
    largest = largest_said(found.graph) if found.graph is not None else ""
    return (*latency_lines(found, targets), *([largest] if largest else []))


def largest_layers(found: Latency) -> list[tuple[str, str]]:
    """Name and size of the five largest activations; none of a run from before they were looked at."""
    return [(layer_name(one), f"{megabytes(one.size)} MB") for one in (found.graph.layers[:SHOWN] if found.graph is not None else ())]


def _speed(found: Latency) -> str:
    total, values = found.total, {"p50": number(found.total.p50_ms, 1), "p95": number(found.total.p95_ms, 1)}
    if isnan(total.p99_ms):
        said = text("Median {p50} ms, p95 {p95} ms over {n} frames.").format(n=found.n, **values)
    else:
        span = f"{number(total.p99_lo_ms, 1)}–{number(total.p99_hi_ms, 1)}"
        said = text("Median {p50} ms, p95 {p95} ms, p99 {p99} ms ({span}) over {n} frames.").format(
            n=found.n, p99=number(total.p99_ms, 1), span=span, **values
        )
    where = text("Measured for {time} on {machine}; background load: {load}.")
    return said + " " + where.format(time=minutes(found.seconds), machine=found.machine.get("processor", "?"), load=load_name(found.load))


def duration_name(code: str) -> str:
    """How long a run lasts, as it is chosen."""
    return {
        "short": text("1 min"),
        "usual": text("10 min"),
        "long": text("30 min"),
        "flat": text("until stable (max. 30 min)"),
    }[code]


def run_for(code: str) -> str:
    """Label of the button that begins a run of that duration."""
    return {
        "short": text("Run 1 min"),
        "usual": text("Run 10 min"),
        "long": text("Run 30 min"),
        "flat": text("Run until stable"),
    }[code]


def rate_name(fps: float) -> str:
    """How frames come, as it is chosen: 0 for one after the other."""
    return text("{rate} fps").format(rate=number(fps)) if fps else text("unlimited")


def so_far(n: int, p50_ms: float | None) -> str:
    """Progress of a run under way."""
    if p50_ms is None:
        return text("Processing the first frame …")
    said = plural("{n} frame; median over the last second {ms} ms", "{n} frames; median over the last second {ms} ms", n)
    return said.format(n=n, ms=number(p50_ms, 1))


def run_said(found: Latency) -> str:
    """Caption of a curve: frames, time and load."""
    return plural("n = {n} frame in {time}; background load: {load}", "n = {n} frames in {time}; background load: {load}", found.n).format(
        n=found.n, time=minutes(found.seconds), load=load_name(found.load)
    )


def percentiles(found: Latency) -> list[tuple[str, str]]:
    """Figure and range of p50, p95 and p99."""
    total = found.total
    shown = [
        (total.p50_ms, total.p50_lo_ms, total.p50_hi_ms),
        (total.p95_ms, total.p95_lo_ms, total.p95_hi_ms),
        (total.p99_ms, total.p99_lo_ms, total.p99_hi_ms),
    ]
    return [(_ms(value), text("too few frames") if isnan(lo) else f"{number(lo, 1)}–{number(hi, 1)} ms") for value, lo, hi in shown]


def _ms(value: float) -> str:
    return "–" if isnan(value) else number(value, 1)


def load_name(load: str) -> str:
    """Load beside a run in words, `none` or codes joined by `+`."""
    if load == "none":
        return text("none")
    said = [text("video encoding")] if "encode" in load.split("+") else []
    busy = next((part.partition("=")[2] for part in load.split("+") if part.startswith("busy=")), "")
    return ", ".join([*said, *([plural("{n} busy core", "{n} busy cores", int(busy)).format(n=int(busy))] if busy else [])])


def _targets(found: Latency, targets: Sequence[float]) -> str:
    """`keeps up with 15 fps, not with 30`."""
    rates = sorted({*targets, *found.target_fps, *([found.fps] if found.fps else [])})
    kept, missed = ([number(rate) for rate in rates if found.keeps_up(rate) is answer] for answer in (True, False))
    if kept and missed:
        said = text("Target met at {kept} fps, missed at {missed} fps.").format(kept=", ".join(kept), missed=", ".join(missed))
    elif rates:
        yes, no = text("Target met: {rates} fps."), text("Target missed: {rates} fps.")
        said = (yes if kept else no).format(rates=", ".join(kept or missed))
    else:
        said = text("Sequential throughput: {rate} fps.").format(rate=number(found.throughput_fps, 1))
    if found.late.measured:
        late = text("Missed the camera's frame interval: {share} of frames ({span}).")
        said += " " + late.format(share=rate(found.late, 1), span=rate_interval(found.late, 1))
    return said


def stage_name(stage: str) -> str:
    """Name of a stage of inference."""
    return {
        "read": text("read"),
        "decode": text("decode"),
        "resize": text("resize"),
        "normalise": text("normalise"),
        "forward": text("forward pass"),
        "post": text("post-processing"),
    }[stage]


def machine_fact(code: str) -> str:
    """Name of what a machine tells of itself."""
    return {
        "name": text("name"),
        "runtime": text("runtime"),
        "processor": text("CPU"),
        "cores": text("cores"),
        "system": text("system"),
        "memory_mb": text("memory, MB"),
    }[code]


def this_machine() -> str:
    """Limit of such a run: one machine."""
    return text("Values apply only to the machine named here.")


def _stages(found: Latency) -> str:
    return " · ".join(f"{stage_name(name)} {number(one.mean_ms, 1)} ms ({percent(one.share)})" for name, one in found.stages.items())


def runner_folder(project: str) -> str:
    """Name of a folder that is exported for a device."""
    return f"{project}-bench"


def runner_exported(folder: str, n: int, megabytes: float) -> str:
    """Sentence on an exported folder, and what to do with it."""
    said = plural(
        "Runner exported to {folder}: model and {n} frame, {size} MB. On the device, run run_bench.py as its "
        "README says, then import bench.json here.",
        "Runner exported to {folder}: model and {n} frames, {size} MB. On the device, run run_bench.py as its"
        " README says, then import bench.json here.",
        n,
    )
    return said.format(folder=plain(folder), n=n, size=number(max(1.0, megabytes)))


def _on_device(found: Latency) -> str:
    if "read" not in found.stages:
        return ""
    where = found.machine.get("name") or found.machine.get("processor", "?")
    said = text(
        "Measured on {machine} by the exported runner; its predictions match those of this computer. "
        "Decoding, resizing and post-processing are not included."
    )
    return said.format(machine=plain(where))


def _throttled(found: Latency) -> str:
    slowed = found.throttling
    if found.slowdown.cause in ("duty_cycle", "background"):
        return _not_heat(found.slowdown)
    if slowed.flag is None:
        return text("Too short to detect throttling: run at least two minutes, better ten.")
    if not slowed.flag:
        return text("No throttling detected: the last minute took {ratio}× the time of the first.").format(ratio=number(slowed.ratio, 2))
    if not slowed.steps:
        return text("Slowdown: the last minute took {ratio}× the time of the first.").format(ratio=number(slowed.ratio, 1))
    return text("Throttling {steps}.").format(steps=", ".join(map(_step, slowed.steps)))


def _not_heat(slowed: Slowdown) -> str:
    values = {"time": minutes(slowed.at_s), "share": percent(slowed.share)}
    if slowed.cause == "duty_cycle":
        return text("Duty cycle, not throttling: from {time} on, the CPU was idle {share} of the time between frames.").format(**values)
    if slowed.cores >= slowed.share:
        said = text("Background load, not throttling: from {time} on, other programs use {cores} more cores.")
        return said.format(cores=number(slowed.cores, 1), **values)
    said = text("Background load, not throttling: from {time} on, waiting for a core explains {share} of the added latency.")
    return said.format(**values)


def _noise(found: Latency) -> str:
    if isnan(found.throttling.noise):
        return ""
    said = text("Noise floor (A–A): interleaved halves of this run differ by {noise}; smaller differences are not meaningful.")
    return said.format(noise=percent(found.throttling.noise, 1))


def _memory_target(found: Latency) -> str:
    if not found.target_mb or not found.peak_mb:
        return ""
    said = text("Memory limit met: {mb} MB.") if found.peak_mb <= found.target_mb else text("Memory limit exceeded: {mb} MB.")
    return said.format(mb=number(found.target_mb))


def _flat(found: Latency) -> str:
    if found.flat is None:
        return ""
    if found.flat:
        return text("Stopped after {time}: stable over the last two five-minute blocks.").format(time=minutes(found.seconds))
    return text("Not stable after {time} (last two five-minute blocks).").format(time=minutes(found.seconds))


def _step(one: ThrottlingStep) -> str:
    return text("after {seconds} s: {step}× as long").format(seconds=number(one.at_s), step=number(one.step, 1))


def _memory(found: Latency) -> str:
    if not found.peak_mb:
        return text("Memory not measured: not available on this system.")
    said = text("Peak memory {peak} MB, {growth} MB growth after warm-up.")
    return said.format(peak=number(found.peak_mb), growth=number(max(0.0, found.growth_mb), 1))


def _advice(found: Latency) -> list[str]:
    """What the machine's own figures ask for, nothing where they do not tell."""
    after, advice = found.after, []
    if after.governor in SLOW_GOVERNORS:
        advice.append(text("CPU frequency governor is {name}: set it to performance.").format(name=after.governor))
    if after.celsius is not None and (after.celsius >= HOT or found.throttling.flag):
        advice.append(text("Hottest sensor at the end: {degrees} °C. Improve cooling.").format(degrees=number(after.celsius)))
    if found.before.waited_s is not None and after.waited_s is not None and found.seconds:
        share = (after.waited_s - found.before.waited_s) / found.seconds
        if share >= WAITED:
            advice.append(text("The model waited for a free core {share} of the time: close other programs.").format(share=percent(share)))
    return advice
