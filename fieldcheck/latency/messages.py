"""Texts about inference latency, memory of a model, and variants of providers and thread counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from statistics import median

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import (
    FeatureGrid,
    Latency,
    LatencyVariant,
    LayerMemory,
    ModelMemory,
    SideBySide,
    Slowdown,
    ThrottlingStep,
)
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import (
    format_minutes,
    format_number,
    format_percent,
    format_rate,
    format_rate_limits,
)
from fieldcheck.models.messages import describe_parity, get_provider_name

# Sentences about a model's memory: parameters, activations, peak, and objects smaller than a cell
# of its finest feature map.

MB = 1e6  # bytes
SHOWN = 5  # layers
LETTERS = 40  # of a tensor's name; converters join whole lists of names


def list_memory_lines(model_memory: ModelMemory) -> tuple[str, ...]:
    """Sentences on what a graph asks for, one a line."""
    lines = (
        _describe_parameters(model_memory),
        _describe_activations(model_memory),
        describe_unknown_layers(model_memory),
        describe_feature_grid(model_memory.grid),
    )
    return tuple(line for line in lines if line)


def describe_largest_layers(model_memory: ModelMemory) -> str:
    """The five largest activations in a line, the largest first."""
    if not model_memory.layers:
        return ""
    named = [
        f"{format_layer_name(layer)} {format_megabytes(layer.size)} MB"
        for layer in model_memory.layers[:SHOWN]
    ]
    return tr("Largest activations: {layers}.", layers=", ".join(named))


def format_layer_name(layer: LayerMemory) -> str:
    """Operator and shape of an activation, `Conv 1 × 16 × 208 × 208`."""
    return f"{to_one_line(layer.operator)} {format_layer_shape(layer)}"


def format_tensor_name(tensor: str) -> str:
    """Name of an activation, its end where it is long."""
    name = to_one_line(tensor.partition(";")[0])
    return name if len(name) <= LETTERS else "…" + name[-LETTERS:]


def format_layer_shape(layer: LayerMemory) -> str:
    """Shape of an activation with its batch."""
    return " × ".join(map(str, layer.shape))


def format_layer_share(model_memory: ModelMemory, layer: LayerMemory) -> str:
    """Size of an activation as a share of the most that live at once."""
    return format_percent(layer.size / model_memory.peak) if model_memory.peak else "–"


def format_megabytes(size: int) -> str:
    """Bytes in megabytes, with two places below ten."""
    return format_number(size / MB, 2 if size < 10 * MB else 0)


def describe_feature_grid(grid: FeatureGrid | None) -> str:
    """Finest feature map, and from which size on an object is smaller than one of its cells."""
    if grid is None:
        return tr("No spatial feature map leads to the prediction, or its shape is unknown.")
    values = {
        "size": f"{grid.size[1]} × {grid.size[0]}",
        "stride": _format_side((grid.stride[1], grid.stride[0])),
    }
    if grid.cell is None or grid.frame is None:
        text = tr(
            "Finest feature map used for the prediction: {size} cells, one per {stride} input "
            "pixels."
        )
        return text.format(**values)
    text = tr(
        "Finest feature map used for the prediction: {size} cells, one per {stride} input "
        "pixels. An object "
        "under {cell} px in the camera frame ({frame}) is smaller than one cell."
    )
    return text.format(
        cell=_format_side(grid.cell), frame=f"{grid.frame[0]} × {grid.frame[1]}", **values
    )


def describe_small_objects(estimate: Estimate) -> str:
    """Share of labelled boxes that are smaller than a cell, with its range where there are clips
    enough for one."""
    values = {
        "n": estimate.n,
        "share": format_rate(estimate, 1)
        if estimate.measured
        else format_percent(estimate.value, 1),
    }
    if estimate.measured:
        text = tr_plural(
            "Smaller than one cell in width and height: {share} ({span}), {n} labelled box.",
            "Smaller than one cell in width and height: {share} ({span}), {n} labelled boxes.",
            estimate.n,
        )
        return text.format(span=format_rate_limits(estimate, 1), **values)
    text = tr_plural(
        (
            "Smaller than one cell in width and height: {share} of {n} labelled box; too few "
            "clips for a CI."
        ),
        (
            "Smaller than one cell in width and height: {share} of {n} labelled boxes; too few "
            "clips for a CI."
        ),
        estimate.n,
    )
    return text.format(**values)


def describe_unknown_layers(model_memory: ModelMemory) -> str:
    """How many activations are in no sum; empty where none is."""
    if not model_memory.unknown:
        return ""
    return tr_plural(
        "{n} activation of unknown shape, not included here.",
        "{n} activations of unknown shape, not included here.",
        model_memory.unknown,
        n=model_memory.unknown,
    )


def _describe_parameters(model_memory: ModelMemory) -> str:
    text = tr_plural(
        "{n} parameter, {size} MB.", "{n} parameters, {size} MB.", model_memory.parameters
    )
    return text.format(
        n=format_number(model_memory.parameters),
        size=format_megabytes(model_memory.parameter_bytes),
    )


def _describe_activations(model_memory: ModelMemory) -> str:
    if not model_memory.layers:
        return ""
    text = tr("Peak activation memory: at most {peak} MB, without operator fusion.")
    if model_memory.unknown:
        text = tr("Peak activation memory: at least {peak} MB, without operator fusion.")
    where = (
        " " + tr("Peak while computing {tensor}.", tensor=format_tensor_name(model_memory.peak_at))
        if model_memory.peak_at
        else ""
    )
    return text.format(peak=format_megabytes(model_memory.peak)) + where


def _format_side(pair: tuple[float, float]) -> str:
    wide, high = (
        format_number(value, 0 if abs(value - round(value)) < 0.05 else 1) for value in pair
    )
    return f"{wide} × {high}"


SLOW_GOVERNORS = frozenset({"powersave", "conservative"})
WAITED = 0.1  # Share of the elapsed time.
HOT = 85.0  # °C at which most processors for industrial use begin to hold back


COMMON_RATES = (15.0, 30.0)  # Frame rates of cameras, compared with where no target was declared.


def describe_latency_verdict(latency: Latency, targets: Sequence[float]) -> tuple[str, str, str]:
    """Verdict of a run as sign (`look` or `done`), heading and one sentence: what became of its
    speed, and which rates it keeps up with."""
    first, last = (
        format_number(median(part), 1)
        for part in (latency.blocks_ms[1:7] or latency.blocks_ms, latency.blocks_ms[-6:])
    )
    text = tr(
        "{first} ms per frame in the first minute, {last} ms in the last.", first=first, last=last
    )
    if latency.throttling.flag and latency.throttling.steps:
        step = latency.throttling.steps[0]
        text = tr(
            "{first} ms per frame in the first minute, {last} ms in the last; slower from {time}."
        )
        text = text.format(first=first, last=last, time=format_minutes(step.at_s))
    elif latency.throttling.flag is None:
        text = tr("Median {ms} ms per frame.", ms=format_number(latency.total.p50_ms, 1))
    is_met = latency.meets_target is not False and all(
        latency.can_keep_up(rate) for rate in (*targets, *([latency.fps] if latency.fps else []))
    )
    heading = tr("Stable")
    if latency.slowdown.cause == "duty_cycle":
        heading = tr("Idle between frames")
    elif latency.slowdown.cause == "background":
        heading = tr("Slowed by other programs")
    elif latency.throttling.flag:
        heading = tr("Slows down during the test")
    elif not is_met:
        heading = tr("Target missed")
    elif latency.throttling.flag is None:
        heading = tr("Too short to detect throttling")
    steady = is_met and not latency.throttling.flag and not latency.slowdown.cause
    return (
        "done" if steady else "look",
        heading,
        f"{text} {_describe_target_rates(latency, targets or latency.target_fps or COMMON_RATES)}",
    )


def list_latency_lines(latency: Latency, targets: Sequence[float]) -> tuple[str, ...]:
    """Latency of a run, a sentence a line: percentiles, stages, throttling, memory, and what to
    do."""
    return (
        _describe_speed(latency),
        _describe_target_rates(latency, targets),
        _describe_stages(latency),
        *list_latency_facts(latency),
        *list_memory_facts(latency),
    )


def list_latency_facts(latency: Latency) -> tuple[str, ...]:
    """Facts of a run beside its figures, a sentence a line: throttling, memory, and what to do."""
    lines = [
        _describe_device(latency),
        _describe_throttling(latency),
        _describe_steady_speed(latency),
        _describe_memory(latency),
        _describe_memory_target(latency),
        _describe_noise(latency),
        *_list_advice(latency),
    ]
    return tuple(line for line in lines if line)


def list_memory_facts(latency: Latency) -> tuple[str, ...]:
    """Facts of the model's graph, a sentence a line: parameters, the most that live at once, and
    what its finest feature map loses."""
    if latency.graph is None:
        return ()
    small = latency.small_boxes
    return (
        *list_memory_lines(latency.graph),
        *([describe_small_objects(small)] if small is not None else []),
    )


def list_latency_text(latency: Latency, targets: Sequence[float]) -> tuple[str, ...]:
    """Latency of a run where no table stands beside it: its lines, and the largest activations in
    one more."""
    largest = describe_largest_layers(latency.graph) if latency.graph is not None else ""
    return (*list_latency_lines(latency, targets), *([largest] if largest else []))


def list_largest_layers(latency: Latency) -> list[tuple[str, str]]:
    """Name and size of the five largest activations; none of a run from before they were looked
    at."""
    return [
        (format_layer_name(layer_memory), f"{format_megabytes(layer_memory.size)} MB")
        for layer_memory in (latency.graph.layers[:SHOWN] if latency.graph is not None else ())
    ]


def _describe_speed(latency: Latency) -> str:
    total = latency.total
    figures = {
        "p50": format_percentile(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms, " ms"),
        "p95": format_percentile(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms, " ms"),
        "n": format_number(latency.n),
    }
    if isnan(total.p99_ms):
        text = tr("Median {p50}, p95 {p95}; n = {n} frames.", **figures)
    else:
        p99 = format_percentile(total.p99_ms, total.p99_lo_ms, total.p99_hi_ms, " ms")
        text = tr("Median {p50}, p95 {p95}, p99 {p99}; n = {n} frames.", p99=p99, **figures)
    where = tr(
        "Measured for {time} on {machine}; background load: {load}.",
        time=format_minutes(latency.seconds),
        machine=latency.machine.get("processor", "?"),
        load=get_load_name(latency.load),
    )
    return " ".join(part for part in (text, describe_percentile_units(latency), where) if part)


def describe_percentile_units(latency: Latency) -> str:
    """What the limits of the percentiles count; empty where none has any."""
    total = latency.total
    if isnan(total.p50_lo_ms) and isnan(total.p95_lo_ms) and isnan(total.p99_lo_ms):
        return ""
    if total.by_blocks:
        return tr("In brackets: 95% CI by blocks of time.")
    return tr(
        "Measured by an earlier version: the intervals count single frames and are too narrow."
    )


def get_duration_name(code: str) -> str:
    """How long a run lasts, as it is chosen."""
    return {
        "short": tr("1 min"),
        "usual": tr("10 min"),
        "long": tr("30 min"),
        "flat": tr("until stable (max. 30 min)"),
    }[code]


def get_run_button_label(code: str) -> str:
    """Label of the button that begins a run of that duration."""
    return {
        "short": tr("Run 1 min"),
        "usual": tr("Run 10 min"),
        "long": tr("Run 30 min"),
        "flat": tr("Run until stable"),
    }[code]


def get_rate_name(fps: float) -> str:
    """Name of a frame rate choice; 0 for one after the other."""
    return tr("{rate} fps", rate=format_number(fps)) if fps else tr("unlimited")


def describe_progress(n: int, p50_ms: float | None) -> str:
    """Progress of a run under way."""
    if p50_ms is None:
        return tr("Processing the first frame …")
    text = tr_plural(
        "{n} frame; median over the last second {ms} ms",
        "{n} frames; median over the last second {ms} ms",
        n,
    )
    return text.format(n=n, ms=format_number(p50_ms, 1))


def describe_run(latency: Latency) -> str:
    """Caption of a curve: frames, time and load."""
    return tr_plural(
        "n = {n} frame in {time}; background load: {load}",
        "n = {n} frames in {time}; background load: {load}",
        latency.n,
        n=latency.n,
        time=format_minutes(latency.seconds),
        load=get_load_name(latency.load),
    )


def list_percentiles(latency: Latency) -> list[tuple[str, str]]:
    """Figure and range of p50, p95 and p99."""
    total = latency.total
    shown = [
        (total.p50_ms, total.p50_lo_ms, total.p50_hi_ms),
        (total.p95_ms, total.p95_lo_ms, total.p95_hi_ms),
        (total.p99_ms, total.p99_lo_ms, total.p99_hi_ms),
    ]
    return [
        (
            _format_ms(value),
            tr("too short for an interval")
            if isnan(lo)
            else f"{format_number(lo, 1)}–{format_number(hi, 1)} ms",
        )
        for value, lo, hi in shown
    ]


def _format_ms(value: float) -> str:
    return "–" if isnan(value) else format_number(value, 1)


def get_load_name(load: str) -> str:
    """Load beside a run in words, `none` or codes joined by `+`."""
    if load == "none":
        return tr("none")
    parts = [tr("video encoding")] if "encode" in load.split("+") else []
    busy = next(
        (part.partition("=")[2] for part in load.split("+") if part.startswith("busy=")), ""
    )
    return ", ".join(
        [
            *parts,
            *(
                [tr_plural("{n} busy core", "{n} busy cores", int(busy), n=int(busy))]
                if busy
                else []
            ),
        ]
    )


def _describe_target_rates(latency: Latency, targets: Sequence[float]) -> str:
    """`keeps up with 15 fps, not with 30`."""
    rates = sorted({*targets, *latency.target_fps, *([latency.fps] if latency.fps else [])})
    kept, missed = (
        [format_number(rate) for rate in rates if latency.can_keep_up(rate) is answer]
        for answer in (True, False)
    )
    if kept and missed:
        text = tr(
            "Target met at {kept} fps, missed at {missed} fps.",
            kept=", ".join(kept),
            missed=", ".join(missed),
        )
    elif rates:
        yes, no = tr("Target met: {rates} fps."), tr("Target missed: {rates} fps.")
        text = (yes if kept else no).format(rates=", ".join(kept or missed))
    else:
        text = tr(
            "Sequential throughput: {rate} fps.", rate=format_number(latency.throughput_fps, 1)
        )
    if latency.late.measured:
        late = tr("Frames that missed the camera's frame interval: {share} ({span}).")
        text += " " + late.format(
            share=format_rate(latency.late, 1), span=format_rate_limits(latency.late, 1)
        )
    return text


def get_stage_name(stage: str) -> str:
    """Name of a stage of inference."""
    return {
        "read": tr("read"),
        "decode": tr("decode"),
        "resize": tr("resize"),
        "normalise": tr("normalise"),
        "forward": tr("forward pass"),
        "post": tr("post-processing"),
    }[stage]


def get_machine_fact_name(code: str) -> str:
    """Name of a machine property."""
    return {
        "name": tr("name"),
        "runtime": tr("inference runtime"),
        "artefact": tr("model file"),
        "processor": tr("CPU"),
        "cores": tr("cores"),
        "system": tr("system"),
        "memory_mb": tr("memory, MB"),
    }[code]


def describe_machine_scope() -> str:
    """Say that the values apply to one machine only."""
    return tr("Values apply only to the computer named here.")


def _describe_stages(latency: Latency) -> str:
    return " · ".join(
        (
            f"{get_stage_name(name)} {format_number(stage.mean_ms, 1)} ms "
            f"({format_percent(stage.share)})"
        )
        for name, stage in latency.stages.items()
    )


def get_runner_folder_name(project: str) -> str:
    """Name of a folder that is exported for a device."""
    return f"{project}-bench"


def describe_runner_export(folder: str, n: int, megabytes: float) -> str:
    """Sentence on an exported folder, and what to do with it."""
    text = tr_plural(
        "Runner exported to {folder}: model and {n} frame, {size} MB. On the device, run "
        "python -I run_bench.py, then import bench.json here.",
        "Runner exported to {folder}: model and {n} frames, {size} MB. On the device, run "
        "python -I run_bench.py, then import bench.json here.",
        n,
    )
    return text.format(folder=to_one_line(folder), n=n, size=format_number(max(1.0, megabytes)))


def describe_runner_questions(n_field: int, n_benchmark: int) -> str:
    """What the device is asked to predict besides; empty where nothing."""
    if not n_field and not n_benchmark:
        return ""
    text = tr("The device also predicts picked frames ({n}) and benchmark images ({m}).")
    return text.format(n=format_number(n_field), m=format_number(n_benchmark))


def _describe_device(latency: Latency) -> str:
    if "read" not in latency.stages:
        return ""
    where = latency.machine.get("name") or latency.machine.get("processor", "?")
    if "artefact" in latency.machine:
        text = tr(
            "Measured on {machine} by the exported runner. Decoding, resizing and "
            "post-processing are not included."
        )
        return text.format(machine=to_one_line(where))
    text = tr(
        "Measured on {machine} by the exported runner; its predictions match those of this "
        "computer. "
        "Decoding, resizing and post-processing are not included."
    )
    return text.format(machine=to_one_line(where))


def _describe_throttling(latency: Latency) -> str:
    slowed = latency.throttling
    if latency.slowdown.cause in ("duty_cycle", "background"):
        return _describe_slowdown(latency.slowdown)
    if slowed.flag is None:
        return tr("Too short to detect throttling: run at least two minutes, better ten.")
    if not slowed.flag:
        return tr(
            "No throttling detected: the time per frame in the last minute was {ratio}× that "
            "of the first.",
            ratio=format_number(slowed.ratio, 2),
        )
    if not slowed.steps:
        return tr(
            "Slowdown: the time per frame in the last minute was {ratio}× that of the first.",
            ratio=format_number(slowed.ratio, 1),
        )
    return tr("Throttling {steps}.", steps=", ".join(map(_format_throttling_step, slowed.steps)))


def _describe_slowdown(slowed: Slowdown) -> str:
    values = {"time": format_minutes(slowed.at_s), "share": format_percent(slowed.share)}
    if slowed.cause == "duty_cycle":
        return tr(
            "Duty cycle, not throttling: from {time} on, the CPU was idle {share} of the time "
            "between frames.",
            **values,
        )
    if slowed.cores >= slowed.share:
        text = tr(
            "Background load, not throttling: from {time} on, other programs use {cores} more "
            "cores."
        )
        return text.format(cores=format_number(slowed.cores, 1), **values)
    text = tr(
        "Background load, not throttling: from {time} on, waiting for a core explains {share} "
        "of the added latency."
    )
    return text.format(**values)


def _describe_noise(latency: Latency) -> str:
    if isnan(latency.throttling.noise):
        return ""
    text = tr(
        "Noise floor (A–A): interleaved halves of this run differ by {noise}; smaller "
        "differences are not meaningful."
    )
    return text.format(noise=format_percent(latency.throttling.noise, 1))


def _describe_memory_target(latency: Latency) -> str:
    if not latency.target_mb or not latency.peak_mb:
        return ""
    text = (
        tr("Memory limit met: {mb} MB.")
        if latency.peak_mb <= latency.target_mb
        else tr("Memory limit exceeded: {mb} MB.")
    )
    return text.format(mb=format_number(latency.target_mb))


def _describe_steady_speed(latency: Latency) -> str:
    if latency.flat is None:
        return ""
    if latency.flat:
        return tr(
            "Stopped after {time}: stable over the last two five-minute blocks.",
            time=format_minutes(latency.seconds),
        )
    return tr(
        "Not stable after {time} (last two five-minute blocks).",
        time=format_minutes(latency.seconds),
    )


def _format_throttling_step(throttling_step: ThrottlingStep) -> str:
    return tr(
        "after {seconds} s: {step}× as long",
        seconds=format_number(throttling_step.at_s),
        step=format_number(throttling_step.step, 1),
    )


def _describe_memory(latency: Latency) -> str:
    if not latency.peak_mb:
        return tr("Memory not measured: not available on this system.")
    text = tr("Peak memory {peak} MB, {growth} MB growth after warm-up.")
    return text.format(
        peak=format_number(latency.peak_mb), growth=format_number(max(0.0, latency.growth_mb), 1)
    )


def _list_advice(latency: Latency) -> list[str]:
    """Advice from the machine's own values; none where they are unknown."""
    after, advice = latency.after, []
    if after.governor in SLOW_GOVERNORS:
        advice.append(
            tr("CPU frequency governor is {name}: set it to performance.", name=after.governor)
        )
    if after.celsius is not None and (after.celsius >= HOT or latency.throttling.flag):
        advice.append(
            tr(
                "Hottest sensor at the end: {degrees} °C. Improve cooling.",
                degrees=format_number(after.celsius),
            )
        )
    if latency.before.waited_s is not None and after.waited_s is not None and latency.seconds:
        share = (after.waited_s - latency.before.waited_s) / latency.seconds
        if share >= WAITED:
            advice.append(
                tr(
                    "The model waited for a free core {share} of the time: close other programs.",
                    share=format_percent(share),
                )
            )
    return advice


