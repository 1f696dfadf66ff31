"""Sixteen projects whose reports are read as a manager would, each made by commands from fixed
seeds, with what its report must say in the end.

`python -m tests.projects_to_read FOLDER [NAME ...]` makes them and their reports in both languages.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests import makers
from tests.faults.forking import Forking

TAKEN = "2021-03-{:02d}T08:00:00+00:00"
LABELS, BOX_LABELS, POINT_LABELS = "file,class", "file,class,x,y,w,h", "file,class,x,y"
Truth = Callable[[str, int], str]  # the colour that is shown and the index of the frame → a row


@dataclass(frozen=True)
class Site:
    """A project in the making: `clips` by the id of their recordings, with the first colour of
    each."""

    work: Path
    forking: Forking

    @property
    def project(self) -> Path:
        return self.work / "site.fieldcheck"

    def run(self, *words: object) -> str:
        """Runs a command that must be done and returns what it prints."""
        text, code = self.try_run(*words)
        assert code == 0, (words, code, text)
        return text

    def try_run(self, *words: object) -> tuple[str, int]:
        """Runs a command and returns what it prints, and its exit code."""
        printed = self.work / "printed.txt"
        self.forking.start(printed, words)
        code = self.forking.ended()
        return printed.read_text("utf-8"), code

    def ask(self, *words: object) -> dict:
        """Returns the JSON document of a command."""
        lines = [line for line in self.run(*words, "--json").splitlines() if line.startswith("{")]
        return json.loads(lines[-1])

    def report(self, lang: str = "en") -> dict:
        """Writes the report and returns its summary."""
        arguments = ("report", self.project, "--out", self.work / f"report-{lang}", "--lang", lang)
        files = [Path(file) for file in self.ask(*arguments)["files"]]
        summary = next(file for file in files if file.name == "summary.json")
        return json.loads(summary.read_text("utf-8"))


@contextmanager
def making(work: Path) -> Iterator[Site]:
    """A site in an empty folder, with the program's home beside it."""
    work.mkdir(parents=True)
    forking = Forking(work / "home")
    try:
        yield Site(work, forking)
    finally:
        forking.close()


def begin(site: Site, model: Path, benchmark: Path | None, claimed: float | None = 0.95) -> None:
    options: list[object] = ["--model", model, "--site", "Hall 3"]
    if benchmark is not None:
        options += ["--benchmark", benchmark]
        options += [] if claimed is None else ["--claimed", claimed]
    site.run("new", site.project, *options)


def add_clips(
    site: Site, clips: int, frames: int = 48, name: str = "clip{:02d}_{:02d}", seed: int = 0
) -> dict:
    """Imports so many clips, other ones for another seed, and returns the first colour of each by
    the id of its recording."""
    by_id = {}
    for number in range(clips):
        path = makers.video(
            site.work / f"{name.format(number, number)}.avi",
            makers.cycle(frames, start=number % 3), seed=seed + number,
        )  # fmt: skip
        document = site.ask(
            "import", site.project, path, "--camera", ("left", "right")[number % 2],
            "--taken-at", TAKEN.format(1 + number % 28), "--condition", ("dark", "")[number % 2],
        )  # fmt: skip
        by_id[document["clips"][0]["recording_id"]] = (path.name, number % 3)
    return by_id


