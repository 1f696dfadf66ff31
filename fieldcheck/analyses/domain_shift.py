"""Domain shift: adversarial validation of a project's field frames against its benchmark, cached,
with the report section."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import isnan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import fix_search, names_and_numbers
from fieldcheck.analyses.adversarial_validation import (
    ALL_SPLITS,
    PER_UNIT,
    SPLIT_UNIT,
    ComparedImages,
    DomainSamples,
    build_aspect_samples,
    make_cause_statistics,
    measure_domain_shift,
    measure_shift_aspects,
)
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.domain_shift_result import (
    AMBER,
    DIGITS,
    Aspect,
    AspectName,
    Cause,
    CauseName,
    DomainShift,
    ShiftAspects,
)
from fieldcheck.analyses.report_data import Report
from fieldcheck.corruptions.match_field import get_compared_images
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.run import MOST_EMBEDDED
from fieldcheck.errors.files import DiskFull, PathMissing, PictureUnreadable
from fieldcheck.errors.message_format import format_names, format_report_remedy
from fieldcheck.files import join_inside_data_set
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_pixels import load_thumbnails
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.imaging.codec import decode_image, read_image_size
from fieldcheck.models.embeddings import Embeddings, compute_benchmark_statistics, load_embeddings
from fieldcheck.models.near_duplicates import find_near_duplicates, is_search_current
from fieldcheck.models.run import get_benchmark
from fieldcheck.models.scored_sides import BOOTSTRAP_SEED
from fieldcheck.progress import Progress
from fieldcheck.project.memoise import memo_scope
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table

# Adversarial validation of a project: does its footage look like its benchmark? Computed once for
# what is compared, and kept.

# Place, spectrum and time of a project's footage and benchmark, from thumbnails with borders,
# captions and logos masked (methods
# 7b).

# benchmark pictures that are looked at; rows of either side below which nothing is said
MOST_PICTURES, FEWEST_FRAMES = 400, 10
AT_ONCE = 16  # thumbnails that are asked for between two looks whether to stop

Pictures = dict[str, NDArray[np.uint8]]


def compute_shift_aspects(
    project: Project,
    chosen: Sequence[SamplingLine],
    paths: Sequence[str],
    seed: int,
    progress: Progress,
) -> ShiftAspects | None:
    """Shift of place, spectrum and time between these frames and benchmark pictures, at most 400 of
    them spread over all; None with fewer than ten thumbnails of one. Raises Cancelled."""
    frames = _load_thumbnails(
        project, [sampling_line.frame.frame_id for sampling_line in chosen], progress
    )
    spread = (
        np.unique(np.linspace(0, len(paths) - 1, MOST_PICTURES).astype(int)).tolist()
        if paths
        else []
    )
    pictures = _load_thumbnails(
        project, [make_benchmark_subject(paths[index]) for index in spread], progress
    )
    if min(len(frames), len(pictures)) < FEWEST_FRAMES:
        return None
    clip = np.array(
        [
            sampling_line.clip.clip_id
            for sampling_line in chosen
            if sampling_line.frame.frame_id in frames
        ],
        np.str_,
    )
    return measure_shift_aspects(
        build_aspect_samples(list(frames.values()), clip, list(pictures.values()), progress),
        seed,
        progress,
    )


@memo_scope()  # where the benchmark lies is read once for all its pictures
def _load_thumbnails(project: Project, subjects: Sequence[str], progress: Progress) -> Pictures:
    """Pixels of the thumbnail of each subject that still has one, in the order given."""
    pictures: Pictures = {}
    for start in range(0, len(subjects), AT_ONCE):
        progress.check()
        some = subjects[start : start + AT_ONCE]
        kept = load_thumbnails(project, some)
        for name in (subject for subject in some if subject in kept):
            try:
                pictures[name] = decode_image(kept[name])
            except PictureUnreadable:
                continue
        progress.report(min(start + AT_ONCE, len(subjects)), len(subjects), "pictures")
    return pictures


# counted up when the same pictures would be told otherwise, so that older findings are not shown as
# today's
KIND = "domain/2"
# frames spread over the footage; rows of either side below which nothing is said
MOST_FRAMES, FEWEST = 200, 10


def load_domain_shift(project: Project) -> DomainShift | None:
    """Domain shift of footage and benchmark as they are, by embeddings where `compute_domain_shift`
    had them; None where it was not asked."""
    about = get_compared_images(project)
    model = project.read(models_table.get_newest_model)
    for sha256 in dict.fromkeys([model.sha256 if model else "", ""] if about else []):
        result = project.read(
            partial(
                models_table.get_newest_fact,
                kind=KIND,
                model_sha256=sha256,
                card_sha256="",
                about=about,
            )
        )
        if result:
            return DomainShift.from_json(result)
    return None


def compute_domain_shift(project: Project, progress: Progress, now: str) -> DomainShift | None:
    """Measures the benchmark's pictures that are not measured yet, trains the classifier with its
    controls, and keeps the result.

    By embeddings of the newest model where they are kept for all that is compared, else by image
    statistics. None with fewer than ten readable pictures or frames. Raises Cancelled.
    """
    about = get_compared_images(project)
    if not about:
        return None
    chosen, kept, embedded = _choose_compared(project)
    if (
        stored := project.read(
            lambda db: models_table.get_newest_fact(db, KIND, embedded, "", about)
        )
    ) is not None:
        return DomainShift.from_json(stored)
    images = _load_compared_images(project, chosen, kept if embedded else None, progress)
    if images is None:
        return None
    counted = _SplitProgress(progress)
    result = measure_domain_shift(images, BOOTSTRAP_SEED, counted)
    result = replace(
        result,
        aspects=compute_shift_aspects(project, chosen, images.pictures, BOOTSTRAP_SEED, counted),
    )
    project.write(
        lambda db: models_table.put_fact(db, KIND, embedded, "", about, result.to_json(), now)
    ).result()
    return result


class _SplitProgress:
    """The splits of all classifiers as one count: each counts its own from one."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._done = progress, 0

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        if unit == SPLIT_UNIT:
            self._done, total = self._done + 1, ALL_SPLITS
        self._progress.report(self._done if unit == SPLIT_UNIT else done, total, unit)

    def check(self) -> None:
        self._progress.check()


