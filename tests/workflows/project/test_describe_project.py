import pytest

from fieldcheck.progress import Silent
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.scoring.verdict import TOLERANCE
from fieldcheck.workflows.project.describe_project import GapLimits, Site, describe, limits_of, set_limits, site_of
from fieldcheck.workflows.report.report_gap import assemble
from tests import makers

SAID = Site("Werk 2, Hall C", "Line 4", "M. Berger", ("glare", "dark"), "Lamp over station 4 flickers")


def test_what_was_said_of_the_site_stands_and_the_report_names_it(empty):
    changes = describe(empty, SAID)
    assert (changes.act, changes.kinds) == ("site.set", {"setting"})
    assert site_of(empty) == Site(SAID.site, SAID.line, SAID.who, ("dark", "glare"), SAID.note)
    assert assemble(empty, "en", Silent(), makers.NOW).site == "Werk 2, Hall C"


def test_a_description_is_one_act_that_can_be_undone_and_done_again(empty):
    before = site_of(empty)
    describe(empty, SAID)
    assert empty.depths() == (1, 0)
    assert empty.undo().act == "site.set"
    assert site_of(empty) == before
    empty.redo()
    assert site_of(empty).line == "Line 4"


def test_saying_the_same_again_is_no_act(empty):
    describe(empty, SAID)
    describe(empty, SAID)
    assert empty.depths() == (1, 0)


def test_what_is_emptied_is_not_set_any_more(empty):
    describe(empty, SAID)
    describe(empty, Site("  "))
    assert site_of(empty) == Site()
    assert set(empty.read(settings_table.all)) == {"created", "claims"}


def test_a_condition_that_is_not_known_is_refused_and_one_that_got_in_is_left_out(empty):
    with pytest.raises(ValueError, match="fog"):
        describe(empty, Site("x", conditions=("fog",)))
    empty.edit("site.set", puts=[settings_table.row("conditions", ["fog", "dark"])])
    assert site_of(empty).conditions == ("dark",)


def test_the_limits_are_those_that_the_report_holds_the_gap_against(labelled):
    assert limits_of(labelled) == GapLimits(TOLERANCE, "")
    assert set_limits(labelled, GapLimits(0.9, "Quality")).act == "limits.set"
    assert limits_of(labelled) == GapLimits(0.9, "Quality")
    gap = assemble(labelled, "en", Silent(), makers.NOW).gap
    assert (gap.tolerance, gap.tolerance_by, gap.verdict) == (0.9, "Quality", "pass")
    labelled.undo()
    assert limits_of(labelled) == GapLimits()


@pytest.mark.parametrize("tolerance", [-0.01, 1.01])
def test_a_tolerance_that_is_no_share_is_refused(empty, tolerance):
    with pytest.raises(ValueError, match="share"):
        set_limits(empty, GapLimits(tolerance))
    assert empty.depths() == (0, 0)
