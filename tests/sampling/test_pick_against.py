"""A draw that puts the frames first on which two models differ: what it covers, and how few labels
the difference asks for."""

import shutil

import numpy as np
import pytest
from click.testing import CliRunner

import fieldcheck
from fieldcheck.cli.footage import pick_frames_command
from fieldcheck.errors.models import ModelUnknown
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.sampling.hardness import Hardness, put_differing_first
from fieldcheck.sampling.pick_frames import plan_picks
from fieldcheck.stats.cluster import judge_change

GAIN, LOSS = 0.14, 0.04  # share of frames that only the new model, only the old one gets right
CLIPS, FRAMES, COUNT = 12, 80, 100


def draw_once(rng, icc):
    """One visit: whether the camera interval covers the difference, and how many labels it took."""
    clip = np.repeat(np.arange(CLIPS), FRAMES)
    shares = np.array([GAIN, LOSS, 1 - GAIN - LOSS])
    rates = (
        np.tile(shares, (CLIPS, 1))
        if not icc
        else rng.dirichlet(shares * (1 - icc) / icc, size=CLIPS)
    )
    change = np.array([rng.choice([1, -1, 0], p=rates[c]) for c in clip])
    base = Hardness(rng.random(clip.size), (("Q", 1.0),), {"blur": rng.random(clip.size)})
    hardness = put_differing_first(base, change != 0)
    proposal = plan_picks(
        clip.size, COUNT, design="balanced", seed=int(rng.integers(2**31)), hardness=hardness
    )
    picks = proposal.picks
    verdict = judge_change(change[picks], proposal.weight, clip[picks].astype(str))
    covered = verdict.change.lo <= GAIN - LOSS <= verdict.change.hi
    return covered, int((change[picks] != 0).sum()), verdict.direction == "better", verdict.change


def count(n, icc, seed):
    rng = np.random.default_rng(seed)
    return [draw_once(rng, icc) for _ in range(n)]


@pytest.mark.long
@pytest.mark.full("pick_against")
def test_the_difference_is_covered_with_half_the_labels_of_two_hundreds(counts, evidence):
    n = counts(ci=40, full=600)
    figures = {}
    for icc in (0.0, 0.1, 0.3):
        visits = count(n, icc, 7)
        coverage = float(np.mean([covered for covered, *_ in visits]))
        labels = float(np.mean([labels for _, labels, *_ in visits]))
        bias = float(np.mean([change.value for *_, change in visits])) - (GAIN - LOSS)
        assert coverage >= (0.93 if counts.full else 0.85)
        assert labels <= COUNT  # half of those of two hundreds
        assert abs(bias) < 0.02
        better = float(np.mean([better for _, _, better, _ in visits]))
        figures[f"icc_{icc:g}"] = {
            "coverage": coverage, "labels": labels, "found": better, "bias": bias,
        }  # fmt: skip
    evidence(visits=n, difference=GAIN - LOSS, **figures)


def test_frames_that_differ_are_drawn_more_often_with_known_probabilities():
    rng = np.random.default_rng(1)
    differ = rng.random(1000) < 0.15
    base = Hardness(rng.random(1000), (("Q", 1.0),), {"blur": rng.random(1000)})
    hardness = put_differing_first(base, differ)
    assert hardness.components == (("D", 0.5), ("Q", 0.5))
    proposal = plan_picks(1000, 100, design="balanced", seed=0, hardness=hardness)
    assert differ[proposal.picks].sum() > 1.5 * 100 * differ.mean()
    assert proposal.weight.sum() == pytest.approx(1000)
    assert {
        reason.split("+")[0]
        for pick, reason in zip(proposal.picks, proposal.reason, strict=True)
        if differ[pick]
    } == {"differ"}


@pytest.fixture
def two_models(made, material, tmp_path):
    path = shutil.copytree(made["footed"], tmp_path / "footed.fieldcheck")
    with fieldcheck.Project.open(path) as door:
        listed = {row.frame_id: row.class_name for row in door.predictions().predictions
                  if row.rank == 1}  # fmt: skip
        others = {name: "red" if called == "green" else called for name, called in listed.items()}
        rows = "".join(f"{name},{called},0.8\n" for name, called in others.items())
        file = tmp_path / "other.csv"
        file.write_text("id,class,confidence\n" + rows)
        with pytest.warns(UserWarning, match="benchmark images have no prediction"):
            door.add_predictions(file)
    return path, {name for name, called in listed.items() if called == "green"}


def share(picks, drawn):
    """Weighted share of the picks on which the models differ."""
    weight = {pick.frame_id: pick.weight for pick in picks}
    return sum(weight[name] for name in drawn) / sum(weight.values())


def test_the_comparison_needs_labels_only_where_the_models_differ(two_models):
    path, differing = two_models
    with fieldcheck.Project.open(path) as door:
        picks = door.pick(20, against="net").picks
        drawn = {pick.frame_id for pick in picks} & differing
        strata = {pick.frame_id: pick.stratum for pick in picks}
        order = sorted(drawn, key=lambda name: (strata[name], name))
        others = order[1::2]
        for name in order[::2]:
            door.label(name, "green")
        part = door.compare("net", "other")
        for name in others:
            door.label(name, "green")
        done = door.compare("net", "other")
    assert {pick.frame_id for pick in picks if "differ" in pick.reason} <= drawn
    assert set(part.left) == set(others)
    # half of those that differ, and as many of those that do not
    assert part.change.value == pytest.approx(-share(picks, drawn), abs=0.25)
    assert done.left == ()
    assert done.change.n == 20
    assert done.change.value == pytest.approx(-share(picks, drawn))


def test_the_terminal_says_how_many_labels_it_takes(two_models):
    path, differing = two_models
    said = CliRunner().invoke(pick_frames_command, [str(path), "--count", "20", "--against", "net"])
    assert said.exit_code == 0, said.output
    with open_project(path) as project:
        picks = {pick.frame_id for pick in project.read(picks_table.list_picks)}
    n = len(picks & differing)
    assert n > 8
    assert f"The two models differ on {n} picked frame" in said.output


def test_the_newest_model_is_not_drawn_against_itself(two_models):
    path, _ = two_models
    with fieldcheck.Project.open(path) as door, pytest.raises(ModelUnknown):
        door.pick(20, against="other")
    with open_project(path) as project:
        assert project.read(picks_table.list_picks) == ()
