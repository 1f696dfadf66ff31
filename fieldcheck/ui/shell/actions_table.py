"""The rows of the table of actions, in the language that is spoken."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.condition import CONDITIONS
from fieldcheck.words.conditions import condition
from fieldcheck.words.language import text
from fieldcheck.words.skip_reasons import SKIPS, skip_reason

EVERYWHERE = ""
PLACES = ("project", "capture", "pick", "label", "explore", "stress", "bench", "monitor", "report")
"""The steps of a site visit in order; a screen keeps the number of its step, also while a step before it is not built."""
SCREENS = ("project", "capture", "pick", "label", "explore", "stress", "report", "settings", "help")
"""The screens that there are, in the order of the rail."""
LIGHTS = (*CONDITIONS[1:], CONDITIONS[0])
"""Conditions in the order of their keys 1 to 9: troubles first, normal light last."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. `keys` are key sequences as Qt writes them in English; `hold`: it lasts while the key is down."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    screen: str = EVERYWHERE
    hold: bool = False
    repeats: bool = False

    @property
    def shown_key(self) -> str:
        """The first key as it stands on a button."""
        return _as_written(self.keys[0]) if self.keys else ""


def screen_name(screen: str) -> str:
    """The name of a screen on the rail and as its title."""
    return {
        "project": text("Project"),
        "capture": text("Capture"),
        "pick": text("Pick"),
        "label": text("Label"),
        "explore": text("Explore"),
        "stress": text("Stress"),
        "report": text("Report"),
        "settings": text("Settings"),
        "help": text("Help"),
    }[screen]


def table() -> tuple[Entry, ...]:
    """Every action there is."""
    return (*_going(), *_everywhere(), *_project(), *_capture(), *_pick(), *_label(), *_boxes(), *_explore(), *_stress(), *_report())


def _going() -> list[Entry]:
    found = [
        Entry(f"go.{name}", text("Go to {screen}").format(screen=screen_name(name)), (f"Ctrl+{PLACES.index(name) + 1}",))
        for name in SCREENS
        if name in PLACES
    ]
    return [
        *found,
        Entry("go.settings", text("Open the settings"), ("Ctrl+,",)),
        Entry("go.help", text("Help for this screen"), ("F1",)),
        Entry("go.next", text("Next step"), ("Ctrl+PgDown",)),
        Entry("go.previous", text("Previous step"), ("Ctrl+PgUp",)),
    ]


def _everywhere() -> list[Entry]:
    return [
        Entry("primary", text("The main action of this screen"), ("Ctrl+Return",)),
        Entry("undo", text("Undo"), ("Ctrl+Z",)),
        Entry("redo", text("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")),
        Entry("new", text("New project"), ("Ctrl+N",)),
        Entry("open", text("Open project"), ("Ctrl+O",)),
        Entry("close", text("Close project"), ("Ctrl+W",)),
        Entry("export", text("Export the report"), ("Ctrl+E",)),
        Entry("saved", text("Saved? (it always is)"), ("Ctrl+S",)),
        Entry("finder", text("Find an action"), ("Ctrl+K",)),
        Entry("keys", text("Keys of this screen"), ("?",)),
        Entry("menu", text("Menu"), ("F10",)),
        Entry("messages", text("Messages"), ("Ctrl+M",)),
        Entry("jobs", text("Jobs"), ("Ctrl+J",)),
        Entry("full_screen", text("Full screen"), ("F11",)),
        Entry("region.next", text("Next part of the window"), ("F6",)),
        Entry("region.previous", text("Previous part of the window"), ("Shift+F6",)),
        Entry("larger", text("Larger"), ("Ctrl++", "Ctrl+=")),
        Entry("smaller", text("Smaller"), ("Ctrl+-",)),
        Entry("usual_size", text("Usual size"), ("Ctrl+0",)),
        Entry("theme", text("Next theme"), ("Ctrl+Shift+T",)),
        Entry("gloves", text("Gloves mode"), ("Ctrl+Shift+G",)),
        Entry("diagnostics", text("Copy diagnostics"), ("Ctrl+Shift+C",)),
        Entry("escape", text("Cancel, close, back to the picture"), ("Esc",)),
        Entry("quit", text("Quit"), ("Ctrl+Q",)),
    ]


