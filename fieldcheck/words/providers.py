"""Where models are computed, in words: the names of providers, and what came of holding one against the processor."""

from __future__ import annotations

from fieldcheck.domain.provider import CPU, MOST_MOVED, Parity
from fieldcheck.words.figures import number, percent
from fieldcheck.words.formatting import listed, plain
from fieldcheck.words.language import text


def provider_name(code: str) -> str:
    """Name of an execution provider, as its maker calls it."""
    return {
        CPU: text("Processor (CPU)"),
        "cuda": "CUDA (NVIDIA)",
        "directml": "DirectML (Windows)",
        "coreml": "Core ML (Apple)",
        "openvino": "OpenVINO (Intel)",
    }.get(code, code)


def parity_said(found: Parity) -> str:
    """Whether it is used, and why not; what it leaves to the processor."""
    name = provider_name(found.provider)
    if found.problem == "missing":
        return text("{name} is selected but not installed. The CPU is used.").format(name=name)
    if found.problem == "failed":
        said = text("{name} cannot run this model ({seen}). The CPU is used.")
        return said.format(name=name, seen=plain(found.detail))
    if found.problem == "differs":
        said = text("{name} differs from the CPU by up to {moved} on {n} frames (limit {most}). The CPU is used.")
        return said.format(name=name, n=found.n, moved=number(found.moved, 3), most=number(MOST_MOVED, 2))
    said = text("Execution provider {name}: predictions on {n} frames within {moved} of the CPU.")
    lines = [said.format(name=name, n=found.n, moved=percent(found.moved, 2))]
    if found.lacks:
        lines.append(text("Unsupported operators run on the CPU: {names}.").format(names=listed(found.lacks)))
    return " ".join(lines)
