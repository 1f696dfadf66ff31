"""Figures of a fleet: gaps with sites as clusters, the league table, failure modes, changes between
models, and what to collect next (methods 19)."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, hypot
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import ChangeVerdict, Estimate, Verdict
from fieldcheck.fleet.store import FleetCamera, FleetModel, FleetRecord
from fieldcheck.parquet import query_columns
from fieldcheck.stats.camera_interval import (
    FEW_CLIPS,
    FEWEST_CLIPS,
    MASS,
    METHOD,
    ClipSums,
    compute_clip_posterior,
)
from fieldcheck.stats.cluster import ERRORS, judge_change
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT, VerdictCase, decide_verdict
from fieldcheck.stats.wilson_interval import (
    estimate_difference,
    estimate_weighted_sum,
    estimate_wilson,
)

Figures = NDArray[np.float64]
Bools = NDArray[np.bool_]
Grouping = Literal["camera", "model", "light", "month"]
GROUPINGS: tuple[Grouping, ...] = ("camera", "model", "light", "month")

# A site that is behind the others by less than this is not named: it is the default gap limit.
HARMLESS = DEFAULT_GAP_LIMIT
# Central posterior mass of intervals with sites as clusters: with the clips' own, those of 40 sites
# that do not differ cover in 93.0 % (methods 19).
SITE_MASS = 0.975
FEW_FRAMES_OF_LIGHT = 10
LEAST_SPREAD = 0.01  # standard deviation between sites that is always assumed
MOST_MODES = 12

CELLS = """
SELECT project_id, site, camera, model_sha256 AS model, light, month, clip_id AS clip,
    count(*) AS n_frames,
    count(*) FILTER (WHERE counted) AS n,
    coalesce(sum(weight) FILTER (WHERE counted), 0) AS weight,
    coalesce(sum(weight * weight) FILTER (WHERE counted), 0) AS square,
    coalesce(sum(weight) FILTER (WHERE counted AND correct), 0) AS correct
FROM (SELECT *, coalesce(label_state = 'done' AND correct IS NOT NULL AND weight > 0, false)
    AS counted FROM read_parquet(?, hive_partitioning = false))
GROUP BY ALL ORDER BY ALL"""

MODES = """
SELECT project_id, site, model_sha256 AS model, label, prediction,
    count(*) AS n, count(DISTINCT clip_id) AS n_clips
