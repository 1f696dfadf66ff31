"""What each screen is for and what to do there: short enough to be read standing."""

from __future__ import annotations

from fieldcheck.ui.screens.help.blocks import Block, Heading, Paragraph, Steps
from fieldcheck.words.language import text


def about(screen: str) -> tuple[Block, ...]:
    """The blocks of a screen's page, without its keys. Raises KeyError for a screen without a page."""
    pages = {
        "project": _project,
        "capture": _capture,
        "pick": _pick,
        "label": _label,
        "explore": _explore,
        "stress": _stress,
        "report": _report,
        "settings": _settings,
    }
    return pages[screen]()


def _page(purpose: str, steps: tuple[str, ...], numbers: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """What it is for, what to do, and what its numbers mean."""
    read: tuple[Block, ...] = (Heading(text("How to read it")), *(Paragraph(one) for one in numbers)) if numbers else ()
    return (Paragraph(purpose), Heading(text("What to do")), Steps(steps), *read)


def _project() -> tuple[Block, ...]:
    return _page(
        text("A project is one folder: model, labels, results, and the footage or the place where it lies."),
        (
            text("Open the sample to look around: it needs nothing but this computer."),
            text("For your own site: start a project, name the model, and name the benchmark that its score comes from."),
            text("A model that does not say how it is fed is asked about: change a field of its card and watch what the frames answer."),
            text("Write down site, light and limit; they stand in the report."),
        ),
        (text("The claimed score is what somebody promised. Fieldcheck scores the benchmark again here and says whether both agree."),),
    )


def _capture() -> tuple[Block, ...]:
    return _page(
        text("Footage comes in here: from a camera that is recorded now, from video files, or from folders of pictures."),
        (
            text("Choose a camera, or enter its address. Press R to record and R again to stop; eight short clips beat one long one."),
            text(
                "Say what the light does with the keys 1 to 9, and mark what is worth coming back to with M: both are kept with "
                "their times."
            ),
            text("Or bring in video files. Ten minutes of the worst light say more than a day of the best."),
            text("Name the camera, the place and the light: they stand in the report."),
        ),
        (
            text("The line under the buttons says exactly what is stored. “Decoded” means that the camera's own bytes could not be had."),
            text(
                "Dropped frames were lost by the camera, skipped ones by this computer. Stripes show where the light was too much "
                "or too little."
            ),
            text("A camera that is lost is opened again by itself. What was recorded is safe, and the gap is noted with its cause."),
            text(
                "Every recording is listed in even steps of time, and each listed frame is judged for light, blur and doubt. "
                "Stretches in which the picture stands still are left out and counted."
            ),
        ),
    )


def _pick() -> tuple[Block, ...]:
    return _page(
        text("A hundred frames are drawn to be labelled. They are drawn by chance, so that they stand for all of the footage."),
        (
            text("Choose how to draw. Balanced takes 40 of 100 from the hardest fifth, and weighs them so that the score stays fair."),
            text("Look over the proposal. Until the first label is made it can be drawn anew; after that only new clips are drawn from."),
            text(
                "X takes a frame out, with a reason; the next one of its stretch comes in its place. F marks a person: scored, never shown."
            ),
            text("Frames that look alike lie on one pile; G opens it. L shows the whole list, where M asks for a frame before the draw."),
        ),
        (
            text(
                "Frames chosen only because they are hard say nothing about all of the footage: they make no headline, "
                "and stand in the report apart."
            ),
        ),
    )


def _label() -> tuple[Block, ...]:
    return _page(
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


def _explore() -> tuple[Block, ...]:
    return _page(
        text("The model answers on the benchmark and on the labelled frames, through the same code, and both scores stand side by side."),
        (
            text("Run the model; stopped, it goes on from there. W shows the wrong frames, the surest first; filter, sort and tag them."),
            text("Enter on a slice, a class or a cell opens its frames; N finds frames like one, Space the nearest benchmark picture."),
            text(
                "Second look: M where the model was wrong, L where your label was, C where nobody can tell. The next one opens by itself."
            ),
            text(
                "Labels in doubt stand in groups of pictures that look alike, the worst group first; E writes what is shown into a folder."
            ),
        ),
        (
            text("A frame on which the model was sure and wrong costs most on the line: nobody would have looked twice."),
            text("A slice is called a blind spot only when it is 20 points behind the rest and chance does not explain it."),
            text("A second look can but raise the score, since it takes only disagreements: the headline stays with the first labels."),
        ),
    )


def _stress() -> tuple[Block, ...]:
    return _page(
        text("A picture or a video is damaged the way a site damages it – dark, blurred, noisy – while you watch the model's answer."),
        (
            text(
                "Choose a clip or a camera, or open a file; choose a corruption, and move the severity. "
                "/ lists all of them; M puts one on top."
            ),
            text(
                "Hold a frame: the severity at which its answer is first seen to change is looked for while you wait. "
                "D shows only what is different; S keeps the pair for the report."
            ),
            text("R sweeps twelve corruptions at three severities over benchmark and field; stopped, it goes on from there."),
            text("P shows the probes: pictures without a right answer, and frames with something taken away."),
        ),
        (
            text("What breaks the model here is a hint, not a measure of your site: only labelled field frames give the gap."),
            text("A model tips where a corruption costs it 20 points. Enter on a cell of the table shows the frames whose answer changed."),
            text("Wrong and yet 90 % sure is the worst there is: nobody would have looked twice."),
        ),
    )


def _report() -> tuple[Block, ...]:
    return _page(
        text("One folder for somebody who never opens Fieldcheck: the pages as PDF and HTML, and every figure as CSV and JSON."),
        (
            text("Read page 1. Whatever is missing is said there; the report can be written all the same."),
            text("Choose where it goes: the project's own folder, a USB stick, or any folder."),
            text("Export. Every file is read back and compared with what was meant to be written."),
        ),
        (text("The verdict comes first, then both scores with their ranges, then where the model fails and what to do about it."),),
    )


def _settings() -> tuple[Block, ...]:
    return _page(
        text("How Fieldcheck looks, speaks and guards on this computer. No project is changed here."),
        (
            text("Choose theme and size for the light you stand in; gloves mode makes everything larger."),
            text("The reports can be in another language than the window."),
        ),
    )
