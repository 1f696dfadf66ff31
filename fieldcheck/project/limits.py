"""Limits and description of a project, set by a person: site and conditions, gap limit, rate
limits, the plant's own figures, admin PIN, terms of the acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.recording import CONDITIONS
from fieldcheck.domain.report import (
    LARGEST_FIGURES,
    LARGEST_LATENCY_MS,
    NUMBERS,
    RATES,
    AcceptanceTerms,
    PlantFigures,
    RateLimit,
    is_number_of_parts,
    parse_acceptance_terms,
)
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.project import criteria
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name, clean_note
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT
from fieldcheck.timestamp import get_timestamp


@dataclass(frozen=True, slots=True)
class Site:
    """`line` is the line or place on the site, `who` the person who was there; `conditions` are
    codes of `domain.recording`."""

    site: str = ""
    line: str = ""
    who: str = ""
    conditions: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class GapLimits:
    """`tolerance`: the largest gap that is accepted, a fraction; `decided_by`: who said so, on
    `date` (ISO 8601), empty for what was set before dates were kept; `confirmed`: somebody set it,
    else it is the default."""

    tolerance: float = DEFAULT_GAP_LIMIT
    decided_by: str = ""
    date: str = field(default="", compare=False)
    confirmed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class LatencyLimit:
    """`ms`: the longest that 95 of 100 frames may take; `by` and `date` as of a rate."""

    ms: float
    by: str = ""
    date: str = ""


def get_site(project: Project) -> Site:
    """Site as it stands so far."""
    settings = project.read(settings_table.list_settings)
    conditions = settings.get("conditions", ())
    limits = tuple(
        name for name in CONDITIONS if isinstance(conditions, list) and name in conditions
    )
    site, line, who, note = (str(settings.get(key, "")) for key in ("site", "line", "who", "note"))
    return Site(site, line, who, limits, note)


def get_gap_limits(project: Project) -> GapLimits:
    """Limits as they stand so far; three points where nobody has decided."""
    settings = project.read(settings_table.list_settings)
    return GapLimits(
        float(str(settings.get("tolerance", DEFAULT_GAP_LIMIT))),
        str(settings.get("tolerance_by", "")),
        str(settings.get("tolerance_date", "")),
        "tolerance" in settings,
    )


def set_site(project: Project, site: Site) -> Changes:
    """Site and light from now on, as one undoable act. ValueError for a condition that is not
    known."""
    unknown = set(site.conditions) - set(CONDITIONS)
    if unknown:
        raise ValueError(f"unknown conditions: {sorted(unknown)}")
    conditions = [name for name in CONDITIONS if name in site.conditions]
    return _set_values(
        project,
        "site.set",
        {
            "site": site.site,
            "line": site.line,
            "who": site.who,
            "conditions": conditions,
            "note": site.note,
        },
    )


def set_limits(project: Project, limits: GapLimits | None) -> Changes:
    """The limit of the gap from now on, as one undoable act; None: the default, not confirmed.
    ValueError where the tolerance is no share between 0 and 1."""
    if limits is None:
        keys = ("tolerance", "tolerance_by", "tolerance_date")
        return project.edit(
            "limits.set", deletes=[settings_table.make_setting_key(k) for k in keys]
        )
    if not 0 <= limits.tolerance <= 1:
        raise ValueError(f"a tolerance is a share between 0 and 1: {limits.tolerance}")
    values = {
        "tolerance": limits.tolerance,
        "tolerance_by": limits.decided_by,
        "tolerance_date": limits.date or get_today(),
    }
    return _set_values(project, "limits.set", values)


def get_today() -> str:
    """Today's date on this computer, ISO 8601."""
    return get_timestamp()[:10]


def _set_values(project: Project, act: str, values: Mapping[str, Any]) -> Changes:
    """What is said stands; what is left empty is not set at all, as before anybody said it."""
    form = {"note": clean_note}
    cleaned = {
        key: form.get(key, clean_name)(value) if isinstance(value, str) else value
        for key, value in values.items()
    }
    puts = [
        settings_table.make_setting_row(key, value)
        for key, value in cleaned.items()
        if value not in ("", [])
    ]
    deletes = [
        settings_table.make_setting_key(key) for key, value in cleaned.items() if value in ("", [])
    ]
    return project.edit(act, puts=puts, deletes=deletes)


# Plant's own figures of a project: defect rate, parts a day and prices, entered once, with who
# entered them; there is no default.

KEY = "plant_figures"


