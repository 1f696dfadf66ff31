"""Sentences for what labels became less by, on their way in from a file or out into one."""

from __future__ import annotations

from fieldcheck.words.language import plural


def loss_line(kind: str, n: int) -> str:
    """One sentence for one kind of loss; `kind` as of `exchange.label_set.SetAside`."""
    said = {
        "masks": plural("{n} outline or mask is held as a point inside.", "{n} outlines or masks are held as points inside.", n),
        "specks": plural("{n} speck of a mask has no point.", "{n} specks of masks have no point.", n),
        "not_judged": plural(
            "{n} mask has pixels that nobody judged; what a model marks there counts as false.",
            "{n} masks have pixels that nobody judged; what a model marks there counts as false.", n,
        ),
        "outlines_unread": plural("{n} outline cannot be read; its box stands.", "{n} outlines cannot be read; their boxes stand.", n),
        "keypoints": plural("{n} set of key points was passed over.", "{n} sets of key points were passed over.", n),
        "turned": plural(
            "{n} turned box is not held as it stands; an upright one around it is.",
            "{n} turned boxes are not held as they stand; upright ones around them are.", n,
        ),
        "shapes": plural(
            "{n} shape that is no box, outline or point was passed over.",
            "{n} shapes that are no box, outline or point were passed over.", n
        ),
        "attributes": plural("{n} attribute of an object was passed over.", "{n} attributes of objects were passed over.", n),
        "tags": plural("{n} tag of a whole picture was passed over.", "{n} tags of whole pictures were passed over.", n),
        "several_answers": plural(
            "{n} picture was labelled more than once; the last answer was taken.",
            "{n} pictures were labelled more than once; the last answers were taken.", n,
        ),
        "crowd": plural("{n} box lost its mark as a crowd.", "{n} boxes lost their mark as a crowd.", n),
        "occluded": plural("{n} box lost its mark as hidden in part.", "{n} boxes lost their mark as hidden in part.", n),
        "truncated": plural("{n} box lost its mark as cut off by the edge.", "{n} boxes lost their mark as cut off by the edge.", n),
        "pictures": plural("{n} picture is named and not written.", "{n} pictures are named and not written.", n),
    }.get(kind, plural("{n} label was passed over.", "{n} labels were passed over.", n))  # fmt: skip
    return said.format(n=n)
