import pytest

from fieldcheck.domain.report import PlantFigures, RateLimit
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import (
    GapLimits,
    LatencyLimit,
    Site,
    clear_admin_pin,
    enable_admin_access,
    get_gap_limits,
    get_latency_limit,
    get_plant_figures,
    get_rate_limits,
    get_site,
    get_today,
    has_admin,
    set_admin_pin,
    set_latency_limit,
    set_limits,
    set_plant_figures,
    set_rate_limits,
    set_site,
)
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report.assemble import build_report
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT
from tests import makers


@pytest.mark.long
def test_who_gives_the_pin_is_the_admin_as_long_as_the_project_is_open(empty):
    set_admin_pin(empty, "4711", makers.NOW)
    set_limits(empty, GapLimits(0.05))
    path = empty.path
    empty.close()
    with open_project(path) as again:
        for pin in ("4712", ""):
            with pytest.raises(AdminNeeded):
                enable_admin_access(again, pin)
        with pytest.raises(AdminNeeded):
            set_admin_pin(again, "another", makers.NOW)
        enable_admin_access(again, "4711")
        set_limits(again, GapLimits(0.06))
        clear_admin_pin(again, makers.NOW)
        assert not has_admin(again)
        with pytest.raises(AdminNeeded) as found:
            clear_admin_pin(again, makers.NOW)
        assert found.value.problem == "unset"


def test_a_pin_of_three_letters_is_none(empty):
    with pytest.raises(ValueError, match="at least 4"):
        set_admin_pin(empty, "123", makers.NOW)


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
    assert (gap.tolerance, gap.tolerance_by) == (0.9, "Quality")
    assert get_gap_limits(labelled).confirmed
    assert get_gap_limits(labelled).date == get_today()
    labelled.undo()
    assert get_gap_limits(labelled) == GapLimits()


@pytest.mark.parametrize("tolerance", [-0.01, 1.01])
def test_a_tolerance_that_is_no_share_is_refused(empty, tolerance):
    with pytest.raises(ValueError, match="share"):
        set_limits(empty, GapLimits(tolerance))
    assert empty.count_history() == (0, 0)


def test_nobody_s_figures_are_no_figures(empty):
    assert get_plant_figures(empty) == PlantFigures()


def test_figures_stand_beside_those_entered_before_with_who_entered_them(empty):
    set_plant_figures(empty, {"defect_ppm": 2000, "currency": "eur"}, " Q. Manager ")
    set_plant_figures(empty, {"cost_escape": 50.5}, "Controller")
    people = ("Q. Manager", "Controller")
    wanted = PlantFigures(defect_ppm=2000, cost_escape=50.5, currency="EUR", by=people)
    assert get_plant_figures(empty) == wanted
    empty.undo()
    actual = get_plant_figures(empty)
    assert actual == PlantFigures(defect_ppm=2000, currency="EUR", by=("Q. Manager",))


@pytest.mark.parametrize(
    "figures",
    [
        {"defect_ppm": 2e6}, {"cost_escape": -1.0}, {"cost_reject": float("nan")},
        {"parts_per_day": "many"}, {"speed": 1}, {"currency": "€"},
    ],
    ids=["more than a million", "negative", "no number", "a word", "unknown", "no currency code"],
)  # fmt: skip
def test_what_is_no_figure_of_a_plant_is_refused(empty, figures):
    with pytest.raises(ValueError, match="no figure of a plant"):
        set_plant_figures(empty, figures, "")


def test_nobody_s_limit_is_no_limit(empty):
    assert get_rate_limits(empty) == ()


def test_a_limit_stands_beside_those_set_before(empty):
    set_rate_limits(empty, {"escape_rate": 0.01}, " Q. Manager ")
    set_rate_limits(empty, {"confident_errors": 0.05}, "")
    limit = RateLimit("escape_rate", 0.01, "Q. Manager", get_today())
    assert get_rate_limits(empty) == (limit, RateLimit("confident_errors", 0.05, "", get_today()))
    set_rate_limits(empty, {"escape_rate": None}, "")
    assert [one.rate for one in get_rate_limits(empty)] == ["confident_errors"]
    set_rate_limits(empty, {"confident_errors": None}, "")
    assert get_rate_limits(empty) == ()
    empty.undo()
    empty.undo()
    assert get_rate_limits(empty)[0] == limit


def test_limits_of_before_have_no_date(empty):
    rows = {"rate_limits": {"escape_rate": [0.02, "QM"]}, "tolerance": 0.05}
    puts = [settings_table.make_setting_row(key, value) for key, value in rows.items()]
    empty.edit("limits.set", puts=puts)
    assert get_rate_limits(empty) == (RateLimit("escape_rate", 0.02, "QM", ""),)
    limits = get_gap_limits(empty)
    assert (limits.tolerance, limits.date, limits.confirmed) == (0.05, "", True)


def test_a_latency_limit_is_set_sealed_and_taken_back(empty):
    assert get_latency_limit(empty) is None
    set_latency_limit(empty, 40.0, " Controls ")
    assert get_latency_limit(empty) == LatencyLimit(40.0, "Controls", get_today())
    set_latency_limit(empty, None, "")
    assert get_latency_limit(empty) is None
    assert empty.undo().act == "limits.set"
    assert get_latency_limit(empty).ms == 40.0
    with pytest.raises(ValueError, match="between 0"):
        set_latency_limit(empty, 0.0, "")


def test_a_default_that_is_set_back_is_not_confirmed(empty):
    set_limits(empty, GapLimits(0.05, "QM"))
    set_limits(empty, None)
    limits = get_gap_limits(empty)
    assert (limits, limits.confirmed) == (GapLimits(), False)


@pytest.mark.parametrize(
    "limits", [{"escape_rate": 1.5}, {"speed": 0.1}], ids=["no share", "no target"]
)
def test_what_is_no_share_of_a_known_rate_is_refused(empty, limits):
    with pytest.raises(ValueError, match="shares between 0 and 1"):
        set_rate_limits(empty, limits, "")