def get_plant_figures(project: Project) -> PlantFigures:
    """Those that were entered."""
    stored = _read_figures(project)
    entered_by = dict.fromkeys(
        str(stored[name][1])
        for name in (*LARGEST_FIGURES, "currency")
        if name in stored and stored[name][1]
    )
    figures = {name: float(stored[name][0]) for name in LARGEST_FIGURES if name in stored}
    return PlantFigures(
        **figures, currency=str(stored.get("currency", ("",))[0]), by=tuple(entered_by)
    )


def set_plant_figures(
    project: Project, figures: Mapping[str, float | str], annotator: str
) -> Changes:
    """These from now on, as one undoable act; others stay. ValueError for a figure that is none, or
    a currency without three letters."""
    for name, value in figures.items():
        if name == "currency":
            fits = (
                isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha()
            )
        else:
            fits = (
                name in LARGEST_FIGURES
                and isinstance(value, int | float)
                and isfinite(value)
                and 0 <= value <= LARGEST_FIGURES[name]
            )
        if not fits:
            raise ValueError(f"no figure of a plant: {name} = {value!r}")
    stored = {
        name: [value.upper() if isinstance(value, str) else value, annotator.strip()]
        for name, value in figures.items()
    }
    return project.edit(
        "limits.set", puts=[settings_table.make_setting_row(KEY, _read_figures(project) | stored)]
    )


def _read_figures(project: Project) -> dict[str, list[float | str]]:
    setting = project.read(settings_table.list_settings).get(KEY)
    return dict(setting) if isinstance(setting, dict) else {}


# Rate limits of a project: the largest accepted rates; `LIMITED_RATES` of `domain/report.py` lists
# which there are.


def get_rate_limits(project: Project) -> tuple[RateLimit, ...]:
    """Those that were set; there is no default, since only the plant knows its own."""
    setting = project.read(settings_table.list_settings).get("rate_limits")
    stored = setting if isinstance(setting, dict) else {}
    return tuple(
        RateLimit(rate, float(stored[rate][0]), *map(str, stored[rate][1:3]))
        for rate in RATES
        if rate in stored
    )


def set_rate_limits(
    project: Project, limits: Mapping[str, float | None], annotator: str
) -> Changes:
    """These limits from now on, as one undoable act; others stay, None removes one. ValueError for
    one that is no share between 0 and 1."""
    if any(
        rate not in RATES or (limit is not None and not 0 <= limit <= 1)
        for rate, limit in limits.items()
    ):
        raise ValueError(f"limits are shares between 0 and 1 of {RATES}: {dict(limits)}")
    setting = project.read(settings_table.list_settings).get("rate_limits")
    stand = setting if isinstance(setting, dict) else {}
    date = get_today()
    changed = stand | {rate: [limit, annotator.strip(), date] for rate, limit in limits.items()}
    value = {rate: row for rate, row in changed.items() if limits.get(rate, row) is not None}
    return _put_or_delete(project, "rate_limits", value)


def _put_or_delete(project: Project, key: str, value: Any) -> Changes:
    """Sets a limit, or removes it where nothing is left of it."""
    if value:
        return project.edit("limits.set", puts=[settings_table.make_setting_row(key, value)])
    return project.edit("limits.set", deletes=[settings_table.make_setting_key(key)])


LATENCY = "latency_limit"


@dataclass(frozen=True, slots=True)
class SetLimits:
    """Every limit of a project; rates and latency only where somebody set one."""

    gap: GapLimits = GapLimits()
    rates: tuple[RateLimit, ...] = ()
    latency: LatencyLimit | None = None


def make_limit_settings(
    tolerance: float | None, rates: Mapping[str, float], latency_ms: float | None, by: str
) -> dict[str, Any]:
    """Settings of a new project whose limits are known; what is left open is not among them."""
    name, date = clean_name(by), get_today()
    settings: dict[str, Any] = {}
    if tolerance is not None:
        settings |= {"tolerance": tolerance, "tolerance_date": date}
        settings |= {"tolerance_by": name} if name else {}
    if rates:
        settings["rate_limits"] = {rate: [limit, name, date] for rate, limit in rates.items()}
    if latency_ms is not None:
        settings[LATENCY] = [latency_ms, name, date]
    return settings


def get_set_limits(project: Project) -> SetLimits:
    """The limits as they stand so far."""
    return SetLimits(get_gap_limits(project), get_rate_limits(project), get_latency_limit(project))