def _choose_compared(project: Project) -> tuple[list[SamplingLine], Embeddings, str]:
    """Frames spread over the footage, the embeddings that are kept, and the SHA-256 of their model;
    empty where they lack one of the frames."""
    listing = project.read(list_sampling_lines)
    spread = np.unique(np.linspace(0, len(listing) - 1, MOST_FRAMES).astype(int)).tolist()
    chosen = [listing[index] for index in spread]
    model, kept = project.read(models_table.get_newest_model), load_embeddings(project)
    embedded = model.sha256 if model and kept.tensor and _has_all_frames(kept, chosen) else ""
    return chosen, kept, embedded


def _has_all_frames(kept: Embeddings, chosen: list[SamplingLine]) -> bool:
    return len(kept.paths) >= FEWEST and {
        sampling_line.frame.frame_id for sampling_line in chosen
    } <= set(kept.frame_ids)


def _load_compared_images(
    project: Project, chosen: list[SamplingLine], kept: Embeddings | None, progress: Progress
) -> ComparedImages | None:
    """Frames and at most ten times as many pictures, 2,000 at most, with what is measured on
    both."""
    facts = {fact.frame_id: fact.statistics for fact in project.read(frames_table.list_frame_facts)}
    frames = [sampling_line.frame for sampling_line in chosen]
    paths, measured = compute_benchmark_statistics(
        project, progress, min(MOST_EMBEDDED, PER_UNIT * len(frames))
    )
    sizes = _measure_sizes(project, paths)
    there = np.isfinite(sizes) & np.isin(paths, kept.paths if kept else paths)
    if min(int(there.sum()), len(frames)) < FEWEST:
        return None
    own = make_cause_statistics(
        np.stack([facts[frame.frame_id] for frame in frames]),
        np.array([frame.width * frame.height for frame in frames], float),
    )
    other = make_cause_statistics(measured[there], sizes[there])
    clip = np.array([sampling_line.clip.clip_id for sampling_line in chosen], np.str_)
    names, pictures = [frame.frame_id for frame in frames], np.array(paths, np.str_)[there].tolist()
    embedded = None
    if kept is not None:
        embedded = DomainSamples(
            _select_rows(kept.frames, kept.frame_ids, names),
            clip,
            _select_rows(kept.benchmark, kept.paths, pictures),
        )
    return ComparedImages(DomainSamples(own, clip, other), embedded, names, pictures)