def _project() -> list[Entry]:
    screen = "project"
    return [
        Entry("project.sample", text("Open the sample project"), ("S",), screen),
        Entry("project.new", text("Start a new project"), ("N",), screen),
        Entry("project.open", text("Open a project folder"), ("O",), screen),
        Entry("project.try", text("Try a model on a picture"), ("T",), screen),
        Entry("project.edit_site", text("Edit site and light"), ("E",), screen),
        Entry("project.edit_limits", text("Edit the limits"), ("L",), screen),
        Entry("project.set_model", text("Choose the model"), ("M",), screen),
        Entry("project.edit_card", text("Edit the model's card"), ("K",), screen),
        Entry("project.check_model", text("Examine the model"), ("D",), screen),
        Entry("project.set_benchmark", text("Choose the benchmark"), ("B",), screen),
        Entry("project.edit_claim", text("Say what is claimed of the benchmark"), ("C",), screen),
    ]


def _capture() -> list[Entry]:
    screen = "capture"
    lights = [
        Entry(f"capture.{code}", text("Light or trouble: {condition}").format(condition=condition(code)), (str(number),), screen)
        for number, code in enumerate(LIGHTS, 1)
    ]
    return [
        Entry("capture.files", text("Import video files"), ("O",), screen),
        Entry("capture.folder", text("Import a folder of pictures"), ("F",), screen),
        Entry("capture.resume", text("Go on with the import"), ("G",), screen),
        *lights,
        Entry("capture.record", text("Record, or stop"), ("R",), screen),
        Entry("capture.single", text("Store a single frame"), ("Space",), screen),
        Entry("capture.mark", text("Mark this moment"), ("M",), screen),
        Entry("capture.next", text("Next camera"), ("C",), screen),
        Entry("capture.darker", text("Shorter exposure"), ("[",), screen, repeats=True),
        Entry("capture.brighter", text("Longer exposure"), ("]",), screen, repeats=True),
        Entry("capture.auto", text("Exposure by the camera itself"), ("A",), screen),
        Entry("capture.lock", text("Hold exposure, gain and white balance"), ("L",), screen),
        Entry("capture.hatch", text("Stripes over clipped areas"), ("H",), screen),
        Entry("capture.info", text("Figures over the picture"), ("I",), screen),
        Entry("capture.page", text("Live picture, or footage"), ("V",), screen),
        Entry("capture.sample", text("Play the film of the sample like a camera"), ("S",), screen),
        Entry("capture.search", text("Look for industrial cameras on the network"), ("N",), screen),
    ]


def _pick() -> list[Entry]:
    screen = "pick"
    return [
        Entry("pick.draw", text("Propose the frames"), ("D",), screen),
        Entry("pick.design", text("Next way of choosing"), ("T",), screen),
        Entry("pick.in_out", text("Take out of the proposal, or put back"), ("Space",), screen),
        Entry("pick.in", text("Put back into the proposal"), ("P",), screen),
        Entry("pick.out", text("Take out, with a reason"), ("X",), screen),
        Entry("pick.unset", text("As it was proposed: in, and no person on it"), ("U",), screen),
        Entry("pick.person", text("A person can be seen: never shown in the report"), ("F",), screen),
        Entry("pick.open", text("The frame as large as there is room, or the others again"), ("Return",), screen),
        Entry("pick.pixels", text("The frame pixel for pixel, or whole"), ("Z",), screen),
        Entry("pick.all", text("Select all frames that are shown"), ("Ctrl+A",), screen),
        Entry("pick.burst", text("Open or close the burst"), ("G",), screen),
        Entry("pick.shown", text("Show all picks, those in, those out"), ("V",), screen),
        Entry("pick.list", text("The whole list, or the picks"), ("L",), screen),
        Entry("pick.must", text("This frame must be labelled"), ("M",), screen),
        Entry("pick.cut", text("A clip begins at this frame"), ("K",), screen),
        Entry("pick.join", text("Join this clip with the one before"), ("J",), screen),
        Entry("pick.larger", text("Larger pictures"), ("+",), screen),
        Entry("pick.smaller", text("Smaller pictures"), ("-",), screen),
        Entry("pick.label_file", text("Take labels in from a file"), ("I",), screen),
        Entry("pick.label_folder", text("Take labels in from a folder"), ("Shift+I",), screen),
    ]


def _label() -> list[Entry]:
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
        Entry("label.blind", text("Show the model's answer, or hide it again"), ("Ctrl+B",), screen),
        Entry("label.suggested", text("Take the model's answer over"), ("M",), screen),
        Entry("label.next_model", text("Suggestions of the next model"), ("Alt+M",), screen),
        Entry("label.repeats", text("Label some frames once more, blind"), ("R",), screen),
    ]


