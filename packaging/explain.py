"""Drawings of docs/methods-explained.md: SVG by plain Python, every figure from the product's own
functions.

`.venv/bin/python packaging/explain.py` writes them into docs/explained. They stand on a panel of
their own and follow the reader's light or dark theme; right and wrong differ in shape as well as in
colour.
"""

from __future__ import annotations

import json
from math import log
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from fieldcheck.analyses.early_verdict import (
    ALPHA,
    StratumProgress,
    compute_log_e,
    compute_right_lines,
    decide_early_verdict,
)
from fieldcheck.analyses.slices import ALARMS, LabelledDraw, compare_slices
from fieldcheck.sampling.hardness import Hardness
from fieldcheck.sampling.pick_frames import plan_picks
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.wilson_interval import estimate_difference, estimate_wilson

CHECKOUT = Path(__file__).resolve().parent.parent
KEPT = CHECKOUT / "docs" / "explained"
COVERAGE = CHECKOUT / "docs" / "evidence" / "coverage.json"
WIDTH = 760
STYLE = """text{font:14px system-ui,"Segoe UI",Roboto,Arial,sans-serif;fill:#1b1f24}
.b{font-weight:600}.q{fill:#57606a}.m{text-anchor:middle}.e{text-anchor:end}.p{fill:#fff;stroke:#d0d7de}.l{stroke:#8c959f;stroke-width:1}
.d{stroke:#57606a;stroke-width:1.5;stroke-dasharray:5 4}
.r{fill:#0072b2;stroke:#0072b2}.w{fill:#fff;stroke:#d55e00;stroke-width:2}.R{stroke:#0072b2;stroke-width:3}.W{stroke:#d55e00;stroke-width:3}
.n{fill:none}.f{fill:#0072b2;opacity:.25}.g{fill:#d55e00;opacity:.25}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.q{fill:#9da7b3}.p{fill:#0d1117;stroke:#30363d}.l{stroke:#6e7681}.d{stroke:#9da7b3}
.r{fill:#56b4e9;stroke:#56b4e9}.w{fill:#0d1117;stroke:#e69f00}.R{stroke:#56b4e9}.W{stroke:#e69f00}.f{fill:#56b4e9}.g{fill:#e69f00}}"""

CLIPS = (9, 10, 4, 8, 10, 7, 10, 2, 9, 10)  # right of ten frames each: the example of methods 2.4
PLACE = (10, 6, 2, 6, 7, 5, 8, 4)  # right of ten frames in each clip of a bad place
ELSEWHERE = (10, 9, 6, 10, 9, 10, 9, 10, 9, 7, 10, 9)