def _select_rows(
    vectors: NDArray[np.float32], subjects: tuple[str, ...], wanted: list[str]
) -> NDArray[np.float64]:
    positions = {name: index for index, name in enumerate(subjects)}
    return vectors[[positions[name] for name in wanted]].astype(np.float64)


def _measure_sizes(project: Project, paths: tuple[str, ...]) -> NDArray[np.float64]:
    """(m,) pixels of each picture, NaN for one that cannot be read."""
    root, result = get_benchmark_root(project, get_benchmark(project)), np.full(len(paths), np.nan)
    for index, path in enumerate(paths):
        try:
            width, height = read_image_size(join_inside_data_set(root, path))
        except (PathMissing, PictureUnreadable):
            continue
        result[index] = width * height
    return result


# Benchmark against footage, before a report: search for leaks, and adversarial validation, each
# once for what is compared.

log = logging.getLogger(__name__)


def are_sets_compared(project: Project) -> bool:
    """Whether `compare_sets` finds nothing to do."""
    if project.read(models_table.get_benchmark) is None or not project.writable:
        return True
    if not is_search_current(project):
        return False
    about = get_compared_images(project)
    if not about:
        return True
    _, _, embedded = _choose_compared(project)
    known = project.read(lambda db: models_table.get_newest_fact(db, KIND, embedded, "", about))
    return known is not None


def compare_sets(project: Project, progress: Progress, now: str) -> None:
    """Does what was not done yet for benchmark, footage and training folder as they are; without
    footage the benchmark alone is searched for near-duplicates. Nothing without a benchmark, or
    where the project is only read.

    A report needs neither: where the disk is full it says that it was not asked. Raises Cancelled.
    """
    if project.read(models_table.get_benchmark) is None or not project.writable:
        return
    try:
        if not is_search_current(project):
            find_near_duplicates(project, progress, now)
        compute_domain_shift(project, progress, now)
    except DiskFull as error:
        log.warning("benchmark and footage are not compared: %r", error)


# Place, spectrum and time as separate causes, and time stamps or logos, which are no domain shift.

CHANCE = 0.05


def build_aspect_blocks(domain_shift: DomainShift) -> list[Block]:
    """Which of the three it is, the order within the field, and the table of all three; nothing
    where they were not looked at."""
    aspects = domain_shift.aspects
    if aspects is None:
        return []
    masking, table = Paragraph(_describe_masking(aspects)), _build_aspect_table(aspects)
    return [
        masking,
        Paragraph(_describe_main_aspect(aspects)),
        table,
        Paragraph(_describe_time_order(aspects), quiet=True),
    ]


def get_aspect_name(name: AspectName) -> str:
    """A kind of shift as it begins a sentence, with what it was seen by."""
    return {
        "place": tr("Location: scene layout"),
        "spectrum": tr("Spectrum: frequencies and colour"),
        "time": tr("Time: brightness and contrast"),
    }[name]