FROM read_parquet(?, hive_partitioning = false) WHERE label_state = 'done' AND NOT correct
GROUP BY ALL ORDER BY ALL"""

LABELS = """
SELECT project_id, site, model_sha256 AS model, label, count(*) AS n
FROM read_parquet(?, hive_partitioning = false) WHERE label_state = 'done' AND correct IS NOT NULL
GROUP BY ALL ORDER BY ALL"""

PAIRS = """
SELECT project_id, site, model_sha256 AS model, clip_id AS clip, frame_id, weight, correct
FROM read_parquet(?, hive_partitioning = false)
WHERE label_state = 'done' AND correct IS NOT NULL AND weight > 0
    AND list_contains(?, project_id)
ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class Cells:
    """Facts summed by project, site, camera, model, light, month and clip, (n,) each. `weight` Σw,
    `square` Σw², `correct` Σwy of the labelled frames; `n` counts them, `n_frames` all frames."""

    project_id: NDArray[Any]
    site: NDArray[Any]
    camera: NDArray[Any]
    model: NDArray[Any]
    light: NDArray[Any]
    month: NDArray[Any]
    clip: NDArray[Any]
    n_frames: Figures
    n: Figures
    weight: Figures
    square: Figures
    correct: Figures

    def select(self, kept: Bools) -> Cells:
        """Only the cells of `kept`, (n,)."""
        return Cells(*(getattr(self, name)[kept] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class GroupScore:
    """Score of some cells: `field` and `gap` = benchmark − field, with limits for other sites like
    these where there are three or more (`scope` "sites"), else for other clips of these sites
    ("clips")."""

    value: str
    n_sites: int
    n_clips: int
    n: int
    benchmark: Estimate
    field: Estimate
    gap: Estimate
    scope: Literal["sites", "clips"]


@dataclass(frozen=True, slots=True)
class SiteScore:
    """A site. `score` has limits for other clips of the site; `shrunk`: its gap as empirical Bayes
    has it, towards that of all sites; `behind`: how far it is behind the others, with limits that
    hold for all sites at once; `is_behind`: demonstrated, and by more than is harmless."""

    site: str
    projects: tuple[str, ...]
    n_frames: int
    score: GroupScore
    shrunk: Estimate
    behind: Estimate
    is_behind: bool
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class FailureMode:
    """A label that was answered with another class, or with nothing: `n` frames in `n_clips` clips
    of `sites`, of `n_sites` sites at which such frames were labelled."""

    label: str
    prediction: str
    sites: tuple[str, ...]
    n_sites: int
    n: int
    n_clips: int


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A model and the one before it on the same labelled frames. `sites`: of each site, with its
    clips as units; a direction there holds for all sites at once. `fleet`: with sites as units,
    not measured below three."""

    before: str
    after: str
    fleet: ChangeVerdict
    sites: tuple[tuple[str, ChangeVerdict], ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """What to collect next at a site. `kind`: `run_benchmark` where no clips decide, since there
    is no gap without it; `what`: the camera or the light; `n`: clips, or frames that wait."""

    site: str
    kind: Literal["check_camera", "label_camera", "label_light", "run_benchmark", "record_clips"]
    what: str
    n: int


@dataclass(frozen=True, slots=True)
class ClassListFigures:
    """Figures of the sites whose newest models are scored alike: one metric, one class list.
    `sites` worst first; `order_decided`: some two sites differ, with limits for all pairs."""

    metric: str
    classes: tuple[str, ...]
    n_projects: int
    n_frames: int
    total: GroupScore
    sites: tuple[SiteScore, ...]
    order_decided: bool
    groups: Mapping[str, tuple[GroupScore, ...]]
    shared_modes: tuple[FailureMode, ...]
    single_modes: tuple[FailureMode, ...]
    changes: tuple[ModelChange, ...]
    next: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class CameraDrift:
    """Drift state of a camera of a site."""

    site: str
    project: str
    drift: FleetCamera


@dataclass(frozen=True, slots=True)
class FleetFigures:
    """Everything that a fleet report prints. `spellings`: sites that are probably one, spelled in
    several ways; they are counted apart. `counted_twice`: projects that an earlier version added
    with frames twice."""

    n_projects: int
    n_sites: int
    n_rows: int
    class_lists: tuple[ClassListFigures, ...]
    cameras: tuple[CameraDrift, ...]
    spellings: tuple[tuple[str, ...], ...]
    counted_twice: tuple[str, ...]


def compute_fleet_figures(
    engine: Any, records: tuple[FleetRecord, ...], paths: list[str]
) -> FleetFigures:
    """Compute all figures of a fleet; a question for `read_fleet`."""
    cells = Cells(**_read_arrays(engine, CELLS, paths))
    lists: dict[str, list[FleetRecord]] = defaultdict(list)
    for record in records:
        if newest := _get_newest(record):
            lists[newest.class_list].append(record)
    modes, labels = (_read_arrays(engine, sql, paths) for sql in (MODES, LABELS))
    several = [record.project_id for record in records if len(record.models) > 1]
    pairs = _read_arrays(engine, PAIRS, paths, [several]) if several else None
    cameras = tuple(
        CameraDrift(record.site, record.project, camera)
        for record in records
        for camera in record.cameras
    )
    figures = [
        _compute_class_list(tuple(some), cells, (modes, labels), pairs)
        for _, some in sorted(lists.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return FleetFigures(
        len(records),
        len({record.site for record in records}),
        sum(file.n_rows for record in records for file in record.files),
        tuple(figures),
        tuple(sorted(cameras, key=lambda camera: (camera.drift.state != "alarm", camera.site,
                                                  camera.project, camera.drift.camera))),
        find_spellings({record.site for record in records}),
        tuple(sorted(record.project for record in records if record.counts_twice)),
    )  # fmt: skip


def _read_arrays(
    engine: Any, sql: str, paths: list[str], values: Sequence[Any] = ()
) -> dict[str, NDArray[Any]]:
    """Columns without empty cells as plain arrays; sums are float64."""
    return {
        name: np.asarray(column) if column.dtype == object else np.asarray(column, np.float64)
        for name, column in query_columns(engine, sql, paths, values).items()
    }


def _get_newest(record: FleetRecord) -> FleetModel | None:
    return next((model for model in record.models if model.newest), None)


def find_spellings(sites: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Sites whose names differ in case, accents, spaces or punctuation alone."""
    alike: dict[str, list[str]] = defaultdict(list)
    for site in sorted(sites):
        plain = unicodedata.normalize("NFKD", site).casefold()
        alike["".join(letter for letter in plain if letter.isalnum())].append(site)
    return tuple(tuple(names) for names in alike.values() if len(names) > 1)


def _compute_class_list(
    records: tuple[FleetRecord, ...],
    cells: Cells,
    modes_and_labels: tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]],
    pairs: dict[str, NDArray[Any]] | None,
) -> ClassListFigures:
    scorer = Scorer(records)
    own = cells.select(np.isin(cells.project_id, [record.project_id for record in records]))
    newest = own.select(scorer.is_newest(own.project_id, own.model))
    total, sites = scorer.score_group("", newest), score_sites(scorer, newest)
    groups: dict[str, tuple[GroupScore, ...]] = {
        key: _score_groups(scorer, key, own if key == "model" else newest) for key in GROUPINGS
    }
    shared, single = _find_modes(scorer, *modes_and_labels)
    model = _get_newest(records[0])
    return ClassListFigures(
        model.metric if model else "",
        model.classes if model else (),
        len(records),
        int(newest.n_frames.sum()),
        total,
        sites,
        _is_order_decided(sites, scorer, newest),
        groups,
        shared,
        single,
        compare_models(records, pairs) if pairs else (),
        _plan_collection(records, sites, newest),
    )


