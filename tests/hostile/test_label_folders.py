"""Label folders as the tools of others write them: each comes in box by box, or is refused with the
reason and what to do.

What is not read as it stands is counted in the receipt; anything else that is missing is a silent
loss.
"""

import json
from collections import Counter

import pytest

from fieldcheck.errors import message_format
from fieldcheck.labels.import_labels import FAULTS
from fieldcheck.models.run import get_benchmark
from fieldcheck.project.folder import open_project
from tests import makers
from tests.hostile.label_folders import KINDS, LABEL_FOLDERS, TRUTH
from tests.hostile.told import MOST_S, Unhindered

LEAST = 71
EMPTY_REASONS = ("()", ": )", "(track)", "(shapes)", "malformed (")


def names_of(folder):
    return [name for name in TRUTH if name in folder.images]


def is_in(point, box):
    of, x, y, w, h = box
    return point.class_name == of and x - 0.5 <= point.x < x + w and y - 0.5 <= point.y < y + h


def differences(folder, items):
    """What of the images and their labels is other than it was written, a sentence each; and how
    many boxes were compared."""
    read = {item.path.rpartition("/")[2]: item for item in items}
    if set(read) != set(folder.images) or len(items) != len(folder.images):
        return [f"images {sorted(item.path for item in items)}"], 0
    wrong = []
    for name in names_of(folder):
        item, truth = read[name], TRUTH[name]
        if (
            folder.holds == "classes"
            and item.class_name != KINDS[name]
            and item.class_name != "good"
        ):
            wrong.append(f"{name}: class {item.class_name}")
        if folder.holds == "points" and not (
            len(item.points) == len(truth)
            and all(any(is_in(point, box) for point in item.points) for box in truth)
        ):
            wrong.append(f"{name}: points {item.points}")
        if folder.holds == "boxes":
            boxes = sorted((box.class_name, box.x, box.y, box.w, box.h) for box in item.boxes)
            near = len(boxes) == len(truth) and all(
                a[0] == b[0]
                and all(abs(p - q) <= folder.slack for p, q in zip(a[1:], b[1:], strict=True))
                for a, b in zip(boxes, sorted(truth), strict=True)
            )
            wrong += [] if near else [f"{name}: boxes {boxes}"]
    return wrong, sum(len(TRUTH[name]) for name in folder.images)


def unsaid(folder, receipt):
    """What the receipt says other than is true."""
    faults = {kind: len(receipt[kind]) for kind in FAULTS}
    said = {
        "part": receipt["part"] or "",
        "losses": receipt["losses"],
        "outlines": receipt["outlines"],
        "faults": Counter(faults),
    }
    true = {
        "part": folder.part,
        "losses": dict(folder.losses),
        "outlines": folder.outlines,
        "faults": Counter(folder.faults),
    }
    return [f"{key}: {said[key]} is not {true[key]}" for key in true if said[key] != true[key]]


def import_folder(terminal, folder, place):
    """Faults of one import through the command, and how many boxes were compared."""
    project = makers.empty_project(place / "p.fieldcheck")
    project.close()
    path = folder.lay(place / "set")
    wish = ("--part", folder.wish) if folder.wish else ()
    with Unhindered() as took, message_format.use_audience("terminal"):
        outcome = terminal("benchmark", "set", project.path, path, *wish, "--json")
    found = ["hang"] if took.seconds > MOST_S else []
    if outcome.code not in (0, 1) or "Traceback" in outcome.err:
        return [*found, f"bug: {outcome.err}"], 0
    if folder.problem:
        missing = [word for word in folder.words if word not in outcome.err]
        empty = [word for word in EMPTY_REASONS if word in outcome.err]
        return [
            *found,
            *(
                [f"refusal: {outcome.err} lacks {missing} {empty}"]
                if outcome.code != 1 or missing or empty
                else []
            ),
        ], 0
    if outcome.code:
        return [*found, f"refused: {outcome.err}"], 0
    with open_project(project.path, write=False) as opened:
        items = get_benchmark(opened).items
    wrong, n = differences(folder, items)
    return [*found, *wrong, *unsaid(folder, json.loads(outcome.out)["receipt"])], n


def test_there_are_at_least_as_many_folders_as_were_met():
    assert len({folder.tool for folder in LABEL_FOLDERS}) == len(LABEL_FOLDERS) >= LEAST


@pytest.mark.full("label_folders")
def test_the_label_folders_of_others_come_in_whole_or_are_refused_with_a_reason(
    terminal, tmp_path, counts, evidence
):
    folders = LABEL_FOLDERS[: counts(ci=len(LABEL_FOLDERS), full=len(LABEL_FOLDERS))]
    faults, boxes, read, refused = {}, 0, 0, 0
    for at, folder in enumerate(folders):
        wrong, n = import_folder(terminal, folder, tmp_path / str(at))
        faults |= {folder.tool: wrong} if wrong else {}
        is_bad = bool(folder.problem)
        boxes, read, refused = (boxes + n, read + (not folder.problem), refused + is_bad)
    every = [one for wrong in faults.values() for one in wrong]
    bugs, hangs = sum(one.startswith("bug") for one in every), every.count("hang")
    evidence(
        folders=len(folders), read=read, refused_with_a_reason=refused, labels_compared=boxes,
        bugs=bugs, hangs=hangs,
        silent_losses=len(every) - bugs - hangs,
    )  # fmt: skip
    assert not faults, "\n".join(f"{tool}: {wrong}" for tool, wrong in faults.items())