def _describe_masking(shift_aspects: ShiftAspects) -> str:
    """Whether borders, time stamps and logos are what tells the two sides apart; no stronger than
    the range of the fall."""
    sentence = tr(
        "Thumbnail AUC: {masked} with borders, time stamps and logos masked, {plain} unmasked."
    )
    if shift_aspects.told == "overlay":
        sentence = tr(
            "No domain shift demonstrated beyond borders, time stamps or logos: on thumbnails "
            "the AUC falls from "
            "{plain} to {masked} when the outer eighth and static areas are masked."
        )
    elif shift_aspects.fell.measured and shift_aspects.fell.lo > 0:
        sentence = tr(
            "Borders, time stamps or logos explain part of the difference: masking them "
            "lowers the thumbnail AUC from {plain} to {masked}."
        )
    return sentence.format(
        plain=_format_auc(shift_aspects.unmasked), masked=_format_auc(shift_aspects.masked)
    )


def _describe_main_aspect(shift_aspects: ShiftAspects) -> str:
    shown = [aspect for aspect in shift_aspects.aspects if aspect.shown]
    if shift_aspects.told == "too_few_clips":
        return tr(
            "Location, spectrum and time cannot be separated: fewer than four clips, no control."
        )
    if shift_aspects.told == "confounded":
        sentence = tr(
            "Location, spectrum and time cannot be separated: none of {kinds} distinguishes "
            "field and benchmark significantly better."
        )
        return sentence.format(
            kinds=format_names([_get_aspect_label(aspect.name) for aspect in shown])
        )
    if not shown or shift_aspects.told == "overlay":
        return tr(
            "No type of shift reported: location, spectrum and time show no more difference "
            "than halves of the field's own clips."
        )
    first = tr(
        "Demonstrated shift of {kind}: AUC {auc} exceeds chance and all pairs of halves of "
        "the field's own clips."
    )
    sentence = first.format(kind=_get_aspect_label(shown[0].name), auc=_format_auc(shown[0].auc))
    if len(shown) > 1:
        sentence += " " + tr(
            "Also demonstrated, with less effect: {kinds}.",
            kinds=format_names([_get_aspect_label(aspect.name) for aspect in shown[1:]]),
        )
    return sentence


def _describe_time_order(shift_aspects: ShiftAspects) -> str:
    """Whether the field's light changed from its earlier to its later clips."""
    if isnan(shift_aspects.order):
        return tr("Fewer than four clips: no statement about their order.")
    figures = {
        "share": format_percent(shift_aspects.order),
        "p": format_number(shift_aspects.order_p, 3),
    }
    if shift_aspects.order_p > CHANCE:
        sentence = tr(
            "No trend in brightness demonstrated over the clips: the later clip is brighter "
            "in {share} of pairs (p = {p})."
        )
    elif shift_aspects.order > 0.5:
        sentence = tr(
            "Brightness increased over the clips: the later clip is brighter in {share} of "
            "pairs (p = {p})."
        )
    else:
        sentence = tr(
            "Brightness decreased over the clips: the later clip is brighter in only {share} "
            "of pairs (p = {p})."
        )
    return sentence.format(**figures)


def _get_aspect_label(name: AspectName) -> str:
    return {"place": tr("location"), "spectrum": tr("spectrum"), "time": tr("time")}[name]


def _build_aspect_table(shift_aspects: ShiftAspects) -> Table:
    heads = (
        tr("Type of shift"),
        tr("AUC, masked"),
        tr("nothing masked"),
        tr("halves of the field, median (most)"),
    )
    rows = tuple(_build_aspect_row(aspect) for aspect in shift_aspects.aspects)
    caption = tr_plural(
        (
            "Each type of shift by its own features: {frames} of {clips} clip, {images}, {marked} "
            "of each masked. ▲: demonstrated"
        ),
        (
            "Each type of shift by its own features: {frames} of {clips} clips, {images}, "
            "{marked} of each masked. ▲: demonstrated"
        ),
        shift_aspects.n_clips,
    )
    frames = tr_plural("{n} frame", "{n} frames", shift_aspects.n_frames, n=shift_aspects.n_frames)
    images = tr_plural(
        "{n} image", "{n} images", shift_aspects.n_pictures, n=shift_aspects.n_pictures
    )
    caption = caption.format(
        frames=frames,
        clips=shift_aspects.n_clips,
        images=images,
        marked=format_percent(shift_aspects.marked, 1),
    )
    return Table(
        caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows
    )


