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
        plural("{n} benchmark picture", "{n} benchmark pictures", found.n_pictures).format(n=found.n_pictures),
        plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames),
        plural("{n} clip", "{n} clips", found.n_clips).format(n=found.n_clips),
    )
    said = text("Compared: {pictures} with {frames} of {clips}.").format(**dict(zip(("pictures", "frames", "clips"), counts, strict=True)))
    if not found.top:
        return said
    if found.n_clips == 1:
        return said + " " + text("Whether another clip would say the same is not known.")
    return (
        said
        + " "
        + text("Where the clips are drawn anew, the best one stays the best in {wins} of the draws.").format(wins=percent(found.wins))
    )


def _corruption(found: Match) -> str:
    if found.named is not None:
        said = text(
            "The corruption that makes the benchmark look most like the field: {name}, on average at "
            "{severity} of 5. It explains {share} of the difference. This says what the field looks like, "
            "not what caused it."
        )
        severity, share = number(found.named.severity, 1), percent(found.named.explained)
        return said.format(name=family_name(found.named.family), severity=severity, share=share) + _together(found)
    if found.second is not None:
        said = text(
            "No single corruption explains the field; two together explain {share} of the difference: "
            "{first} (on average {a} of 5) + {second} ({b}). This says what the field looks like, not what "
            "caused it."
        )
        names = {"first": family_name(found.top[0].family), "second": family_name(found.second.family)}
        severities = {"a": number(found.second.first_severity, 1), "b": number(found.second.severity, 1)}
        return said.format(**names, **severities, share=percent(found.second.explained))
    why = {
        "too_few": text("With fewer than ten pictures on a side nothing is said of which corruption the field looks like."),
        "alike": text("No corruption brings the benchmark nearer to the field than it is."),
        "unexplained": text("No single corruption explains the field: even the best leaves half of the difference."),
        "undecided": text("No single corruption explains the field: which is best changes from clip to clip."),
    }
    return why[found.reason]


def _together(found: Match) -> str:
    """What the named one explains with the second one beside it, if there is one."""
    if found.second is None:
        return ""
    said = text("Together with a second one, {second} ({b} of 5), it explains {share}.")
    name, severity = family_name(found.second.family), number(found.second.severity, 1)
    return " " + said.format(second=name, b=severity, share=percent(found.second.explained))


def ranked(one: Ranked) -> str:
    """One of the best three."""
    return text("{name} {share}").format(name=family_name(one.family), share=percent(one.explained))