class Scorer:
    """Scores cells of projects that are scored alike, against the benchmarks of their models."""

    def __init__(self, records: Sequence[FleetRecord]) -> None:
        self._models = {
            (record.project_id, model.sha256): model
            for record in records
            for model in record.models
        }
        self._newest = {key for key, model in self._models.items() if model.newest}

    def is_newest(self, project_ids: NDArray[Any], models: NDArray[Any]) -> Bools:
        """(n,) whether each model is the newest of its project."""
        keys = zip(project_ids.tolist(), models.tolist(), strict=True)
        return np.array([key in self._newest for key in keys], np.bool_)

    def get_model_name(self, sha256: str) -> str:
        """Name of a model as the first of its projects calls it."""
        names = [model.name for (_, key), model in self._models.items() if key == sha256]
        return names[0] if names else sha256[:12]

    def score_group(self, value: str, cells: Cells, together: int = 1) -> GroupScore:
        """Score of cells with sites as clusters, each site counting once; below three sites with
        clips as clusters, each by its weight. `together`: intervals that are to hold at once."""
        counted = cells.select(cells.weight > 0)
        sites = np.unique(counted.site).size
        by_site = sites >= FEWEST_CLIPS
        sums = _sum_clusters(counted, counted.site if by_site else _name_clips(counted), by_site)
        mass = SITE_MASS if by_site else MASS
        field = estimate_cluster_score(sums, int(counted.n.sum()), together, mass)
        benchmark = self._estimate_benchmark(counted, by_site)
        return GroupScore(
            value,
            sites,
            np.unique(_name_clips(counted)).size,
            int(counted.n.sum()),
            benchmark,
            field,
            _subtract(benchmark, field),
            "sites" if by_site else "clips",
        )

    def _estimate_benchmark(self, cells: Cells, by_site: bool) -> Estimate:
        """Benchmark score of the models of these cells, each by the weight of its cells; one that
        several projects were held against counts once."""
        weights = _balance_weights(cells)[0] if by_site else cells.weight
        shares: dict[tuple[str, str, int, int], float] = defaultdict(float)
        keys = zip(cells.project_id.tolist(), cells.model.tolist(), strict=True)
        for key, weight in zip(keys, weights.tolist(), strict=True):
            model = self._models.get(key)
            if model is None or not model.benchmark_n:
                return Estimate.not_measured("no_benchmark")
            benchmark = (
                model.sha256, model.benchmark_key, model.benchmark_n, model.benchmark_correct
            )  # fmt: skip
            shares[benchmark] += weight
        if not shares:
            return Estimate.not_measured("no_labels")
        parts = [estimate_wilson(correct, n) for _, _, n, correct in shares]
        if len(parts) == 1:
            return parts[0]
        total = sum(shares.values())
        return estimate_weighted_sum(parts, [share / total for share in shares.values()])