def _build_aspect_row(aspect: Aspect) -> tuple[Cell, ...]:
    control = (
        "–"
        if isnan(aspect.control)
        else f"{format_number(aspect.control, 2)} ({format_number(aspect.control_most, 2)})"
    )
    figures = (_format_auc(aspect.auc), format_number(aspect.unmasked, 2), control)
    return (
        Cell(get_aspect_name(aspect.name), head=True, sign="▲" if aspect.shown else ""),
        *(Cell(figure, figure=True) for figure in figures),
    )


def _format_auc(auc: Estimate) -> str:
    value = format_number(auc.value, 2)
    return (
        f"{value} ({format_number(auc.lo, 2)}–{format_number(auc.hi, 2)})"
        if auc.measured
        else value
    )


BY_CHANCE = 0.5  # the AUC of a classifier that guesses
MOST_TOLD = 3


def build_domain_section(result: DomainShift | None) -> Section:
    """The verdict beside its controls, the causes in words with both medians, and what this does
    not say."""
    title, short = tr("Domain shift: field against benchmark"), tr("Domain shift")
    if result is None:
        sentence = tr(
            "Field and benchmark not compared yet, or fewer than 10 readable images on one "
            "side{remedy}."
        )
        return Section(
            "domain",
            short,
            title,
            (Paragraph(sentence.format(remedy=format_report_remedy("report")), quiet=True),),
        )
    blocks: list[Block] = [
        Paragraph(_describe_verdict(result)),
        Paragraph(_describe_controls(result), quiet=True),
    ]
    blocks += build_aspect_blocks(result)
    blocks += [Paragraph(_describe_causes(result)), _build_cause_table(result)]
    blocks.append(
        Paragraph(
            tr(
                "A high AUC does not mean worse images: a logo or a time stamp can give an "
                "AUC of 1."
            ),
            quiet=True,
        )
    )
    return Section("domain", short, title, tuple(blocks))


def _describe_verdict(domain_shift: DomainShift) -> str:
    sentence = {
        "alarm": tr(
            "A classifier distinguishes field and benchmark: AUC {auc}, balanced accuracy "
            "{accuracy}."
        ),
        "amber": tr(
            "A classifier distinguishes many field frames from benchmark images: AUC {auc}, "
            "balanced accuracy {accuracy}."
        ),
        "quiet": tr(
            "A classifier hardly distinguishes field and benchmark: AUC {auc}, balanced "
            "accuracy {accuracy}."
        ),
    }[domain_shift.separation]
    if domain_shift.separation == "quiet" and (
        not domain_shift.auc.measured or domain_shift.auc.hi >= AMBER
    ):
        sentence = tr(
            "Not demonstrated that a classifier distinguishes field and benchmark: AUC {auc}, "
            "balanced accuracy {accuracy}."
        )
    elif domain_shift.separation != "quiet" and (
        not domain_shift.auc.measured or domain_shift.auc.lo <= BY_CHANCE
    ):
        sentence = tr(
            "A classifier distinguishes field and benchmark, but with so few clips this may "
            "be chance: AUC {auc}, "
            "balanced accuracy {accuracy}."
        )
    auc = format_number(domain_shift.auc.value, 2)
    if domain_shift.auc.measured:
        auc += f" ({format_number(domain_shift.auc.lo, 2)}–{format_number(domain_shift.auc.hi, 2)})"
    return sentence.format(auc=auc, accuracy=format_percent(domain_shift.balanced_accuracy))


