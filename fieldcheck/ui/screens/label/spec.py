"""Label: what is on each frame; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec, not_yet, ready
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.frame_reasons import SKIPS, skip_reason
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.label import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.label.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None or standing.n_picked == 0:
        return not_yet()
    said = standing.n_picked - standing.n_left
    if said == 0:
        return ready()
    of = text("{done} of {all}").format(done=said, all=standing.n_picked)
    return Badge("done", of) if standing.n_left == 0 else Badge("going", of, said / standing.n_picked)


def _about() -> About:
    return About(
        text("You say what is in each frame. One key stores the label and shows the next frame."),
        (
            text("Look, then press the number of the class. Nothing has to be saved; undo takes a wrong key back, also after a restart."),
            text("Where nobody could tell, say unsure; where the frame cannot be used, skip it. Both are counted in the report."),
            text(
                "Boxes: two clicks, a drag, or G and four outermost points. Every stroke is kept at once; Enter accepts, 0 says nothing "
                "is there."
            ),
            text(
                "When all are done, R brings some once more without their labels: how often both answers agree says how good labels can be."
            ),
        ),
        (
            text(
                "The model's answer stays hidden until you have labelled: a suggestion draws people along, and the score would be too good."
            ),
        ),
    )


def _actions() -> list[Entry]:
    screen = "label"
    digits = [
        Entry(f"label.class_{at + 1}", text("Class {number}, and the next frame").format(number=at + 1), (key,), screen)
        for at, key in enumerate("1234567890")
    ]
    shifted = [
        Entry(f"label.class_{10 + at}", text("Class {number}, and the next frame").format(number=10 + at), (f"Shift+{at}",), screen)
        for at in range(1, 5)
    ]
    reasons = [
        Entry(f"label.reason_{at}", text("Why it was skipped: {reason}").format(reason=skip_reason(SKIPS[at])), (f"Alt+{at}",), screen)
        for at in range(1, len(SKIPS))
    ]
    return [
        *digits,
        *shifted,
        Entry("label.same", text("Same as the last label, and the next frame"), ("Space",), screen),
        Entry("label.burst", text("The last label for the rest of the burst"), ("B",), screen),
        Entry("label.unsure", text("Unsure, and the next frame"), ("U",), screen),
        Entry("label.skip", text("Skip: this frame cannot be used"), ("X",), screen),
        *reasons,
        Entry("label.expert", text("Flag for the expert, or take the flag away"), ("E",), screen),
        Entry("label.back", text("Take the last label back and show its frame"), ("Backspace",), screen),
        Entry("label.left", text("Frame before, or move the box left"), ("Left",), screen, repeats=True),
        Entry("label.right", text("Frame after, or move the box right"), ("Right",), screen, repeats=True),
        Entry("label.next", text("Next frame without a label"), ("N",), screen),
        Entry("label.first", text("First frame"), ("Home",), screen),
        Entry("label.last", text("Last frame"), ("End",), screen),
        Entry("label.loupe", text("Loupe, while the key is held"), ("Z",), screen, hold=True),
        Entry("label.lift", text("Lift the shadows, on the screen only"), ("L",), screen),
        Entry("label.find", text("Find a class by typing"), ("/",), screen),
        Entry("label.result", text("Show the result of the labels"), ("V",), screen),
        Entry("label.blind", text("Show the model's answer, or hide it again"), ("Ctrl+B",), screen),
        Entry("label.suggested", text("Take the model's answer over"), ("M",), screen),
        Entry("label.next_model", text("Suggestions of the next model"), ("Alt+M",), screen),
        Entry("label.repeats", text("Label some frames once more, blind"), ("R",), screen),
    ]


def _of_boxes() -> list[Entry]:
    screen = "label"
    return [
        Entry("label.accept", text("Accept what was drawn, and the next frame"), ("Return",), screen),
        Entry("label.extremes", text("Draw a box by its four extreme points"), ("G",), screen),
        Entry("label.snap", text("Snap the box to edges of the picture"), ("S",), screen),
        Entry("label.hidden", text("The box is partly hidden, or not"), ("H",), screen),
        Entry("label.cut_off", text("The box is cut off, or not"), ("C",), screen),
        Entry("label.copy_boxes", text("Remember the box"), ("Ctrl+C",), screen),
        Entry("label.paste_boxes", text("Put the remembered box here"), ("Ctrl+V",), screen),
        Entry("label.insert", text("Put a box, or a point, in the centre"), ("Ins",), screen),
        Entry("label.delete", text("Delete the box, or the point"), ("Del",), screen),
        Entry("label.duplicate", text("Copy the box"), ("Ctrl+D",), screen),
        Entry("label.next_box", text("Next box or point"), ("Tab",), screen),
        Entry("label.previous_box", text("Box or point before"), ("Shift+Tab",), screen),
        Entry("label.copy_previous", text("Copy the boxes of the nearest labelled frame"), ("P",), screen),
        Entry("label.up", text("Move the box up"), ("Up",), screen, repeats=True),
        Entry("label.down", text("Move the box down"), ("Down",), screen, repeats=True),
        Entry("label.left_far", text("Move the box left by 10"), ("Shift+Left",), screen, repeats=True),
        Entry("label.right_far", text("Move the box right by 10"), ("Shift+Right",), screen, repeats=True),
        Entry("label.up_far", text("Move the box up by 10"), ("Shift+Up",), screen, repeats=True),
        Entry("label.down_far", text("Move the box down by 10"), ("Shift+Down",), screen, repeats=True),
        Entry("label.wider", text("Right edge to the right"), ("Alt+Right",), screen, repeats=True),
        Entry("label.narrower", text("Right edge to the left"), ("Alt+Left",), screen, repeats=True),
        Entry("label.taller", text("Lower edge down"), ("Alt+Down",), screen, repeats=True),
        Entry("label.shorter", text("Lower edge up"), ("Alt+Up",), screen, repeats=True),
        Entry("label.left_out", text("Left edge to the left"), ("Alt+Shift+Left",), screen, repeats=True),
        Entry("label.left_in", text("Left edge to the right"), ("Alt+Shift+Right",), screen, repeats=True),
        Entry("label.top_out", text("Upper edge up"), ("Alt+Shift+Up",), screen, repeats=True),
        Entry("label.top_in", text("Upper edge down"), ("Alt+Shift+Down",), screen, repeats=True),
    ]


SPEC = ScreenSpec(
    id="label",
    icon="label-outline",
    place=4,
    name=lambda: text("Label"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    requires=("pick",),
    help=_about,
    actions=lambda: (*_actions(), *_of_boxes()),
    acts=("label", "draft", "repeat"),
    undoes=("label.set", "label.burst", "label.clear", "draft.", "repeat.", "mark.expert"),  # never the draw, nor a whole file of labels
    visit=lambda: (5, text("one key a frame, blind")),
)