class Drawing:
    """Drawing in the making: shapes on a panel `height` pixels tall. `title` is read aloud."""

    def __init__(self, title: str, height: int) -> None:
        self._parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
                f'width="{WIDTH}" height="{height}" role="img">'
            ),
            f"<title>{escape(title)}</title><style>{STYLE}</style>",
            f'<rect class="p" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        ]

    def text(self, x: float, y: float, words: str, css: str = "") -> None:
        """One line of words; `css`: b bold, q quiet, m centred, e ending at x."""
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{css}">{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, css: str = "l") -> None:
        """A straight line."""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'
        )

    def frame(self, x: float, y: float, right: bool, size: float = 5) -> None:
        """A labelled frame: a full disc where the model was right, an empty square where it was
        wrong."""
        if right:
            self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" class="r"/>')
        else:
            self.box(x - size, y - size, 2 * size, 2 * size, "w")

    def box(self, x: float, y: float, width: float, height: float, css: str) -> None:
        """A filled rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'class="{css}"/>'
        )

    def path(self, points: list[tuple[float, float]], css: str) -> None:
        """A line through (x, y)."""
        self._parts.append(
            f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" class="n '
            f'{css}"/>'
        )

    def span(self, lo: float, hi: float, value: float, y: float, css: str = "R") -> None:
        """A range with its value in the middle of it, all in pixels."""
        self.line(lo, y, hi, y, css)
        self.line(lo, y - 6, lo, y + 6, css)
        self.line(hi, y - 6, hi, y + 6, css)
        self.frame(value, y, css == "R", 5)

    def svg(self) -> str:
        """The whole drawing."""
        return "\n".join([*self._parts, "</svg>", ""])


def percent(value: float) -> str:
    """A share as the report prints it in English."""
    return f"{100 * value:.0f}%"


def span(lo: float, hi: float) -> str:
    """A range of shares as the report prints it in English."""
    return f"{100 * lo:.0f}–{100 * hi:.0f}%"


def scale(left: float, right: float, low: float, high: float, value: float) -> float:
    """The pixel at which a value stands between two ends."""
    return left + (value - low) / (high - low) * (right - left)


def axis(drawing: Drawing, y: float, left: float, right: float, low: float) -> None:
    """Ticks of accuracy from `low` to 100%."""
    drawing.line(left, y, right, y)
    for tenth in range(round(10 * low), 11, 2):
        x = scale(left, right, low, 1, tenth / 10)
        drawing.line(x, y, x, y + 5)
        drawing.text(x, y + 21, percent(tenth / 10), "q m")


def gap() -> str:
    """Benchmark, field and the gap between them, each with its range (methods 2.2, 2.4)."""
    benchmark = estimate_wilson(9_700, 10_000)
    field = estimate_camera_interval(np.arange(100) < 61, np.ones(100), np.arange(100))
    between = estimate_difference(benchmark, field)
    drawing = Drawing("Benchmark score, field score and the gap between them", 210)
    x_of = {
        name: scale(210, 720, 0.4, 1, value)
        for name, value in (("b", benchmark.value), ("f", field.value))
    }
    drawing.text(24, 52, "Benchmark", "b")
    drawing.text(24, 70, f"{benchmark.n:,} pictures", "q")
    drawing.span(
        scale(210, 720, 0.4, 1, benchmark.lo), scale(210, 720, 0.4, 1, benchmark.hi), x_of["b"], 55
    )
    drawing.text(x_of["b"] - 14, 60, percent(benchmark.value), "b e")
    drawing.text(24, 107, "Field", "b")
    drawing.text(24, 125, f"{field.n} frames of your site", "q")
    drawing.span(
        scale(210, 720, 0.4, 1, field.lo), scale(210, 720, 0.4, 1, field.hi), x_of["f"], 110, "W"
    )
    drawing.text(x_of["f"], 98, f"{percent(field.value)} ({span(field.lo, field.hi)})", "b m")
    drawing.line(x_of["f"], 118, x_of["f"], 150, "d")
    drawing.line(x_of["b"], 63, x_of["b"], 150, "d")
    drawing.line(x_of["f"], 146, x_of["b"], 146, "d")
    gap_said = f"gap {100 * between.value:.0f} pp ({100 * between.lo:.0f}–{100 * between.hi:.0f})"
    drawing.text((x_of["f"] + x_of["b"]) / 2, 138, gap_said, "b m")
    axis(drawing, 170, 210, 720, 0.4)
    return drawing.svg()


def clips() -> str:
    """A hundred frames of ten clips, and what they are worth (methods 2.4)."""
    right = np.concatenate([np.arange(10) < k for k in CLIPS])
    clip = np.repeat(np.arange(10), 10)
    alike, alone = (
        estimate_camera_interval(right, np.ones(100), clip),
        estimate_wilson(int(right.sum()), 100),
    )
    drawing = Drawing(
        (
            "Frames of one clip resemble each other, so a hundred of them are worth less than a "
            "hundred"
        ),
        290,
    )
    drawing.text(24, 34, "Ten clips, ten labelled frames each", "b")
    for k in range(10):
        drawing.text(70, 61 + 21 * k, f"clip {k + 1}", "q e")
        for j in range(10):
            drawing.frame(90 + 20 * j, 56 + 21 * k, bool(right[10 * k + j]))
    drawing.frame(90, 270, True)
    drawing.text(102, 275, "right", "q")
    drawing.frame(160, 270, False)
    drawing.text(172, 275, "wrong: they come in clips", "q")
    left, end = 400, 730
    for y, estimate, css, head, worth in (
        (
            90,
            alone,
            "R",
            "As if every frame were news",
            f"{percent(alone.value)} ({span(alone.lo, alone.hi)}): too narrow",
        ),
        (
            180,
            alike,
            "W",
            "With the clips as they are",
            f"{percent(alike.value)} ({span(alike.lo, alike.hi)}): what the report prints",
        ),
    ):
        drawing.text(left, y - 28, head, "b")
        drawing.span(
            *(scale(left, end, 0.4, 1, x) for x in (estimate.lo, estimate.hi, estimate.value)),
            y - 8,
            css,
        )
        drawing.text(left, y + 18, worth, "q")
    drawing.text(left, 222, f"Worth {alike.n_eff:.0f} independent frames, not 100.", "b")
    axis(drawing, 244, left, end, 0.4)
    return drawing.svg()


def hundred() -> str:
    """How a hundred of 1,200 frames are drawn, and why the plain mean of them would be wrong
    (methods 3.3)."""
    hardness = Hardness(
        np.linspace(0, 1, 1_200), (("doubt", 1.0),), {"doubt": np.linspace(0, 1, 1_200)}
    )
    plan = plan_picks(1_200, 100, design="balanced", seed=1, hardness=hardness)
    every = {
        name: round(1 / p)
        for name, p in zip(
            (plan.stratum[index] for index in plan.picks.tolist()), plan.probability, strict=True
        )
    }
    hard, rest = sorted(plan.strata, key=lambda stratum: stratum.listed)
    right = {hard.name: 18, rest.name: 54}
    plain = sum(right.values()) / 100
    weighed = (
        sum(right[stratum.name] / stratum.picked * stratum.listed for stratum in (hard, rest))
        / 1_200
    )
    drawing = Drawing("A hundred frames drawn with known probabilities, and weighted by them", 270)
    drawing.text(24, 34, f"{sum(stratum.listed for stratum in plan.strata):,} listed frames", "b")
    edge = scale(24, 736, 0, 1_200, hard.listed)
    drawing.box(24, 46, edge - 24, 34, "g")
    drawing.box(edge, 46, 736 - edge, 34, "f")
    drawing.text((24 + edge) / 2, 68, f"hardest fifth: {hard.listed}", "m")
    drawing.text((edge + 736) / 2, 68, f"the rest: {rest.listed}", "m")
    for stratum, x, end, css in ((hard, 24, 300, "g"), (rest, 400, 736, "f")):
        drawing.line(
            (24 + edge) / 2 if stratum is hard else (edge + 736) / 2, 82, (x + end) / 2, 112, "d"
        )
        drawing.box(x, 114, end - x, 30, css)
        drawing.text(
            (x + end) / 2, 134, f"{stratum.picked} drawn at random: 1 in {every[stratum.name]}", "m"
        )
        drawing.text(
            (x + end) / 2,
            166,
            f"each stands for {every[stratum.name]}; "
            f"{right[stratum.name]} of {stratum.picked} right",
            "q m",
        )
    drawing.text(
        24,
        206,
        (
            f"Plain mean: {percent(plain)}. Wrong for the site: hard frames are 40% of the draw "
            "and 20% of the footage."
        ),
    )
    drawing.text(
        24,
        230,
        (
            f"Weighted by what each frame stands for: {percent(weighed)}, the score of all the "
            "footage."
        ),
        "b",
    )
    drawing.text(
        24,
        252,
        (
            "(An example: the counts of right answers are made up, the draw and the weights are "
            "the program's.)"
        ),
        "q",
    )
    return drawing.svg()


def promise() -> str:
    """A hundred simulated visits and their ranges (methods 2.4d)."""
    truth, icc, random = 0.8, 0.3, np.random.default_rng(20261126)
    spread = (1 - icc) / icc
    intervals = []
    for _ in range(100):
        of_clip = random.beta(truth * spread, (1 - truth) * spread, 10)
        right = random.random(100) < np.repeat(of_clip, 10)
        intervals.append(
            estimate_camera_interval(right, np.ones(100), np.repeat(np.arange(10), 10))
        )
    missed = sum(not interval.lo <= truth <= interval.hi for interval in intervals)
    cells = json.loads(COVERAGE.read_text(encoding="utf-8"))["figures"]["cells"]
    (cell,) = (
        interval
        for interval in cells
        if (interval["design"], interval["accuracy"], interval["icc"]) == ("10 × 10", truth, icc)
    )
    drawing = Drawing(
        "A hundred visits to the same site and the range that each would have printed", 300
    )
    sentence = (
        f"100 simulated visits, true accuracy {percent(truth)}: {100 - missed} of 100 ranges "
        "hold it"
    )
    drawing.text(24, 32, sentence, "b")
    top, bottom = 50, 240
    for share in (0.4, 0.6, 0.8, 1.0):
        y = scale(bottom, top, 0.4, 1, share)
        drawing.line(60, y, 736, y, "d" if share == truth else "l")
        drawing.text(54, y + 5, percent(share), "q e")
    for index, interval in enumerate(intervals):
        x, is_covered = 66 + 6.7 * index, interval.lo <= truth <= interval.hi
        drawing.line(
            x,
            scale(bottom, top, 0.4, 1, max(0.4, interval.lo)),
            x,
            scale(bottom, top, 0.4, 1, interval.hi),
            "R" if is_covered else "W",
        )
        if not is_covered:
            drawing.frame(x, scale(bottom, top, 0.4, 1, interval.value), False, 4)
    drawing.text(
        24,
        266,
        (
            "Ten clips of ten frames. Counted over 4,000 such visits: "
            f"{100 * cell['coverage']:.1f}% hold the truth."
        ),
        "q",
    )
    lowest = min(interval["coverage"] for interval in cells)
    drawing.text(
        24,
        286,
        f"Lowest of all {len(cells)} kinds of visits that were simulated: {100 * lowest:.1f}%.",
        "q",
    )
    return drawing.svg()


def blind_spot() -> str:
    """The same difference, demonstrated and not, by the number of clips behind it (methods
    6.2b)."""
    drawing = Drawing("The same difference is demonstrated with many clips and not with few", 270)
    for left, right_in_place, right_elsewhere in (
        (24, PLACE[:3], ELSEWHERE[:7]),
        (400, PLACE, ELSEWHERE),
    ):
        right = np.concatenate([np.arange(10) < k for k in (*right_in_place, *right_elsewhere)])
        clip = np.repeat(
            [f"{k:02d}" for k in range(len(right_in_place) + len(right_elsewhere))], 10
        )
        inside = np.arange(right.size) < 10 * len(right_in_place)
        draw = LabelledDraw(right, np.ones(right.size), np.full(right.size, "all"), clip)
        test = compare_slices(draw, inside[None, :])[0]
        drawing.text(
            left,
            34,
            f"{len(right_in_place)} clips of the place, {len(right_elsewhere)} of elsewhere",
            "b",
        )
        for y, name, right_of_clips, member in (
            (84, "the place", right_in_place, inside),
            (138, "elsewhere", right_elsewhere, ~inside),
        ):
            drawing.text(left, y + 5, f"{name} {percent(float(right[member].mean()))}", "q")
            for index, k in enumerate(right_of_clips):
                drawing.frame(
                    scale(left + 120, left + 320, 0.2, 1, k / 10),
                    y - 8 * right_of_clips[:index].count(k),
                    member is not inside,
                    4,
                )
        axis(drawing, 168, left + 120, left + 320, 0.2)
        drawing.text(left + 220, 206, "accuracy of each clip", "q m")
        drawing.text(
            left,
            234,
            (
                f"{100 * test.behind:.0f} pp behind: "
                f"{'demonstrated ▲' if test.is_demonstrated else 'not demonstrated'}"
            ),
            "b",
        )
        drawing.text(
            left, 254, f"chance in a healthy report: {test.p:.3f} (limit {ALARMS:.2f})", "q"
        )
    return drawing.svg()


def early() -> str:
    """Evidence after every label, for models far from their benchmark and for one near it (methods
    11.5)."""
    n_listed, order, low, high = (240, 960), [0, 1, 1, 0, 1] * 20, -6.0, 6.0
    drawing = Drawing(
        "Evidence after every label, and the line at which the verdict is decided", 300
    )
    limit, top, bottom = -log(ALPHA), 50, 240
    fewest, _ = compute_right_lines((0.94, 0.94), 0.03, sum(n_listed))
    drawing.text(
        24,
        32,
        "Is the footage more than 3 pp below its benchmark of 94%? Evidence after every label",
        "b",
    )
    drawing.line(
        60, scale(bottom, top, low, high, limit), 560, scale(bottom, top, low, high, limit), "d"
    )
    drawing.text(568, scale(bottom, top, low, high, limit) + 5, "decided: yes", "b")
    for accuracy, css in ((0.65, "W"), (0.8, "W"), (0.93, "R")):
        random, counts, decided = np.random.default_rng(round(100 * accuracy)), [[0, 0], [0, 0]], 0
        points = [(60.0, scale(bottom, top, low, high, 0))]
        for n, stratum in enumerate(order, 1):
            counts[stratum][int(random.random() >= accuracy)] += 1
            hard, rest = (
                StratumProgress(total, *labels)
                for total, labels in zip(n_listed, counts, strict=True)
            )
            points.append((
                60 + 5 * n,
                scale(
                    bottom, top, low, high,
                    max(low, min(high, compute_log_e((hard, rest), fewest, "fail"))),
                ),
            ))  # fmt: skip
            if decide_early_verdict(hard, rest, (0.94, 0.94), 0.03) == "fail":
                decided = n
                break
        drawing.path(points, css)
        x, y = points[-1]
        drawing.text(
            x + 8,
            y + (5 if not decided else -4),
            f"{percent(accuracy)} right" + (f": {decided} labels" if decided else ": not yet"),
            "q",
        )
    for n in (0, 25, 50, 75, 100):
        drawing.line(60 + 5 * n, bottom, 60 + 5 * n, bottom + 5)
        drawing.text(60 + 5 * n, bottom + 21, f"{n}", "q m")
    drawing.text(310, bottom + 42, "labels", "q m")
    drawing.line(60, bottom, 560, bottom)
    return drawing.svg()


DRAWINGS = {
    "gap": gap, "clips": clips, "hundred": hundred, "promise": promise, "blind-spot": blind_spot,
    "early": early,
}  # fmt: skip


def main() -> None:
    """Writes every drawing anew."""
    KEPT.mkdir(exist_ok=True)
    for name, draw in DRAWINGS.items():
        (KEPT / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