# Latency of several providers and thread counts in words: a line each, and which differences mean
# something.


def list_variant_lines(side_by_side: SideBySide) -> tuple[str, ...]:
    """A sentence on what was measured, a line a variant, and how they are compared."""
    head, *rest = list_variant_notes(side_by_side) or ("",)
    return tuple(
        line
        for line in (
            head,
            *(_format_variant(side_by_side, variant) for variant in side_by_side.variants),
            *rest,
        )
        if line
    )


def list_variant_notes(side_by_side: SideBySide) -> tuple[str, ...]:
    """Machine, blocks and load of a side-by-side run, how its variants are compared, and each
    provider that was left out; no variant by itself."""
    if not side_by_side.variants:
        return tuple(map(describe_parity, side_by_side.left_out))
    where = tr(
        "Variants compared on {machine} in alternating blocks of {seconds} s; background "
        "load: {load}."
    )
    head = where.format(
        machine=side_by_side.machine.get("processor", "?"),
        seconds=format_number(side_by_side.block_s, 1),
        load=get_load_name(side_by_side.load),
    )
    return head, _describe_rounds(side_by_side), *map(describe_parity, side_by_side.left_out)


def find_quickest(side_by_side: SideBySide) -> LatencyVariant:
    """Variant that took least, round by round beside the first. Raises ValueError without one."""
    return min(side_by_side.variants, key=lambda latency_variant: latency_variant.ratio)


