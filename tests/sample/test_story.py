"""The sample tells its story through the product: what was planted is there, and the numbers behave
as the methods promise."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from fieldcheck.api import demo
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.models.run import run_footage
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.sampling.hardness import WEIGHTS, HardnessPasses, measure_components
from fieldcheck.sampling.pick_frames import plan_picks
from fieldcheck.stats.weighted_field_score import FieldSample, compute_field_scores

NOW = "2026-01-01T00:00:00+00:00"


class Story:
    """Every listed frame of the sample: right or wrong by the answer key, its clip, its
    hardness."""

    def __init__(self, project, sample):
        model = find_model(project)
        run = run_footage(project, model, NullProgress(), NOW).run
        answers = project.read(lambda db: predictions_table.get_predictions(db, run.run_id))
        footage = sample.key["footage"]
        truth = {sample.get_footage_path(clip).name: clip["classes"] for clip in footage}
        self.listing = project.read(list_sampling_lines)
        classes = get_card(model).classes
        self.right = np.array(
            [
                classes[int(answers[line.frame.frame_id].answer.argmax())]
                == truth[line.frame.source][line.frame.source_index]
                for line in self.listing
            ]
        )
        self.clip = np.array([line.clip.clip_id for line in self.listing])
        self.components = measure_components(
            project, self.listing, model, HardnessPasses(), NullProgress(), NOW
        )
        self.hardness = self.components.compute_hardness()
        self.n_clips = len({line.clip.clip_id for line in self.listing})
        n_all = len(project.read(lambda db: list_sampling_lines(db, with_frozen=True)))
        self.n_frozen = n_all - len(self.listing)


@pytest.fixture(scope="module")
def story(walked_demo, tmp_path_factory):
    """Of the walk that others begin from too: its footage and the model's answers."""
    with open_project(
        walked_demo.copy(tmp_path_factory.mktemp("story")) / "sample.fieldcheck"
    ) as project:
        return Story(project, demo.get_demo_files())


def drawn(story, seed, hardness=None):
    return plan_picks(
        len(story.listing), 100, design="balanced", seed=seed, hardness=hardness or story.hardness
    )


def scores(story, seed):
    """The field's scores were the hundred of this seed labelled by the key."""
    proposal = drawn(story, seed)
    stratum = np.array(proposal.stratum)
    picks = proposal.picks
    listed = {one.name: one.listed for one in proposal.strata}
    return compute_field_scores(
        FieldSample.from_arrays(
            stratum[picks], ["done"] * len(picks), story.right[picks], story.clip[picks], listed
        )
    )


def test_every_recording_is_one_clip_and_there_are_at_least_eight(story):
    assert story.n_clips == len({line.recording.recording_id for line in story.listing}) >= 8


def test_the_model_is_right_on_half_to_three_quarters_of_the_footage(story):
    assert 0.50 <= story.right.mean() <= 0.75


def test_the_interval_of_a_hundred_holds_the_truth_over_a_hundred_seeds(story):
    truth = story.right.mean()
    found = [scores(story, seed).footage for seed in range(100)]
    assert sum(one.lo <= truth <= one.hi for one in found) >= 90


def test_the_hundred_hardest_alone_miss_the_truth_by_more_than_ten_points(story):
    hardest = np.argsort(-story.hardness.h, kind="stable")[:100]
    assert abs(story.right[hardest].mean() - story.right.mean()) > 0.10


def test_the_hardest_fifth_is_wrong_more_often_than_the_rest(story):
    hard = np.zeros(len(story.right), dtype=bool)
    hard[np.argsort(-story.hardness.h, kind="stable")[: len(hard) // 5]] = True
    wrong = ~story.right
    n_wrong = int(wrong[~hard].sum())
    table = [[int(wrong[hard].sum()), int(hard.sum())], [n_wrong, int((~hard).sum())]]
    assert fisher_exact(table, alternative="greater").pvalue < 0.01


def test_the_frozen_stretch_that_was_planted_is_found_and_left_out(story):
    planted = demo.get_demo_files().key["planted"]["frozen"]
    assert planted
    assert story.n_frozen > 0


def test_swapping_the_weights_of_doubt_and_picture_quality_changes_the_picks(story):
    swapped = story.components.compute_hardness({**WEIGHTS, "U": WEIGHTS["Q"], "Q": WEIGHTS["U"]})
    assert set(drawn(story, 0).picks.tolist()) != set(drawn(story, 0, swapped).picks.tolist())
