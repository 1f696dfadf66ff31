"""Where models are computed, in words: the names of providers, and what came of holding one against the processor."""

from __future__ import annotations

from fieldcheck.domain.provider import CPU, MOST_MOVED, Parity
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.formatting import format_names, to_one_line
from fieldcheck.words.language import tr


def get_provider_name(code: str) -> str:
    """Name of an execution provider, as its maker calls it."""
    return {
        CPU: tr("Processor (CPU)"),
        "cuda": "CUDA (NVIDIA)",
        "directml": "DirectML (Windows)",
        "coreml": "Core ML (Apple)",
        "openvino": "OpenVINO (Intel)",
    }.get(code, code)


def describe_parity(found: Parity) -> str:
    """Whether it is used, and why not; what it leaves to the processor."""
    name = get_provider_name(found.provider)
    if found.problem == "missing":
        return tr("{name} is selected but not installed. The CPU is used.").format(name=name)
    if found.problem == "failed":
        said = tr("{name} cannot run this model ({seen}). The CPU is used.")
        return said.format(name=name, seen=to_one_line(found.detail))
    if found.problem == "differs":
        said = tr("{name} differs from the CPU by up to {moved} on {n} frames (limit {most}). The CPU is used.")
        return said.format(name=name, n=found.n, moved=format_number(found.moved, 3), most=format_number(MOST_MOVED, 2))
    said = tr("Execution provider {name}: predictions on {n} frames within {moved} of the CPU.")
    lines = [said.format(name=name, n=found.n, moved=format_percent(found.moved, 2))]
    if found.lacks:
        lines.append(tr("Unsupported operators run on the CPU: {names}.").format(names=format_names(found.lacks)))
    return " ".join(lines)
