"""A fix search killed without warning at random moments: no judged frame is asked about again, and
it comes to the end of an undisturbed one."""

import random
import shutil
from dataclasses import replace

import pytest

from fieldcheck.corruptions.fix_candidates import PART_KIND, get_fix
from fieldcheck.models.store import find_model
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import project_state
from tests.corruptions.test_planted_faults import FAULTS, make_site

SHARES = (1.0, 0.8, 0.9, 0.7, 1.0)  # of the frames of five clips that are too dark


def read_search(at):
    """Judged frames of a search that is under way, by candidate, and the stored result without the
    moment at which it began; the project is sound."""
    with open_project(at, wait_s=5) as project:
        assert project.read(project_state.check_thorough) == ()
        model = find_model(project, None)
        about = (model.sha256, model.card_sha256)
        parts = project.read(lambda db: models_table.list_facts_of_model(db, PART_KIND, *about))
        judged = {
            (name, frame, right)
            for _, part in parts
            for name, frames in part.items()
            for frame, right in frames.items()
        }
        result = get_fix(project, model)
    return judged, replace(result, created="") if result is not None else None


@pytest.mark.full("kills_fix")
def test_a_killed_search_loses_no_judged_frame_and_comes_to_the_same_end(
    tmp_path, forking, counts, evidence
):
    n, moments = counts(ci=2, full=50), random.Random(31)
    site = make_site(tmp_path / "made", FAULTS["exposure"], SHARES)
    site.close()
    quiet = shutil.copytree(site.path, tmp_path / "quiet.fieldcheck")
    took = forking.run(tmp_path / "said", "fix", quiet)
    left, expected = read_search(quiet)
    assert left == set()
    assert expected.state == "proven"
    at = shutil.copytree(site.path, tmp_path / "killed.fieldcheck")
    before, n_running, n_resumed, n_ended = set(), 0, 0, 0
    while n_running < n:
        n_resumed += bool(before)
        n_running += forking.kill_after(moments.uniform(0.0, took), tmp_path / "said", "fix", at)
        judged, result = read_search(at)
        assert result in (None, expected)
        assert before <= judged or (judged == set() and result == expected)
        before = judged
        if result is not None:  # this one came to its end: the next begins anew
            n_ended += 1
            shutil.rmtree(at)
            shutil.copytree(site.path, at)
            before = set()
    forking.run(tmp_path / "said", "fix", at)
    assert read_search(at) == (set(), expected)
    evidence(
        killed_while_running=n_running, begun_on_judged_frames=n_resumed, came_to_the_end=n_ended,
        judged_frames_lost=0, unopenable=0, seconds_undisturbed=round(took, 2),
    )  # fmt: skip