def _boxes() -> list[Entry]:
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


def _explore() -> list[Entry]:
    screen = "explore"
    return [
        Entry("explore.run", text("Run the model"), ("R",), screen),
        Entry("explore.gap", text("The gap and where it comes from"), ("1",), screen),
        Entry("explore.frames", text("Frames and benchmark pictures, filtered and sorted"), ("2",), screen),
        Entry("explore.map", text("The map of field and benchmark"), ("3",), screen),
        Entry("explore.look", text("Second look at what label and model disagree on"), ("4",), screen),
        Entry("explore.doubt", text("Labels in doubt"), ("5",), screen),
        Entry("explore.worst", text("Wrong frames, the surest first"), ("W",), screen),
        Entry("explore.filter", text("Filter the frames"), ("F",), screen),
        Entry("explore.compare", text("Compare with the nearest benchmark picture"), ("Space",), screen),
        Entry("explore.alike", text("Frames like this one"), ("N",), screen),
        Entry("explore.tag", text("Tag the frames that are selected"), ("T",), screen),
        Entry("explore.save", text("Save the filter as a slice"), ("S",), screen),
        Entry("explore.delete_slice", text("Delete the saved slice that is shown"), ("Shift+S",), screen),
        Entry("explore.export", text("Export these frames"), ("E",), screen),
        Entry("explore.model_wrong", text("The model was wrong"), ("M",), screen),
        Entry("explore.label_wrong", text("My label was wrong"), ("L",), screen),
        Entry("explore.cannot_tell", text("Nobody can tell"), ("C",), screen),
        Entry("explore.overlays", text("Show or hide boxes, points and masks"), ("H",), screen),
    ]


def _stress() -> list[Entry]:
    screen = "stress"
    digits = [Entry(f"stress.corruption_{at}", text("Corruption {number}").format(number=at), (str(at),), screen) for at in range(1, 10)]
    return [
        *digits,
        Entry("stress.up", text("Corruption before"), ("Up",), screen),
        Entry("stress.down", text("Corruption after"), ("Down",), screen),
        Entry("stress.milder", text("Milder"), ("Left",), screen),
        Entry("stress.harder", text("More severe"), ("Right",), screen),
        Entry("stress.freeze", text("Hold this frame"), ("Space",), screen),
        Entry("stress.back", text("Hold the last frame whose answer changed, then the one before"), ("B",), screen),
        Entry("stress.third", text("Show or hide what the model sees"), ("T",), screen),
        Entry("stress.class", text("Next class of the histogram"), ("C",), screen),
        Entry("stress.open", text("Open a video or a picture"), ("O",), screen),
        Entry("stress.live", text("The live pictures"), ("L",), screen),
        Entry("stress.sweep", text("The severity sweep"), ("W",), screen),
        Entry("stress.probes", text("The probes"), ("P",), screen),
        Entry("stress.run", text("Run the full sweep or the probes, or stop them"), ("R",), screen),
        Entry("stress.collect", text("Name a folder of collected failures"), ("G",), screen),
        Entry("stress.all", text("Choose among all corruptions"), ("/",), screen),
        Entry("stress.combine", text("Put another corruption on top"), ("M",), screen),
        Entry("stress.uncombine", text("Take out the corruption put under last"), ("Backspace",), screen),
        Entry("stress.difference", text("Show the difference from the original"), ("D",), screen),
        Entry("stress.keep", text("Keep this pair for the report"), ("S", "A"), screen),
    ]


def _report() -> list[Entry]:
    screen = "report"
    return [
        Entry("report.next_page", text("Next page"), ("PgDown",), screen),
        Entry("report.previous_page", text("Page before"), ("PgUp",), screen),
        Entry("report.whole", text("Whole page"), ("W",), screen),
        Entry("report.width", text("As wide as the window"), ("F",), screen),
        Entry("report.folder", text("Choose a folder"), ("O",), screen),
    ]


def _as_written(key: str) -> str:
    """A key as it stands on this language's keyboards."""
    names = {
        "Ctrl": text("Ctrl"), "Shift": text("Shift"), "Return": text("Enter"), "PgDown": text("PgDn"), "PgUp": text("PgUp"),
        "Del": text("Del"), "Ins": text("Ins"), "Home": text("Home"), "End": text("End"), "Space": text("Space"), "Esc": text("Esc"),
        "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Backspace": "⌫",
    }  # fmt: skip
    if key.endswith("++"):
        return f"{names['Ctrl']}++"
    return "+".join(names.get(part, part) for part in key.split("+"))