def _describe_controls(domain_shift: DomainShift) -> str:
    counts = tr_plural(
        "{frames} from {clips} clip against {images}, using {source}; no clip in two folds.",
        "{frames} from {clips} clips against {images}, using {source}; no clip in two folds.",
        domain_shift.n_clips,
        frames=tr_plural("{n} frame", "{n} frames", domain_shift.n_frames, n=domain_shift.n_frames),
        clips=domain_shift.n_clips,
        images=tr_plural(
            "{n} image", "{n} images", domain_shift.n_pictures, n=domain_shift.n_pictures
        ),
        source=tr("the model's embeddings")
        if domain_shift.source == "embedding"
        else tr("image statistics"),
    )
    if isnan(domain_shift.control):
        return (
            counts
            + " "
            + tr("No control with so few clips: the AUC may only reflect one clip's scene.")
        )
    text = tr("Control: halves of the field's own clips reach AUC {median} (maximum {most}).")
    text = text.format(
        median=format_number(domain_shift.control, 2),
        most=format_number(domain_shift.control_most, 2),
    )
    chance = tr("Permutation test by clip: p = {p}.", p=format_number(domain_shift.p, 3))
    return " ".join([counts, text, chance])


def _describe_causes(domain_shift: DomainShift) -> str:
    if domain_shift.aspects and domain_shift.aspects.told == "overlay":
        return tr(
            "No cause reported: the values below are for whole images, including borders and logos."
        )
    if domain_shift.named_causes:
        return " ".join(
            f"{_describe_cause(named_cause)}."
            for named_cause in domain_shift.named_causes[:MOST_TOLD]
        )
    if domain_shift.content:
        return tr("No image statistic differs clearly; the content may differ.")
    if any(cause.named or cause.is_distinct for cause in domain_shift.causes):
        return tr("No cause reported: image statistics differ, but too little to act on.")
    return tr("No cause reported: no image statistic differs beyond what so few clips can show.")


def _describe_cause(cause: Cause) -> str:
    """“Darker: median luma 41 vs 118”."""
    name = get_cause_name(cause.name)
    return tr(
        "{direction}: median {what} {field} vs {benchmark} on the benchmark",
        direction=_get_direction_name(cause),
        what=name,
        field=format_cause_value(cause.name, cause.field_median),
        benchmark=format_cause_value(cause.name, cause.benchmark_median),
    )


def list_gap_explanations(report: Report) -> list[str]:
    """What was seen that may explain the gap, and whether it was tested; empty without a gap or
    where nothing was seen. The size of the images comes first, with how the model card fits them:
    a card that crops shows the model another share of the part."""
    result = ANALYSIS.get_result(report)
    if result is None or not report.gap.estimate.measured or report.gap.estimate.value <= 0:
        return []
    causes = sorted(result.named_causes, key=lambda named_cause: named_cause.name != "resolution")
    if not causes or (result.aspects and result.aspects.told == "overlay"):
        return []
    seen = _describe_cause(causes[0])
    resize = report.model.card.get("input", {}).get("resize") if report.model else None
    if causes[0].name == "resolution" and resize:
        seen = f"{seen}, {tr('the model card fits with {resize}', resize=resize)}"
    tested = fix_search.describe_tests(fix_search.ANALYSIS.get_result(report), causes[0].name)
    sentence = tr("May explain the gap: {seen}; {tested}.")
    return [sentence.format(seen=seen[:1].lower() + seen[1:], tested=tested)]


def _get_direction_name(cause: Cause) -> str:
    """A comparative, as it begins a sentence."""
    more, less = {
        "brightness": (tr("Brighter"), tr("Darker")),
        "contrast": (tr("More contrast"), tr("Less contrast")),
        "black_level": (tr("Raised black level"), tr("Lower black level")),
        "clipped_low": (tr("More black pixels"), tr("Fewer black pixels")),
        "clipped_high": (tr("More overexposed pixels"), tr("Fewer overexposed pixels")),
        "sharpness": (tr("Sharper"), tr("Blurrier")),
        "fine_detail": (tr("More fine detail"), tr("Less fine detail")),
        "streaks": (tr("More streaks in one direction"), tr("Fewer streaks in one direction")),
        "noise": (tr("Noisier"), tr("Less noisy")),
        "compression": (tr("Stronger compression"), tr("Weaker compression")),
        "red_green": (tr("Redder"), tr("Greener")),
        "yellow_blue": (tr("Yellower"), tr("Bluer")),
        "colourfulness": (tr("More colourful"), tr("Paler")),
        "resolution": (tr("Higher resolution"), tr("Lower resolution")),
    }[cause.name]
    return more if cause.auc.value > 0.5 else less


