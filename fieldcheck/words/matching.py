"""Corruption matching in words: the corruption that makes the benchmark look like the field. Looks like is not: is caused by."""

from __future__ import annotations

from fieldcheck.domain.field_match import CandidateCorruption, FieldMatch
from fieldcheck.words.corruptions import get_family_name
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural


def describe_match(found: FieldMatch) -> str:
    """Which damage it is, or that none is and why, and from how much that was found."""
    return f"{_describe_matched_corruption(found)} {describe_match_sample(found)}".rstrip()


def describe_match_sample(found: FieldMatch) -> str:
    """How many pictures and frames were compared, and whether other clips would say the same. Empty where an earlier version kept none."""
    if not found.n_frames:
        return ""
    counts = (
        tr_plural("{n} benchmark image", "{n} benchmark images", found.n_pictures).format(n=found.n_pictures),
        tr_plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames),
        tr_plural("{n} clip", "{n} clips", found.n_clips).format(n=found.n_clips),
    )
    said = tr("Compared: {pictures} with {frames} from {clips}.").format(**dict(zip(("pictures", "frames", "clips"), counts, strict=True)))
    if not found.top:
        return said
    if found.n_clips == 1:
        return said + " " + tr("Only one clip: stability across clips unknown.")
    return (
        said + " " + tr("Bootstrap over clips: the best match stays the best in {wins} of samples.").format(wins=format_percent(found.wins))
    )


def _describe_matched_corruption(found: FieldMatch) -> str:
    if found.named is not None:
        said = tr(
            "Best match for the field: {name}, mean severity {severity} of 5; explains {share} of the difference. Similarity, not cause."
        )
        severity, share = format_number(found.named.severity, 1), format_percent(found.named.explained)
        return said.format(name=get_family_name(found.named.family), severity=severity, share=share) + _describe_combination(found)
    if found.second is not None:
        said = tr(
            "No single corruption explains the field; two together explain {share} of the difference: {first} "
            "(mean severity {a} of 5) + {second} ({b}). Similarity, not cause."
        )
        names = {"first": get_family_name(found.top[0].family), "second": get_family_name(found.second.family)}
        severities = {"a": format_number(found.second.first_severity, 1), "b": format_number(found.second.severity, 1)}
        return said.format(**names, **severities, share=format_percent(found.second.explained))
    why = {
        "too_few": tr("Fewer than ten images on one side: no match reported."),
        "alike": tr("No corruption brings the benchmark closer to the field."),
        "unexplained": tr("No single corruption explains the field: the best one leaves at least half of the difference unexplained."),
        "undecided": tr("No single corruption explains the field: the best match varies between clips."),
    }
    return why[found.reason]


def _describe_combination(found: FieldMatch) -> str:
    """What the named one explains with the second one beside it, if there is one."""
    if found.second is None:
        return ""
    said = tr("With a second corruption, {second} ({b} of 5), {share} is explained.")
    name, severity = get_family_name(found.second.family), format_number(found.second.severity, 1)
    return " " + said.format(second=name, b=severity, share=format_percent(found.second.explained))


def format_candidate(one: CandidateCorruption) -> str:
    """One of the best three."""
    return tr("{name} {share}").format(name=get_family_name(one.family), share=format_percent(one.explained))
