"""Inference latency in words: how fast on this machine, whether it keeps up, whether it got slower, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from fieldcheck.domain.latency import Latency, ThrottlingStep
from fieldcheck.words.figures import minutes, number, percent, percent_range
from fieldcheck.words.language import text

SLOW_GOVERNORS = frozenset({"powersave", "conservative"})
NOISY, WAITED = 0.05, 0.1  # of a block's median; of the time that passed
HOT = 85.0  # °C at which most processors for industrial use begin to hold back


def latency_lines(found: Latency, targets: Sequence[float]) -> tuple[str, ...]:
    """Latency of a run, a sentence a line: percentiles, stages, throttling, memory, and what to do."""
    lines = [_speed(found), _targets(found, targets), _stages(found), _throttled(found), _memory(found), *_advice(found)]
    return tuple(line for line in lines if line)


def _speed(found: Latency) -> str:
    total, values = found.total, {"p50": number(found.total.p50_ms, 1), "p95": number(found.total.p95_ms, 1)}
    if isnan(total.p99_ms):
        said = text("Half of {n} frames took {p50} ms or less, 95 of 100 took {p95} ms or less.").format(n=found.n, **values)
    else:
        span = f"{number(total.p99_lo_ms, 1)}–{number(total.p99_hi_ms, 1)}"
        said = text("Half of {n} frames took {p50} ms or less, 95 of 100 {p95} ms, 99 of 100 {p99} ms ({span}).").format(
            n=found.n, p99=number(total.p99_ms, 1), span=span, **values
        )
    where = text("Measured for {time} on {machine}; load beside it: {load}.")
    return said + " " + where.format(time=minutes(found.seconds), machine=found.machine.get("processor", "?"), load=_load(found.load))


def _load(load: str) -> str:
    if load == "none":
        return text("none")
    said = [text("a recording is compressed")] if "encode" in load.split("+") else []
    busy = next((part.partition("=")[2] for part in load.split("+") if part.startswith("busy=")), "")
    return ", ".join([*said, *([text("busy cores: {n}").format(n=busy)] if busy else [])])


def _targets(found: Latency, targets: Sequence[float]) -> str:
    """`keeps up with 15 fps, not with 30`."""
    rates = sorted({*targets, *([found.fps] if found.fps else [])})
    kept, missed = ([number(rate) for rate in rates if found.keeps_up(rate) is answer] for answer in (True, False))
    if kept and missed:
        said = text("It keeps up with {kept} frames a second, not with {missed}.").format(kept=", ".join(kept), missed=", ".join(missed))
    elif rates:
        yes, no = text("It keeps up with {rates} frames a second."), text("It does not keep up with {rates} frames a second.")
        said = (yes if kept else no).format(rates=", ".join(kept or missed))
    else:
        said = text("One after the other it answers {rate} frames a second.").format(rate=number(found.throughput_fps, 1))
    if found.late.measured:
        late = text("Late at the camera's rate: {share} of the frames ({span}).")
        said += " " + late.format(share=percent(found.late.value, 1), span=percent_range(found.late.lo, found.late.hi, 1))
    return said


def stage_name(stage: str) -> str:
    """Name of a stage of inference."""
    return {
        "decode": text("decode"),
        "resize": text("resize"),
        "normalise": text("normalise"),
        "forward": text("forward pass"),
        "post": text("post-processing"),
    }[stage]


def machine_fact(code: str) -> str:
    """Name of what a machine tells of itself."""
    return {"processor": text("processor"), "cores": text("cores"), "system": text("system"), "memory_mb": text("memory, MB")}[code]


def this_machine() -> str:
    """Limit of such a run: one machine."""
    return text("These figures are of the machine named here. They say nothing of another device.")


def _stages(found: Latency) -> str:
    return " · ".join(f"{stage_name(name)} {number(one.mean_ms, 1)} ms ({percent(one.share)})" for name, one in found.stages.items())


def _throttled(found: Latency) -> str:
    slowed = found.throttling
    if slowed.flag is None:
        return text("Too short to say whether it gets slower with heat: run at least two minutes, better ten.")
    if not slowed.flag:
        return text("No throttling: the last minute was as fast as the first ({ratio}×).").format(ratio=number(slowed.ratio, 2))
    if not slowed.steps:
        return text("It got slower: the last minute took {ratio}× the time of the first.").format(ratio=number(slowed.ratio, 1))
    return text("Throttling {steps}.").format(steps=", ".join(map(_step, slowed.steps)))


def _step(one: ThrottlingStep) -> str:
    return text("after {seconds} s: {step}× as long").format(seconds=number(one.at_s), step=number(one.step, 1))


def _memory(found: Latency) -> str:
    if not found.peak_mb:
        return text("Memory was not measured: this system does not tell it.")
    said = text("Peak memory {peak} MB, growth after the warm-up {growth} MB.")
    return said.format(peak=number(found.peak_mb), growth=number(max(0.0, found.growth_mb), 1))


def _advice(found: Latency) -> list[str]:
    """What the machine's own figures ask for, nothing where they do not tell."""
    after, advice = found.after, []
    if after.governor in SLOW_GOVERNORS:
        advice.append(text("The processor's governor is {name}: set it to performance.").format(name=after.governor))
    if after.celsius is not None and (after.celsius >= HOT or found.throttling.flag):
        advice.append(text("The hottest sensor read {degrees} °C at the end: add cooling.").format(degrees=number(after.celsius)))
    if found.before.waited_s is not None and after.waited_s is not None and found.seconds:
        share = (after.waited_s - found.before.waited_s) / found.seconds
        if share >= WAITED:
            advice.append(text("It waited for a free core {share} of the time: end what else runs here.").format(share=percent(share)))
    if found.throttling.noise >= NOISY:
        said = text("Parts of the same run differ by {noise} by themselves: smaller differences mean nothing.")
        advice.append(said.format(noise=percent(found.throttling.noise)))
    return advice
