"""Every act that a project registers, as one that can be done at random; and a process that does
them as it is told.

`serve` answers each tuple that comes through its pipe: `("do", NAME, SEED)` with whether there is
now more to undo, `("undo",)` and `("redo",)` with what they undid and did again, `("depths",)` with
how much of both is left.
"""

import random
from contextlib import suppress

from fieldcheck.domain.label import WHYS_OUT, Box, Label, LabelDraft, LabelReview
from fieldcheck.domain.project_state import ACTS
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.evidence import merge_labels
from fieldcheck.footage import clips_and_scene_cuts
from fieldcheck.labels import store
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, recordings
from fieldcheck.project.tables import values as saved_slices
from fieldcheck.project.tables.values import TableRow
from fieldcheck.sampling.pick_frames import pick_frames
from fieldcheck.sampling.proposal import add_extra, exclude_picks, restore_picks, set_required
from tests import makers

COLOURS = ("red", "green", "blue")
# acts that others stand on
MOSTLY = ("label.set", "draft.draw", "pick.take_out", "mark.person", "clip.cut")


def listed(project):
    return [line.frame.frame_id for line in project.read(clips_and_scene_cuts.list_sampling_lines)]


def picked(project, rng):
    return rng.choice([one.frame_id for one in project.read(labels.list_picks)])


def set_setting(act):
    return lambda project, rng: project.edit(
        act.name, puts=[saved_slices.make_setting_row(act.key, rng.random())]
    )


def merge_somebody(project, rng):
    """Another person's answer to a frame, as a merge takes it in."""
    name = picked(project, rng)
    label = Label(name, "done", rng.choice(COLOURS), by="another", at=f"{rng.random()}", blind=True)
    project.write(
        lambda db: merge_labels.take_labels(db, merge_labels.OtherLabels((label,), (), ()))
    ).result()


def decide_a_conflict(project, rng):
    merge_labels.resolve_conflict(
        project, rng.choice([one.frame_id for one in merge_labels.list_label_conflicts(project)]),
        rng.random() < 0.5, "a third", f"{rng.random()}",
    )  # fmt: skip


def stroke(name):
    def act(project, rng):
        box = Box(
            rng.choice(COLOURS), rng.random() * 30, rng.random() * 20, 5, 5,
            occluded=rng.random() < 0.5,
        )  # fmt: skip
        store.store_draft(project, LabelDraft(picked(project, rng), (box,)), name)

    return act


def one_label(project, rng, name):
    return labels.make_label_row(Label(name, "done", rng.choice(COLOURS), by="file"))


def slice_row(name, figure):
    return TableRow("slice", {"name": name, "filter": f'{{"confidence":[0,{figure}]}}'})


def put_some_back(project, rng):
    out = [one.frame_id for one in project.read(labels.list_picks) if one.taken_out]
    restore_picks(project, [rng.choice(out)])


def answer_a_repeat(project, rng):
    store.store_repeat(
        project, rng.choice(project.read(labels.list_repeats)).frame_id,
        store.LabelDecision(rng.choice(COLOURS)), "me", makers.NOW,
    )  # fmt: skip


def import_labels(project, rng):
    rows = [one_label(project, rng, picked(project, rng)) for _ in range(3)]
    project.edit("label.import", puts=rows)


def clear_a_label(project, rng):
    key = labels.make_label_key(rng.choice(project.read(labels.list_labels)).frame_id)
    project.edit("label.clear", deletes=[key])


def move_a_border(project, rng):
    clip = rng.choice(project.read(recordings.list_clips)[1:])
    clips_and_scene_cuts.move_clip_start(project, clip.clip_id, clip.clip_id, rng.uniform(-5, 5))


def look_again(project, rng):
    review = LabelReview(picked(project, rng), "model_wrong", "red", at=str(rng.random()))
    project.edit("second_look.set", puts=[labels.make_label_review_row(review)])


