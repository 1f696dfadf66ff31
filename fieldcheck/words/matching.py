"""Corruption matching in words: the corruption that makes the benchmark look like the field. Looks like is not: is caused by."""

from __future__ import annotations

from fieldcheck.domain.field_match import Match, Ranked
from fieldcheck.words.corruptions import family_name
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text


def matched(found: Match) -> str:
    """Which damage it is, or that none is and why, and from how much that was found."""
    return f"{_corruption(found)} {rests_on(found)}".rstrip()


def rests_on(found: Match) -> str:
    """How many pictures and frames were compared, and whether other clips would say the same. Empty where an earlier version kept none."""
    if not found.n_frames:
        return ""
    counts = (
        plural("{n} benchmark image", "{n} benchmark images", found.n_pictures).format(n=found.n_pictures),
        plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames),
        plural("{n} clip", "{n} clips", found.n_clips).format(n=found.n_clips),
    )
    said = text("Compared: {pictures} with {frames} from {clips}.").format(
        **dict(zip(("pictures", "frames", "clips"), counts, strict=True))
    )
    if not found.top:
        return said
    if found.n_clips == 1:
        return said + " " + text("Only one clip: stability across clips unknown.")
    return said + " " + text("Bootstrap over clips: the best match stays the best in {wins} of samples.").format(wins=percent(found.wins))


def _corruption(found: Match) -> str:
    if found.named is not None:
        said = text(
            "Best match for the field: {name}, mean severity {severity} of 5; explains {share} of the difference. Similarity, not cause."
        )
        severity, share = number(found.named.severity, 1), percent(found.named.explained)
        return said.format(name=family_name(found.named.family), severity=severity, share=share) + _together(found)
    if found.second is not None:
        said = text(
            "No single corruption explains the field; two together explain {share} of the difference: {first} "
            "(mean severity {a} of 5) + {second} ({b}). Similarity, not cause."
        )
        names = {"first": family_name(found.top[0].family), "second": family_name(found.second.family)}
        severities = {"a": number(found.second.first_severity, 1), "b": number(found.second.severity, 1)}
        return said.format(**names, **severities, share=percent(found.second.explained))
    why = {
        "too_few": text("Fewer than ten images on one side: no match reported."),
        "alike": text("No corruption brings the benchmark closer to the field."),
        "unexplained": text("No single corruption explains the field: the best one leaves at least half of the difference unexplained."),
        "undecided": text("No single corruption explains the field: the best match varies between clips."),
    }
    return why[found.reason]


def _together(found: Match) -> str:
    """What the named one explains with the second one beside it, if there is one."""
    if found.second is None:
        return ""
    said = text("With a second corruption, {second} ({b} of 5), {share} is explained.")
    name, severity = family_name(found.second.family), number(found.second.severity, 1)
    return " " + said.format(second=name, b=severity, share=percent(found.second.explained))


def ranked(one: Ranked) -> str:
    """One of the best three."""
    return text("{name} {share}").format(name=family_name(one.family), share=percent(one.explained))