def describe_quickest(side_by_side: SideBySide) -> str:
    """Quickest variant, as far as it is demonstrated to differ from the first."""
    quickest = find_quickest(side_by_side)
    name, ms = get_variant_name(quickest), format_number(quickest.total.p50_ms, 1)
    if quickest is not side_by_side.variants[0] and not quickest.is_different:
        text = tr(
            "{name} has the lowest median: {ms} ms per frame; no difference to {first} "
            "demonstrated."
        )
        return text.format(name=name, ms=ms, first=get_variant_name(side_by_side.variants[0]))
    if quickest is not side_by_side.variants[0]:
        text = tr("{name} is faster than {first}: median {ms} ms per frame.")
        return text.format(name=name, ms=ms, first=get_variant_name(side_by_side.variants[0]))
    return tr("{name} has the lowest median: {ms} ms per frame.", name=name, ms=ms)


def get_variant_name(variant: LatencyVariant) -> str:
    """Provider and number of threads."""
    text = tr_plural("{provider}, {n} thread", "{provider}, {n} threads", variant.threads)
    return text.format(provider=get_provider_name(variant.provider), n=variant.threads)


def format_relative_latency(side_by_side: SideBySide, variant: LatencyVariant) -> str:
    """Latency of a variant as a multiple of the first, marked where no difference is demonstrated;
    a dash for the first itself."""
    if variant is side_by_side.variants[0]:
        return "–"
    ratio = format_number(variant.ratio, 2)
    return f"{ratio}×" if variant.is_different else tr("{ratio}× (not demonstrated)", ratio=ratio)