def _subtract(benchmark: Estimate, field: Estimate) -> Estimate:
    """The gap; where one side has no limits, its value alone."""
    gap = estimate_difference(benchmark, field)
    if gap.measured:
        return gap
    return replace(gap, value=benchmark.value - field.value)


def _name_clips(cells: Cells) -> NDArray[Any]:
    """(n,) names of clips that no two projects share."""
    return np.array([f"{a}/{b}" for a, b in zip(cells.project_id, cells.clip, strict=True)], object)


def _balance_weights(cells: Cells) -> tuple[Figures, Figures]:
    """(n,) Σw and Σw² of the cells where every site counts once."""
    names, member = np.unique(cells.site, return_inverse=True)
    total = np.bincount(member, weights=cells.weight, minlength=names.size)
    scale = 1 / total[member]
    return cells.weight * scale, cells.square * scale**2


def _sum_clusters(cells: Cells, cluster: NDArray[Any], by_site: bool) -> ClipSums:
    names, member = np.unique(cluster, return_inverse=True)
    weight, square, correct = cells.weight, cells.square, cells.correct
    if by_site:
        balanced, square = _balance_weights(cells)
        correct = correct * (balanced / weight)
        weight = balanced
    return ClipSums(
        *(
            np.bincount(member, weights=part, minlength=names.size).astype(np.float64)
            for part in (weight, square, correct)
        )
    )


def estimate_cluster_score(
    sums: ClipSums, n: int, together: int = 1, mass: float = MASS
) -> Estimate:
    """Score of other clusters like these (methods 2.4 with sites, or clips, as clusters).

    Args:
        sums: Labelled frames summed by cluster.
        n: Labelled frames.
        together: Intervals that are to hold at once (Bonferroni).
        mass: Central posterior mass of one interval.

    Returns:
        Not measured below three clusters; weak below eight.
    """
    if not sums.n_clips:
        return Estimate.not_measured("no_labels")
    value = float(sums.right.sum() / sums.weight.sum())
    if sums.n_clips < FEWEST_CLIPS:
        return Estimate.not_measured("too_few_clips", n, value)
    posterior = compute_clip_posterior(sums)
    lo, hi = posterior.get_limits(1 - (1 - mass) / together)
    estimate = Estimate.from_limits(
        posterior.value, lo, hi, n=n, n_eff=min(float(n), posterior.frames_worth), method=METHOD
    )
    return estimate.with_weak_status("few_clips") if sums.n_clips < FEW_CLIPS else estimate


def _score_groups(scorer: Scorer, key: Grouping, cells: Cells) -> tuple[GroupScore, ...]:
    """Score of every camera, model, light or month, the largest gap first; months in order. A
    camera is one of its site."""
    names = getattr(cells, key)
    if key == "camera":
        pairs = zip(cells.site, names, strict=True)
        names = np.array([f"{site}: {camera or '–'}" for site, camera in pairs], object)
    scores = []
    for name in sorted(set(names[cells.weight > 0].tolist())):
        shown = scorer.get_model_name(name) if key == "model" else name
        scores.append(scorer.score_group(shown, cells.select(names == name)))
    if key == "month":
        return tuple(scores)
    return tuple(sorted(scores, key=_sort_by_gap))


def _sort_by_gap(score: GroupScore) -> tuple[bool, float, str]:
    value = score.gap.value if score.gap.value == score.gap.value else -score.field.value
    return value != value, -value, score.value