def get_latency_limit(project: Project) -> LatencyLimit | None:
    """The limit of the latency; None where nobody set one."""
    setting = project.read(settings_table.list_settings).get(LATENCY)
    if not isinstance(setting, list) or len(setting) != 3:
        return None
    return LatencyLimit(float(setting[0]), str(setting[1]), str(setting[2]))


def set_latency_limit(project: Project, ms: float | None, by: str) -> Changes:
    """This limit from now on, as one undoable act; None removes it. ValueError for what is no time
    of a frame."""
    if ms is not None and not 0 < ms <= LARGEST_LATENCY_MS:
        raise ValueError(f"a frame takes between 0 and {LARGEST_LATENCY_MS:.0f} ms: {ms}")
    return _put_or_delete(project, LATENCY, None if ms is None else [ms, by.strip(), get_today()])


# Admin of a project: a PIN that guards its limits, set, given and taken away; every time the chain
# of the seal says so.

SHORTEST_PIN = 4


def has_admin(project: Project) -> bool:
    """Whether a PIN guards the limits."""
    return project.read(criteria.has_pin)


def enable_admin_access(project: Project, pin: str) -> None:
    """Gives the open project admin access from now on. Raises AdminNeeded (`wrong`) for a wrong
    PIN."""
    if has_admin(project) and not project.read(lambda db: criteria.is_pin(db, pin)):
        raise AdminNeeded(project.path, "wrong")
    project.admin = True


def set_admin_pin(project: Project, pin: str, now: str) -> None:
    """A PIN from now on, in place of one that was given. Raises AdminNeeded (`locked`); ValueError
    for one of fewer than four letters."""
    if len(pin) < SHORTEST_PIN:
        raise ValueError(f"a PIN has at least {SHORTEST_PIN} letters")
    _set_pin(project, pin, now)
    project.admin = True


def clear_admin_pin(project: Project, now: str) -> None:
    """No PIN any more. Raises AdminNeeded (`locked`, or `unset` where there is none)."""
    if not has_admin(project):
        raise AdminNeeded(project.path, "unset")
    _set_pin(project, "", now)


def _set_pin(project: Project, pin: str, now: str) -> None:
    def set_pin_in_database(db: Database) -> None:
        if criteria.has_pin(db) and not project.admin:
            raise AdminNeeded(project.path, "locked")
        criteria.set_pin(db, pin, now)

    project.write(set_pin_in_database).result()


# Terms of the acceptance as a project stores them, and labels of reference parts.

ACCEPTANCE_ACT = "acceptance.set"
ACCEPTANCE_KEY = "acceptance"
REFERENCE_KEY = "reference_parts"


def get_acceptance_terms(project: Project) -> AcceptanceTerms:
    """Those that were entered; empty ones at first."""
    return parse_acceptance_terms(project.read(settings_table.list_settings).get(ACCEPTANCE_KEY))


def set_acceptance_terms(project: Project, changes: Mapping[str, Any], by: str) -> Changes:
    """These terms from now on, as one undoable act; others stay. An empty text, or None, takes one
    away. ValueError for a number that is none."""
    for name in NUMBERS:
        if changes.get(name) is not None and not is_number_of_parts(changes[name]):
            raise ValueError(f"no number of parts: {name} = {changes[name]!r}")
    terms = replace(get_acceptance_terms(project), **changes, by=clean_name(by))
    stored = {name: value for name, value in asdict(terms).items() if value not in ("", None)}
    if not set(stored) - {"by"}:
        return project.edit(
            ACCEPTANCE_ACT, deletes=[settings_table.make_setting_key(ACCEPTANCE_KEY)]
        )
    return project.edit(
        ACCEPTANCE_ACT, puts=[settings_table.make_setting_row(ACCEPTANCE_KEY, stored)]
    )


def get_reference_parts(project: Project) -> dict[str, str]:
    """Class of each reference part, whose true state is known; none at first."""
    stored = project.read(settings_table.list_settings).get(REFERENCE_KEY)
    if not isinstance(stored, dict):
        return {}
    return {
        clean_name(part): clean_name(name) for part, name in stored.items() if isinstance(name, str)
    }


def set_reference_parts(project: Project, classes: Mapping[str, str]) -> Changes:
    """These parts are the reference from now on, as one undoable act; none takes them away."""
    if not classes:
        return project.edit(
            ACCEPTANCE_ACT, deletes=[settings_table.make_setting_key(REFERENCE_KEY)]
        )
    return project.edit(
        ACCEPTANCE_ACT, puts=[settings_table.make_setting_row(REFERENCE_KEY, dict(classes))]
    )