def pick_and_label(
    site: Site, clips: dict, count: int, truth: Truth, header: str = LABELS, most: int | None = None
) -> None:
    """Picks and labels `most` of the picks, all unless given."""
    picks = site.ask("pick", site.project, "--count", count, "--seed", 7)["picks"]
    lines = [header]
    for pick in picks[:most]:
        recording, _, index = pick["frame_id"].rpartition("-")
        name, start = clips[recording]
        colour = makers.COLOURS[(start + int(index) // 4) % 3]
        lines.append(f"{name}#{int(index)},{truth(colour, int(index))}")
    table = site.work / "labels.csv"
    table.write_text("\n".join(lines) + "\n")
    site.run("label", "import", site.project, table, "--by", "Ana")


def call_right(colour: str, index: int) -> str:
    return colour


def call_every_fifth_wrong(colour: str, index: int) -> str:
    """Another colour on a fifth of the frames: the model is wrong there."""
    next_colour = makers.COLOURS[(makers.COLOURS.index(colour) + 1) % 3]
    return next_colour if index // 2 % 5 == 0 else colour


def call_boxes(colour: str, index: int) -> str:
    """The part of a red frame, moved on two of three; a hole on a fifth of the others."""
    if colour == "red":
        return "part,20,16,32,24" if index % 3 == 0 else "part,2,1,32,24"
    return "hole,40,10,16,16" if index % 5 == 0 else ",,,,"


def call_points(colour: str, index: int) -> str:
    """The middle of what is red or blue, called by the other's name on a fifth."""
    class_name = colour if index % 5 else {"red": "blue", "blue": "red"}.get(colour, colour)
    return ",," if colour == "green" else f"{class_name},32,24"


def make_colours(site: Site, clips: int, count: int, truth: Truth, **more: object) -> None:
    """A classifier of colours with labels, run on everything."""
    model = makers.colour_model(site.work / "net.onnx", gain=6.0)
    begin(site, model, makers.benchmark_folder(site.work / "clean", each=20))
    by_id = add_clips(site, clips)
    pick_and_label(site, by_id, count, truth, **more)
    site.run("run", site.project, "--on", "all")


def make_sample(site: Site) -> None:
    """The demo project as it ships."""
    site.run("demo", site.work / "demo", "--headless")
    (site.work / "demo" / "sample.fieldcheck").rename(site.project)


def make_healthy(site: Site) -> None:
    """20 clips, everything labelled, 478 of 480 right."""
    wrong = iter([True, True])

    def truth(colour: str, index: int) -> str:
        return "blue" if colour == "red" and index == 4 and next(wrong, False) else colour

    make_colours(site, 20, 480, truth)
    ask_limits(site)


def ask_limits(site: Site, tolerance: str = "10%", by: str = "Ana, quality") -> None:
    site.run("limits", site.project, "--tolerance", tolerance, "--by", by)


def make_twelve_labels(site: Site) -> None:
    """100 picks of which twelve are labelled."""
    make_colours(site, 8, 100, call_every_fifth_wrong, most=12)


def make_one_clip(site: Site) -> None:
    """One clip, most of its frames without a label."""
    make_colours(site, 1, 12, call_every_fifth_wrong)


def make_many_classes(site: Site) -> None:
    """43 classes, three of which are ever seen on site."""
    classes = [*makers.COLOURS, *(f"sign {number:02d}" for number in range(40))]
    makers.write_card(site.work / "signs.card.json", {**makers.CARD, "classes": classes})
    weights = np.zeros((3, 43), np.float32)
    weights[:3, :3] = 6 * np.eye(3)
    model = makers.tiny_model(site.work / "signs.onnx", n_classes=43, weights={"w": weights})
    begin(site, model, makers.benchmark_folder(site.work / "clean", each=20))
    by_id = add_clips(site, 8)
    pick_and_label(site, by_id, 100, call_every_fifth_wrong)
    site.run("run", site.project, "--on", "all")


def make_detector(site: Site) -> None:
    """Boxes of one class, moved on a third of the frames."""
    model = makers.box_model(site.work / "box.onnx")
    begin(site, model, makers.boxed_benchmark(site.work / "clean", left_out=1), None)
    by_id = add_clips(site, 8)

    pick_and_label(site, by_id, 100, call_boxes, BOX_LABELS)
    site.run("run", site.project, "--on", "all")


def make_masks(site: Site) -> None:
    """A map of classes, held to points on site and to masks on the benchmark."""
    model = makers.mask_model(site.work / "mask.onnx")
    begin(site, model, makers.masked_benchmark(site.work / "clean"), None)
    by_id = add_clips(site, 6)

    pick_and_label(site, by_id, 60, call_points, POINT_LABELS)
    site.run("run", site.project, "--on", "all")


def make_all_unsure(site: Site) -> None:
    """Nobody can tell what the picked frames show."""
    model = makers.colour_model(site.work / "net.onnx", gain=6.0)
    begin(site, model, makers.benchmark_folder(site.work / "clean", each=20))
    add_clips(site, 4)
    for pick in site.ask("pick", site.project, "--count", 16, "--seed", 7)["picks"]:
        site.run("label", "set", site.project, pick["frame_id"], "--unsure")
    site.run("run", site.project, "--on", "all")


def add_second_model(site: Site, first: tuple[int, ...], second: tuple[int, ...]) -> None:
    model = makers.colour_model(site.work / "net.onnx", order=first, gain=6.0)
    begin(site, model, makers.benchmark_folder(site.work / "clean", each=20), 0.66)
    by_id = add_clips(site, 8)
    pick_and_label(site, by_id, 100, call_every_fifth_wrong)
    site.run("run", site.project, "--on", "all")
    site.run("report", site.project, "--out", site.work / "report-before")
    second_path = makers.colour_model(site.work / "other.onnx", order=second, gain=6.0)
    site.run("model", "set", site.project, second_path)
    site.run("run", site.project, "--on", "all")


def make_worse_model(site: Site) -> None:
    """A second revision that takes red for green."""
    add_second_model(site, (0, 1, 2), (1, 0, 2))


def make_better_model(site: Site) -> None:
    """A second revision that no longer takes red for green."""
    add_second_model(site, (1, 0, 2), (0, 1, 2))


def make_without_benchmark(site: Site) -> None:
    """Field frames alone."""
    model = makers.colour_model(site.work / "net.onnx", gain=6.0)
    begin(site, model, None)
    by_id = add_clips(site, 8)
    pick_and_label(site, by_id, 100, call_every_fifth_wrong)
    site.run("run", site.project, "--on", "field")


def set_own_limits(site: Site, truth: Truth) -> None:
    make_colours(site, 20, 480, truth)
    site.run(
        "limits", site.project, "--tolerance", "10%", "--by", "Ana, quality", "--ok", "green",
        "--escape-rate", 0.25, "--false-reject-rate", 0.25,
    )  # fmt: skip


def make_own_limits_met(site: Site) -> None:
    """A gap, an escape rate and a rate of false rejects that somebody set, and all met."""
    set_own_limits(site, call_right)


def make_own_limits_not_met(site: Site) -> None:
    """The same limits, and the model wrong on a fifth."""
    set_own_limits(site, call_every_fifth_wrong)


def make_parts(site: Site) -> None:
    """Four images show one part, named by the file."""
    model = makers.colour_model(site.work / "net.onnx", gain=6.0)
    begin(site, model, makers.benchmark_folder(site.work / "clean", each=20))
    by_id = {}
    for number in range(12):
        folder = makers.picture_folder(
            site.work / f"folder{number:02d}", makers.cycle(48, start=number % 3),
            names=lambda index, number=number: f"p{number:02d}{index // 4:02d}_{index % 4}.png",
        )  # fmt: skip
        document = site.ask("import", site.project, folder, "--camera", "left")
        by_id |= {clip["recording_id"]: number % 3 for clip in document["clips"]}
    site.run("parts", site.project, "--pattern", "{part}_*.png", "--by", "Ana")
    site.run("limits", site.project, "--ok", "green", "--escape-rate", 0.1, "--by", "Ana")
    for pick in site.ask("pick", site.project, "--count", 100, "--seed", 7)["picks"]:
        recording, _, index = pick["frame_id"].rpartition("-")
        colour = makers.COLOURS[(by_id[recording] + int(index) // 4) % 3]
        class_name = call_every_fifth_wrong(colour, int(index) // 4 * 2)
        site.run("label", "set", site.project, pick["frame_id"], class_name, "--by", "Ana")
    site.run("run", site.project, "--on", "all")


def make_alarm_open(site: Site) -> None:
    """A line whose log fell at its end, and a new model since."""
    make_colours(site, 8, 100, call_right)
    log = site.work / "log.csv"
    rng, lines = np.random.default_rng(3), ["time,prediction,confidence"]
    for shift in range(26):
        for number in range(40):
            sure = float(np.clip(rng.normal(0.9, 0.03), 0, 1)) * (0.6 if shift == 25 else 1)
            day, hour = divmod(8 * shift, 24)
            moment = f"2021-11-{1 + day:02d}T{hour:02d}:{number:02d}:00+00:00"
            lines.append(f"{moment},{'red' if number % 2 else 'green'},{sure:.4f}")
    log.write_text("\n".join(lines) + "\n")
    site.run("monitor", site.project, log)
    new_path = makers.colour_model(site.work / "other.onnx", gain=6.5)
    site.run("model", "set", site.project, new_path)
    site.run("run", site.project, "--on", "all")


def make_latency_missed(site: Site) -> None:
    """The gap is met; the time for a frame that somebody allowed is passed on the target
    computer."""
    make_colours(site, 20, 480, call_right)
    options = ("--tolerance", "10%", "--latency", 0.001, "--by", "Ana, quality")
    site.run("limits", site.project, *options)
    site.run("latency", site.project, "--seconds", 20, "--target", 100000, "--on-target")


PROJECTS = {
    made.__name__.removeprefix("make_"): made
    for made in (
        make_sample, make_healthy, make_twelve_labels, make_one_clip, make_many_classes,
        make_detector, make_masks, make_all_unsure, make_worse_model, make_better_model,
        make_without_benchmark, make_own_limits_met, make_own_limits_not_met, make_parts,
        make_alarm_open, make_latency_missed,
    )
}  # fmt: skip


def main(folder: str, *names: str) -> int:
    for name in names or PROJECTS:
        with making(Path(folder) / name) as site:
            PROJECTS[name](site)
            summary = site.report()
            site.report("de")
        sys.stdout.write(f"{name}: {summary['readiness']}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