def score_sites(scorer: Scorer, cells: Cells) -> tuple[SiteScore, ...]:
    """Every site, the worst first as the shrunken gaps have it; one that was not measured last."""
    names = sorted(set(cells.site.tolist()))
    own = [cells.select(cells.site == name) for name in names]
    scores = [scorer.score_group(name, some) for name, some in zip(names, own, strict=True)]
    shrunk = shrink_gaps([score.gap for score in scores], [score.n_clips for score in scores])
    sites = []
    for name, some, score, moved in zip(names, own, scores, shrunk, strict=True):
        behind = _estimate_behind(scorer, cells, name, len(names))
        sites.append(
            SiteScore(
                name,
                tuple(sorted(set(some.project_id.tolist()))),
                int(some.n_frames.sum()),
                score,
                moved,
                behind,
                behind.measured and behind.lo > HARMLESS,
                decide_verdict(score.gap, "camera", DEFAULT_GAP_LIMIT, VerdictCase()),
            )
        )
    return tuple(sorted(sites, key=_sort_by_shrunk))


def _sort_by_shrunk(site: SiteScore) -> tuple[bool, float, str]:
    return not site.shrunk.measured, -site.shrunk.value if site.shrunk.measured else 0.0, site.site


def _estimate_behind(scorer: Scorer, cells: Cells, site: str, n_sites: int) -> Estimate:
    """Gap of a site less the gap of the other sites, with limits that hold for all sites at once.
    Below three others their clips are the clusters: it is behind these sites, not behind sites in
    general."""
    own = scorer.score_group(site, cells.select(cells.site == site), together=n_sites)
    others = scorer.score_group("", cells.select(cells.site != site), together=n_sites)
    if not (own.gap.measured and others.gap.measured):
        return Estimate.not_measured("no_other_site", own.n)
    field = estimate_difference(others.field, own.field)
    benchmark = estimate_difference(own.benchmark, others.benchmark)
    # one benchmark for all is no difference, and adds nothing
    below, above = (
        (0.0, 0.0)
        if own.benchmark == others.benchmark
        else (benchmark.value - benchmark.lo, benchmark.hi - benchmark.value)
    )
    value = field.value + benchmark.value
    return Estimate(
        value,
        max(-2.0, value - hypot(field.value - field.lo, below)),
        min(2.0, value + hypot(field.hi - field.value, above)),
        own.n,
        own.field.n_eff,
        "mover",
        field.status,
        field.note,
    )


def shrink_gaps(gaps: Sequence[Estimate], n_clips: Sequence[int]) -> list[Estimate]:
    """Gaps of sites moved towards that of all sites, the further the less a site's own says of it
    (empirical Bayes; the variance between sites by DerSimonian & Laird 1986).

    Args:
        gaps: One a site; one without limits counts with the variance of its clips.
        n_clips: Labelled clips of each site.

    Returns:
        One estimate a site, not measured where the gap has no value.
    """
    measured = [index for index, gap in enumerate(gaps) if gap.value == gap.value]
    moved = [Estimate.not_measured("no_gap", gap.n) for gap in gaps]
    if not measured:
        return moved
    value = np.array([gaps[index].value for index in measured])
    variance = np.array([_get_variance(gaps[index], n_clips[index]) for index in measured])
    between = compute_variance_between(value, variance)
    precision = 1 / (variance + between)
    mean = float(precision @ value / precision.sum())
    kept = between / (between + variance)
    middle = kept * value + (1 - kept) * mean
    spread = np.sqrt(kept * variance + (1 - kept) ** 2 / precision.sum())
    for index, centre, deviation in zip(measured, middle.tolist(), spread.tolist(), strict=True):
        half = 1.96 * deviation
        moved[index] = Estimate(
            centre, centre - half, centre + half, gaps[index].n, gaps[index].n_eff, "shrunk"
        )
    return moved


def _get_variance(gap: Estimate, n_clips: int) -> float:
    """Variance of a gap from its limits; without limits the largest that so many clips can have."""
    if gap.measured and gap.hi > gap.lo:
        return ((gap.hi - gap.lo) / (2 * 1.96)) ** 2
    return 0.25 / max(1, n_clips)


