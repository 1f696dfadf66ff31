"""Codes of what is judged: the verdict on the gap, readiness, lines of the checklist, slices; and what an interval is of."""

from __future__ import annotations

from typing import Literal

Verdict = Literal["pass", "fail", "not_enough", "not_comparable", "chosen_only"]
Readiness = Literal["not_ready", "not_enough", "not_comparable", "supervised_trial", "not_shown"]
CheckState = Literal["pass", "fail", "too_few", "not_measured"]
Flag = Literal["blind_spot", "suspect", "ok", "too_few"]
Basis = Literal["footage", "camera"]
"""Whether the gap is that of the listed frames alone, or of what this camera sees."""
