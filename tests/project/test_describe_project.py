import pytest

from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import (
    GapLimits,
    Site,
    get_gap_limits,
    get_site,
    set_limits,
    set_site,
)
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report.assemble import build_report
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT
from tests import makers

SAID = Site(
    "Werk 2, Hall C", "Line 4", "M. Berger", ("glare", "dark"), "Lamp over station 4 flickers"
)


def test_what_was_said_of_the_site_stands_and_the_report_names_it(empty):
    changes = set_site(empty, SAID)
    assert (changes.act, changes.kinds) == ("site.set", {"setting"})
    assert get_site(empty) == Site(SAID.site, SAID.line, SAID.who, ("dark", "glare"), SAID.note)
    assert build_report(empty, "en", NullProgress(), makers.NOW).site == "Werk 2, Hall C"


def test_a_description_is_one_act_that_can_be_undone_and_done_again(empty):
    before = get_site(empty)
    set_site(empty, SAID)
    assert empty.count_history() == (1, 0)
    assert empty.undo().act == "site.set"
    assert get_site(empty) == before
    empty.redo()
    assert get_site(empty).line == "Line 4"


def test_saying_the_same_again_is_no_act(empty):
    set_site(empty, SAID)
    set_site(empty, SAID)
    assert empty.count_history() == (1, 0)


def test_what_is_emptied_is_not_set_any_more(empty):
    set_site(empty, SAID)
    set_site(empty, Site("  "))
    assert get_site(empty) == Site()
    assert set(empty.read(settings_table.list_settings)) == {"created", "claims"}


def test_a_condition_that_is_not_known_is_refused_and_one_that_got_in_is_left_out(empty):
    with pytest.raises(ValueError, match="fog"):
        set_site(empty, Site("x", conditions=("fog",)))
    empty.edit("site.set", puts=[settings_table.make_setting_row("conditions", ["fog", "dark"])])
    assert get_site(empty).conditions == ("dark",)


def test_the_limits_are_those_that_the_report_holds_the_gap_against(labelled):
    assert get_gap_limits(labelled) == GapLimits(DEFAULT_GAP_LIMIT, "")
    assert set_limits(labelled, GapLimits(0.9, "Quality")).act == "limits.set"
    assert get_gap_limits(labelled) == GapLimits(0.9, "Quality")
    gap = build_report(labelled, "en", NullProgress(), makers.NOW).gap
    assert (gap.tolerance, gap.tolerance_by, gap.verdict) == (0.9, "Quality", "pass")
    labelled.undo()
    assert get_gap_limits(labelled) == GapLimits()


@pytest.mark.parametrize("tolerance", [-0.01, 1.01])
def test_a_tolerance_that_is_no_share_is_refused(empty, tolerance):
    with pytest.raises(ValueError, match="share"):
        set_limits(empty, GapLimits(tolerance))
    assert empty.count_history() == (0, 0)