def get_cause_name(name: CauseName) -> str:
    """Name of an image statistic within a sentence."""
    return {
        "brightness": tr("luma"),
        "contrast": tr("contrast (P99 − P1)"),
        "black_level": tr("black level (P1)"),
        "clipped_low": tr("share of black pixels"),
        "clipped_high": tr("share of overexposed pixels"),
        "sharpness": tr("sharpness at its contrast (ln variance of the Laplacian)"),
        "fine_detail": tr("fine detail (log share of the highest frequencies)"),
        "streaks": tr("direction of edges"),
        "noise": tr("noise in grey levels"),
        "compression": tr("steps at the borders of 8-pixel blocks"),
        "red_green": tr("a* (green to red)"),
        "yellow_blue": tr("b* (blue to yellow)"),
        "colourfulness": tr("chroma"),
        "resolution": tr("megapixels"),
    }[name]


def format_cause_value(name: CauseName, value: float) -> str:
    """Figure of an image statistic with as many decimals as it deserves."""
    return (
        format_percent(value, 1)
        if name in ("clipped_low", "clipped_high")
        else format_number(value, DIGITS.get(name, 2))
    )


def _build_cause_table(domain_shift: DomainShift) -> Table:
    heads = (tr("Image statistic"), tr("AUC"), tr("Field, median"), tr("Benchmark, median"))
    rows = tuple(
        (
            Cell(
                get_cause_name(cause.name),
                head=True,
                sign="▲" if cause in domain_shift.named_causes else "",
            ),
            Cell(_format_cause_auc(cause), figure=True),
            Cell(format_cause_value(cause.name, cause.field_median), figure=True),
            Cell(format_cause_value(cause.name, cause.benchmark_median), figure=True),
        )
        for cause in domain_shift.causes
    )
    caption = tr(
        "Probability that a field frame exceeds a benchmark image in this statistic (AUC; 95% "
        "CI by clip). ▲: reported"
    )
    return Table(
        caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows
    )


def _format_cause_auc(cause: Cause) -> str:
    value = format_number(cause.auc.value, 2)
    return (
        f"{value} ({format_number(cause.auc.lo, 2)}–{format_number(cause.auc.hi, 2)})"
        if cause.auc.measured
        else value
    )


DOMAIN_ALARM = 0.90


def check_domain_shift(report: Report) -> CheckResult:
    """Judges the limits of the AUC, which fewer than three clips do not have."""
    result = ANALYSIS.get_result(report)
    if result is None:
        return NOT_MEASURED
    auc = result.judged_auc
    if not auc.measured:
        return "too_few", auc.value
    if auc.hi < DOMAIN_ALARM:
        return "pass", auc.value
    return "fail" if auc.lo >= DOMAIN_ALARM else "too_few", auc.value


ANALYSIS: Analysis[DomainShift] = Analysis(
    key="domain",
    result=DomainShift,
    compute=load_domain_shift,
    section=build_domain_section,
    checklist=(
        ChecklistRule(
            "domain",
            6,
            lambda: tr("A classifier cannot distinguish benchmark and field (AUC below 0.90)"),
            lambda: tr(
                "Compare the embeddings of footage and benchmark (at least three clips); more "
                "clips narrow the interval."
            ),
            check_domain_shift,
            format_figure=lambda auc: names_and_numbers.format_decimal(auc, 2),
        ),
    ),
)