def compute_variance_between(value: Figures, variance: Figures) -> float:
    """Variance between (k,) sites beyond their own (k,) variances, never below that of one point:
    sites differ a little, and where that is all, the order is that of the evidence."""
    if value.size < 2:
        return LEAST_SPREAD**2
    weight = 1 / variance
    mean = weight @ value / weight.sum()
    excess = float(weight @ (value - mean) ** 2) - (value.size - 1)
    scale = float(weight.sum() - (weight @ weight) / weight.sum())
    return max(LEAST_SPREAD**2, excess / scale)


def _is_order_decided(sites: Sequence[SiteScore], scorer: Scorer, cells: Cells) -> bool:
    """Whether some two sites differ, with limits that hold for all pairs at once."""
    together = max(1, len(sites) * (len(sites) - 1) // 2)
    gaps = [
        score.gap
        for site in sites
        if (score := scorer.score_group(site.site, cells.select(cells.site == site.site), together))
        and score.gap.measured
    ]
    return any(
        not difference.lo <= 0 <= difference.hi
        for index, gap in enumerate(gaps)
        for other in gaps[index + 1 :]
        if (difference := estimate_difference(gap, other)).measured
    )


def _find_modes(
    scorer: Scorer, modes: dict[str, NDArray[Any]], labels: dict[str, NDArray[Any]]
) -> tuple[tuple[FailureMode, ...], tuple[FailureMode, ...]]:
    """Failure modes of the newest models that several sites share, and those of one site, the most
    frames first."""
    sites_with: dict[str, set[str]] = defaultdict(set)
    for index in np.flatnonzero(scorer.is_newest(labels["project_id"], labels["model"])).tolist():
        sites_with[labels["label"][index]].add(labels["site"][index])
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index in np.flatnonzero(scorer.is_newest(modes["project_id"], modes["model"])).tolist():
        seen[modes["label"][index], modes["prediction"][index]].append(index)
    ranked = [
        FailureMode(
            label,
            prediction,
            tuple(sorted({modes["site"][index] for index in indices})),
            len(sites_with[label]),
            int(modes["n"][indices].sum()),
            int(modes["n_clips"][indices].sum()),
        )
        for (label, prediction), indices in seen.items()
    ]
    ranked.sort(key=lambda mode: (-mode.n, mode.label, mode.prediction))
    shared = tuple(mode for mode in ranked if len(mode.sites) > 1)
    return shared[:MOST_MODES], tuple(mode for mode in ranked if len(mode.sites) == 1)[:MOST_MODES]


def compare_models(
    records: Sequence[FleetRecord], pairs: dict[str, NDArray[Any]]
) -> tuple[ModelChange, ...]:
    """Every model against the one before it, wherever both answered the same labelled frames."""
    steps: dict[tuple[str, str], list[FleetRecord]] = defaultdict(list)
    for record in records:
        ordered = sorted(record.models, key=lambda model: model.place)
        for before, after in pairwise(ordered):
            if before.class_list == after.class_list and before.sha256 != after.sha256:
                steps[before.sha256, after.sha256].append(record)
    rows_by_model = _group_rows(pairs)
    changes = []
    for (before_sha, after_sha), some in steps.items():
        paired = _pair_frames(some, pairs, rows_by_model, before_sha, after_sha)
        if paired:
            names = {model.sha256: model.name for model in some[0].models}
            changes.append(_judge_models(names[before_sha], names[after_sha], paired))
    return tuple(sorted(changes, key=lambda change: (change.before, change.after)))


_Pair = tuple[str, str, float, int]  # site, clip, weight, change


def _group_rows(pairs: dict[str, NDArray[Any]]) -> dict[tuple[str, str], list[int]]:
    """Indices of the rows of every project and model."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    keys = zip(pairs["project_id"].tolist(), pairs["model"].tolist(), strict=True)
    for index, key in enumerate(keys):
        rows[key].append(index)
    return rows


def _pair_frames(
    records: Sequence[FleetRecord],
    pairs: dict[str, NDArray[Any]],
    rows_by_model: Mapping[tuple[str, str], Sequence[int]],
    before: str,
    after: str,
) -> list[_Pair]:
    frame_ids, paired = pairs["frame_id"], list[_Pair]()
    for project_id in dict.fromkeys(record.project_id for record in records):
        first, second = (
            {frame_ids[index]: index for index in rows_by_model.get((project_id, model), ())}
            for model in (before, after)
        )
        paired += [
            (
                pairs["site"][index],
                f"{project_id}/{pairs['clip'][index]}",
                float(pairs["weight"][index]),
                int(pairs["correct"][index]) - int(pairs["correct"][first[frame_id]]),
            )
            for frame_id, index in second.items()
            if frame_id in first
        ]
    return paired


def _judge_models(before: str, after: str, paired: Sequence[_Pair]) -> ModelChange:
    by_site: dict[str, list[_Pair]] = defaultdict(list)
    for pair in paired:
        by_site[pair[0]].append(pair)
    totals = {site: sum(pair[2] for pair in some) for site, some in by_site.items()}
    fleet = judge_change(
        [pair[3] for pair in paired],
        [pair[2] / totals[pair[0]] for pair in paired],
        [pair[0] for pair in paired],
    )
    sites = []
    for site, some in sorted(by_site.items()):
        verdict = judge_change(
            [pair[3] for pair in some], [pair[2] for pair in some], [pair[1] for pair in some]
        )
        if verdict.p is not None and verdict.p > ERRORS / len(by_site):
            verdict = replace(verdict, direction="")
        sites.append((site, verdict))
    return ModelChange(before, after, fleet, tuple(sites))


def _plan_collection(
    records: Sequence[FleetRecord], sites: Sequence[SiteScore], cells: Cells
) -> tuple[Collection, ...]:
    """What to collect next: cameras with an alarm, cameras and lights without a label, then the
    benchmark or clips where a site is not decided, the worst site first."""
    alarms = [
        Collection(record.site, "check_camera", camera.camera, 0)
        for record in records
        for camera in record.cameras
        if camera.state == "alarm"
    ]
    not_run = {
        record.site
        for record in records
        if (newest := _get_newest(record)) and not newest.benchmark_n
    }
    rest = list[Collection]()
    for site in sites:
        own = cells.select(cells.site == site.site)
        rest += _list_unlabelled(site.site, own)
        why = site.score.benchmark.note
        if why == "no_benchmark" or (why == "no_labels" and site.site in not_run):
            rest.append(Collection(site.site, "run_benchmark", "", 0))
        elif site.verdict == "not_enough" and (clips := count_clips_to_decide(site.score)):
            rest.append(Collection(site.site, "record_clips", "", clips))
    return (*alarms, *rest)


def _list_unlabelled(site: str, cells: Cells) -> list[Collection]:
    """Cameras, and lights, of a site with ten frames or more of which none is labelled."""
    collections = []
    kinds: tuple[tuple[Literal["label_camera", "label_light"], NDArray[Any]], ...] = (
        ("label_camera", cells.camera), ("label_light", cells.light),
    )  # fmt: skip
    for kind, names in kinds:
        frames, labelled = Counter[str](), Counter[str]()
        for name, n_frames, n in zip(names.tolist(), cells.n_frames, cells.n, strict=True):
            frames[name] += int(n_frames)
            labelled[name] += int(n)
        collections += [
            Collection(site, kind, name, frames[name])
            for name in sorted(frames)
            if name and not labelled[name] and frames[name] >= FEW_FRAMES_OF_LIGHT
        ]
    return collections


def count_clips_to_decide(score: GroupScore) -> int:
    """Further clips after which the limits of a gap would reach its limit at today's value and
    spread, since their width falls with the root of the clips; 0 where the gap is decided or lies
    on its limit, where no number decides."""
    if not score.gap.measured:
        return max(0, FEW_CLIPS - score.n_clips)
    away = abs(score.gap.value - DEFAULT_GAP_LIMIT)
    if away < 0.005 or score.gap.half_width <= away:
        return 0
    return ceil(score.n_clips * ((score.gap.half_width / away) ** 2 - 1))