def format_percentile(value: float, lo: float, hi: float, unit: str = "") -> str:
    """Percentile with its limits, `unit` between them."""
    return f"{format_number(value, 1)}{unit} ({_format_range(lo, hi)})"


def _format_range(lo: float, hi: float) -> str:
    if isnan(lo):
        return tr("too short for an interval")
    return f"{format_number(lo, 1)}–{format_number(hi, 1)}"


def _format_variant(side_by_side: SideBySide, latency_variant: LatencyVariant) -> str:
    total = latency_variant.total
    parts = [f"p50 {format_percentile(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms, ' ms')}"]
    parts.append(f"p95 {format_percentile(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms, ' ms')}")
    text = tr_plural(
        "{name}: {figures}, n = {n} frame", "{name}: {figures}, n = {n} frames", latency_variant.n
    )
    line = text.format(
        name=get_variant_name(latency_variant), figures=", ".join(parts), n=latency_variant.n
    )
    return (
        f"{line}; {_format_variant_ratio(latency_variant)}."
        if latency_variant is not side_by_side.variants[0]
        else f"{line}."
    )


def _format_variant_ratio(variant: LatencyVariant) -> str:
    figures = {"ratio": format_number(variant.ratio, 2)}
    if isnan(variant.ratio_lo):
        return tr("{ratio}× the first", **figures)
    figures["range"] = f"{format_number(variant.ratio_lo, 2)}–{format_number(variant.ratio_hi, 2)}"
    if variant.is_different:
        return tr("{ratio}× the first ({range}), demonstrated", **figures)
    return tr("{ratio}× the first ({range}), no difference demonstrated", **figures)


def _describe_rounds(side_by_side: SideBySide) -> str:
    text = tr(
        "{n} rounds in alternating order; a difference is demonstrated by sign flips of whole "
        "rounds (p ≤ 0.05) and a 95% CI without 1."
    )
    return text.format(n=len(side_by_side.variants[0].blocks_ms))