def propose_again(project, rng):
    pick_frames(
        project, count=rng.randint(5, 20), seed=rng.randint(0, 99), design="even", required=(),
        progress=NullProgress(), now=makers.NOW,
    )  # fmt: skip


MAKERS = {
    **{act.name: set_setting(act) for act in ACTS if act.key},
    **{f"draft.{name}": stroke(name) for name in store.STROKES},
    "clip.cut": lambda project, rng: clips_and_scene_cuts.split_clip(project, rng.choice(listed(project))),
    "clip.join": lambda project, rng: clips_and_scene_cuts.join_previous_clip(
        project, rng.choice(project.read(recordings.list_clips)).clip_id
    ),
    "clip.move": move_a_border,
    "label.burst": lambda project, rng: store.label_same_burst(
        project, [picked(project, rng) for _ in range(4)],
        rng.choice(project.read(labels.list_labels)).frame_id, "me", makers.NOW,
    ),
    "label.clear": clear_a_label,
    "label.import": import_labels,
    "label.set": lambda project, rng: store.set_label(
        project, picked(project, rng), store.LabelDecision(rng.choice(COLOURS)), "me", makers.NOW
    ),
    "mark.expert": lambda project, rng: store.mark_expert(
        project, picked(project, rng), rng.random() < 0.7, "me"
    ),
    "mark.person": lambda project, rng: store.mark_person(
        project, [picked(project, rng)], rng.random() < 0.7, "me"
    ),
    "pair.drop": lambda project, rng: project.edit(
        "pair.drop", puts=[saved_slices.make_setting_row("pairs", [])]
    ),
    "pair.keep": lambda project, rng: project.edit(
        "pair.keep", puts=[saved_slices.make_setting_row("pairs", [{"key": str(rng.random())}])]
    ),
    "pick.add": lambda project, rng: add_extra(
        project, [rng.choice(listed(project))], NullProgress()
    ),
    "pick.must": lambda project, rng: set_required(
        project, [rng.choice(listed(project))], rng.random() < 0.7
    ),
    "pick.propose": propose_again,
    "pick.put_back": put_some_back,
    "pick.take_out": lambda project, rng: exclude_picks(
        project, [picked(project, rng)], rng.choice(WHYS_OUT), NullProgress()
    ),
    "label.adjudicate": decide_a_conflict,
    "label.merge": merge_somebody,
    "repeat.plan": lambda project, rng: store.plan_repeats(project, "me"),
    "repeat.set": answer_a_repeat,
    "second_look.clear": lambda project, rng: project.edit(
        "second_look.clear",
        deletes=[
            labels.make_label_review_key(
                rng.choice(list(project.read(labels.list_label_reviews)))
            )
        ],
    ),
    "second_look.set": look_again,
    "slice.delete": lambda project, rng: project.edit(
        "slice.delete", deletes=[saved_slices.make_slice_key(rng.choice(COLOURS))]
    ),
    "slice.save": lambda project, rng: project.edit(
        "slice.save", puts=[slice_row(rng.choice(COLOURS), rng.random())]
    ),
    "tag.set": lambda project, rng: project.edit(
        "tag.set", puts=[labels.make_tags_row(picked(project, rng), (rng.choice(COLOURS),))]
    ),
}  # fmt: skip


def do(project, name, rng):
    """Does the act, if it can be done now; whether the history grew."""
    before = project.count_history()[0]
    # nothing to do it to, or a refusal that the act's own tests are about
    with suppress(FieldcheckError, IndexError):
        MAKERS[name](project, rng)
    return project.count_history()[0] > before


def answer(project, asked):
    """To one line."""
    match asked:
        case ["do", name, seed]:
            return do(project, name, random.Random(seed))
        case ["undo" | "redo" as back]:
            return str(getattr(project, back)())
        case ["depths"]:
            return project.count_history()
    raise ValueError(asked)


def serve(path, asked):
    """Answers what comes through the pipe, until it is killed."""
    project = open_project(path)
    while True:
        asked.send(answer(project, asked.recv()))
