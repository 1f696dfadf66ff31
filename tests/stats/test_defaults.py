"""A default limit stands in one place: whoever uses it follows when it is another."""

import json

from tests.programs import run_python

FOLLOWERS = """
import inspect, json, pathlib, tempfile
from fieldcheck.stats import gap
gap.DEFAULT_GAP_LIMIT, gap.LARGEST_GATE_DROP = 0.07, 0.09
from fieldcheck.analyses import gap as analysis, release_gate, releases, retrain
from fieldcheck.models import compare
from fieldcheck.project import criteria, limits
from fieldcheck.project.folder import create_project
with create_project(pathlib.Path(tempfile.mkdtemp()) / "p.fieldcheck") as project:
    of_project = limits.get_set_limits(project).gap.tolerance
print(json.dumps({
    "limits": limits.GapLimits().tolerance,
    "page": of_project,
    "sealed": criteria.DEFAULT_GAP_LIMIT,
    "gate": release_gate.DEFAULT_GAP_LIMIT,
    "sets": inspect.signature(compare.check_gate_sets).parameters["tolerance"].default,
    "checklist": releases.LARGEST_GATE_DROP,
    "retraining": retrain.LARGEST_GATE_DROP,
}))
"""


def test_gate_report_page_and_checklist_follow_the_one_default():
    shown = run_python("-c", FOLLOWERS, check=True)
    followed = json.loads(shown.stdout)
    drops = {followed.pop(name) for name in ("sets", "checklist", "retraining")}
    assert (set(followed.values()), drops) == ({0.07}, {0.09})
