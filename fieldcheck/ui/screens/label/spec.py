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
        text("Label each frame with one key. The label is saved and the next frame opens."),
        (
            text("Press the number of the class. Labels are saved automatically; undo also works after a restart."),
            text("Press U for unsure if the frame cannot be judged, X to skip if it is unusable. The report counts both."),
            text(
                "Boxes: two clicks, a drag, or G and the four extreme points. Every stroke is saved; Enter accepts, 0 marks an empty frame."
            ),
            text("When all frames are labelled, press R to relabel some blind. The agreement shows the label ceiling."),
        ),
        (
            text(
                "The prediction stays hidden until you have labelled the frame: a visible suggestion biases labels and inflates the score."
            ),
        ),
    )


def _actions() -> list[Entry]:
    screen = "label"
    digits = [
        Entry(f"label.class_{at + 1}", text("Label as class {number} and go to next frame").format(number=at + 1), (key,), screen)
        for at, key in enumerate("1234567890")
    ]
    shifted = [
        Entry(
            f"label.class_{10 + at}", text("Label as class {number} and go to next frame").format(number=10 + at), (f"Shift+{at}",), screen
        )
        for at in range(1, 5)
    ]
    reasons = [
        Entry(f"label.reason_{at}", text("Skip reason: {reason}").format(reason=skip_reason(SKIPS[at])), (f"Alt+{at}",), screen)
        for at in range(1, len(SKIPS))
    ]
    return [
        *digits,
        *shifted,
        Entry("label.same", text("Repeat last label and go to next frame"), ("Space",), screen),
        Entry("label.burst", text("Apply last label to the rest of the burst"), ("B",), screen),
        Entry("label.unsure", text("Label as unsure and go to next frame"), ("U",), screen),
        Entry("label.skip", text("Skip unusable frame"), ("X",), screen),
        *reasons,
        Entry("label.expert", text("Flag for expert (on/off)"), ("E",), screen),
        Entry("label.back", text("Undo last label and show its frame"), ("Backspace",), screen),
        Entry("label.left", text("Previous frame, or move box left"), ("Left",), screen, repeats=True),
        Entry("label.right", text("Next frame, or move box right"), ("Right",), screen, repeats=True),
        Entry("label.next", text("Next unlabelled frame"), ("N",), screen),
        Entry("label.first", text("First frame"), ("Home",), screen),
        Entry("label.last", text("Last frame"), ("End",), screen),
        Entry("label.loupe", text("Magnify while held"), ("Z",), screen, hold=True),
        Entry("label.lift", text("Brighten shadows (display only)"), ("L",), screen),
        Entry("label.find", text("Search classes"), ("/",), screen),
        Entry("label.result", text("Show the result of the labels"), ("V",), screen),
        Entry("label.blind", text("Show or hide the prediction"), ("Ctrl+B",), screen),
        Entry("label.suggested", text("Accept the prediction as label"), ("M",), screen),
        Entry("label.next_model", text("Suggestions of the next model"), ("Alt+M",), screen),
        Entry("label.repeats", text("Relabel some frames blind"), ("R",), screen),
    ]


def _of_boxes() -> list[Entry]:
    screen = "label"
    return [
        Entry("label.accept", text("Accept and go to next frame"), ("Return",), screen),
        Entry("label.extremes", text("Draw box by four extreme points"), ("G",), screen),
        Entry("label.snap", text("Snap box to image edges"), ("S",), screen),
        Entry("label.hidden", text("Mark box as occluded (on/off)"), ("H",), screen),
        Entry("label.cut_off", text("Mark box as truncated (on/off)"), ("C",), screen),
        Entry("label.copy_boxes", text("Copy box"), ("Ctrl+C",), screen),
        Entry("label.paste_boxes", text("Paste box"), ("Ctrl+V",), screen),
        Entry("label.insert", text("Add box or point at the centre"), ("Ins",), screen),
        Entry("label.delete", text("Delete box or point"), ("Del",), screen),
        Entry("label.duplicate", text("Duplicate box"), ("Ctrl+D",), screen),
        Entry("label.next_box", text("Next box or point"), ("Tab",), screen),
        Entry("label.previous_box", text("Previous box or point"), ("Shift+Tab",), screen),
        Entry("label.copy_previous", text("Copy boxes from the nearest labelled frame"), ("P",), screen),
        Entry("label.up", text("Move the box up"), ("Up",), screen, repeats=True),
        Entry("label.down", text("Move the box down"), ("Down",), screen, repeats=True),
        Entry("label.left_far", text("Move the box left by 10"), ("Shift+Left",), screen, repeats=True),
        Entry("label.right_far", text("Move the box right by 10"), ("Shift+Right",), screen, repeats=True),
        Entry("label.up_far", text("Move the box up by 10"), ("Shift+Up",), screen, repeats=True),
        Entry("label.down_far", text("Move the box down by 10"), ("Shift+Down",), screen, repeats=True),
        Entry("label.wider", text("Move right edge right"), ("Alt+Right",), screen, repeats=True),
        Entry("label.narrower", text("Move right edge left"), ("Alt+Left",), screen, repeats=True),
        Entry("label.taller", text("Move bottom edge down"), ("Alt+Down",), screen, repeats=True),
        Entry("label.shorter", text("Move bottom edge up"), ("Alt+Up",), screen, repeats=True),
        Entry("label.left_out", text("Move left edge left"), ("Alt+Shift+Left",), screen, repeats=True),
        Entry("label.left_in", text("Move left edge right"), ("Alt+Shift+Right",), screen, repeats=True),
        Entry("label.top_out", text("Move top edge up"), ("Alt+Shift+Up",), screen, repeats=True),
        Entry("label.top_in", text("Move top edge down"), ("Alt+Shift+Down",), screen, repeats=True),
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
    visit=lambda: (5, text("one key per frame, blind")),
)
