"""Projects added to a fleet: in any order, twice, grown, broken off, damaged."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import (
    FleetRefused,
    NotAProject,
    PathOccupied,
    ProjectLocked,
    ProjectNewer,
)
from fieldcheck.fleet import store
from fieldcheck.fleet.figures import compute_fleet_figures
from fieldcheck.fleet.report import (
    describe_added,
    list_summary_lines,
    read_fleet_overview,
    write_fleet_report,
)
from fieldcheck.fleet.store import COLUMNS
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.models.store import add_model
from fieldcheck.parquet import import_duckdb
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import open_project
from tests import makers
from tests.fleet.projects import make_site_project

CHECKOUT = Path(__file__).parent.parent.parent
NO_PROGRESS = NullProgress()


def add(fleet, *sources, site=""):
    with store.open_fleet(fleet) as folder:
        return [store.add_to_fleet(folder, source, site, NO_PROGRESS) for source in sources]


def read_figures(fleet):
    return store.read_fleet(fleet, compute_fleet_figures)


def read_all_rows(fleet):
    """Every row as another program reads the folder: all files of it, whatever our records say."""
    files = str(fleet / "frames" / "**" / "*.parquet")
    return import_duckdb().execute("FROM read_parquet(?) ORDER BY ALL", [files]).fetchall()


@pytest.fixture
def sites(made, tmp_path):
    """Three sites."""
    return [make_site_project(made["labelled"], tmp_path, number) for number in range(3)]


@pytest.mark.long
@pytest.mark.full("fleet_order")
def test_order_repetition_and_halves_do_not_matter(made, tmp_path, counts, evidence):
    n = counts(ci=3, full=40)
    paths = [make_site_project(made["labelled"], tmp_path, number) for number in range(n)]
    shuffled = random.Random(3).sample(paths, n)
    fleets = [tmp_path / name for name in ("sorted", "shuffled", "halves")]
    add(fleets[0], *paths)
    add(fleets[1], *shuffled, *paths)
    add(fleets[2], *paths[: n // 2])
    add(fleets[2], *paths[n // 2 :])
    first, *others = [(read_figures(fleet), read_all_rows(fleet)) for fleet in fleets]
    assert (first[0].n_sites, first[0].n_rows) == (n, 120 * n)
    assert [repr(one) for one in others] == [repr(first)] * 2
    evidence(projects=n, rows=120 * n)


@pytest.mark.long
def test_adding_again_changes_no_file(sites, tmp_path):
    fleet = tmp_path / "fleet"
    add(fleet, *sites)
    before = {path: path.stat().st_mtime_ns for path in fleet.rglob("*.parquet")}
    (again,) = add(fleet, sites[1])
    assert (again.n_added, again.n_removed, again.n_mended, again.changed) == (0, 0, 0, False)
    assert {path: path.stat().st_mtime_ns for path in fleet.rglob("*.parquet")} == before


@pytest.mark.long
def test_a_grown_project_adds_the_difference(made, tmp_path):
    fleet = tmp_path / "fleet"
    half = make_site_project(made["labelled"], tmp_path, 1, n_labels=10)
    (first,) = add(fleet, half)
    whole = make_site_project(made["labelled"], tmp_path, 1)
    (grown,) = add(fleet, whole)
    assert grown.project_id == first.project_id
    # the labels that came, and the weights of those that were there
    assert 10 <= grown.n_added == grown.n_removed <= 20
    alone = tmp_path / "alone"
    add(alone, whole)
    assert read_all_rows(fleet) == read_all_rows(alone)


def test_a_pack_is_the_project_that_it_was_made_of(labelled, made_pack, tmp_path):
    fleet = tmp_path / "fleet"
    (first,) = add(fleet, labelled.path)
    (packed,) = add(fleet, made_pack)
    assert packed.project_id == first.project_id
    assert (packed.n_added, packed.n_removed) == (0, 0)


@pytest.mark.long
@pytest.mark.full("kill_fleet_add")
def test_an_add_that_is_killed_goes_on(made, tmp_path, counts, evidence):
    paths = [make_site_project(made["labelled"], tmp_path, number) for number in range(4)]
    add(tmp_path / "whole", *paths)
    expected = read_all_rows(tmp_path / "whole")
    command = [sys.executable, "-m", "fieldcheck", "fleet", "add"]
    dice, kills, done = random.Random(5), counts(ci=1, full=50), 0
    for kill in range(kills):
        fleet = tmp_path / f"fleet{kill}"
        with subprocess.Popen(
            [*command, fleet, *paths], cwd=CHECKOUT, stdout=subprocess.DEVNULL
        ) as process:
            while not (fleet / "fleet.json").exists() and process.poll() is None:
                time.sleep(0.005)
            time.sleep(dice.uniform(0, 1.2))
            process.kill()
        done += len(store.list_records(fleet)) if fleet.exists() else 0
        add(fleet, *paths)
        assert read_all_rows(fleet) == expected
        assert not list(fleet.rglob("*.part"))
    evidence(kills=kills, projects_before_the_kill=done, lost=0)


def test_of_two_writers_one_is_told_and_a_reader_reads(sites, tmp_path):
    fleet = tmp_path / "fleet"
    add(fleet, sites[0])
    with store.open_fleet(fleet):
        with pytest.raises(ProjectLocked), store.open_fleet(fleet):
            pass
        assert read_figures(fleet).n_sites == 1


def test_a_reader_whose_file_is_replaced_reads_again(made, tmp_path):
    fleet = tmp_path / "fleet"
    add(fleet, make_site_project(made["labelled"], tmp_path, 1, n_labels=10))
    grown = make_site_project(made["labelled"], tmp_path, 1)
    asked = []

    def question(engine, records, paths):
        if not asked:
            add(fleet, grown)
        asked.append(records)
        return compute_fleet_figures(engine, records, paths)

    assert store.read_fleet(fleet, question).class_lists[0].total.n == 20
    assert len(asked) == 2


@pytest.mark.long
@pytest.mark.parametrize("harm", ["cut", "text", "gone"])
def test_a_damaged_file_is_named_and_mended_by_adding_again(sites, tmp_path, harm):
    fleet = tmp_path / "fleet"
    add(fleet, *sites)
    whole = repr(read_figures(fleet))
    victim = sorted((fleet / "frames").rglob("*.parquet"))[1]
    content = victim.read_bytes()
    if harm == "gone":
        victim.unlink()
    else:
        victim.write_bytes(content[:200] if harm == "cut" else b"file,class\n")
    with pytest.raises(FleetRefused) as refused:
        read_figures(fleet)
    assert (refused.value.problem, refused.value.detail) == (
        "damaged", victim.relative_to(fleet).as_posix(),
    )  # fmt: skip
    added = add(fleet, *sites)
    assert repr(read_figures(fleet)) == whole
    assert sum(one.n_mended for one in added) == 1
    (mended,) = (one for one in added if one.n_mended)
    assert (mended.n_added, mended.n_removed, mended.changed) == (0, 0, False)
    expected = "nothing new. 1 damaged file was written again."
    assert describe_added(mended).endswith(expected)


@pytest.mark.long
def test_a_damaged_record_is_named_and_mended(sites, tmp_path):
    fleet = tmp_path / "fleet"
    add(fleet, *sites)
    whole = repr(read_figures(fleet))
    record = sorted((fleet / "projects").iterdir())[0]
    record.write_bytes(b"PAR1")
    with pytest.raises(FleetRefused) as refused:
        read_figures(fleet)
    assert refused.value.detail == f"projects/{record.name}"
    added = add(fleet, *sites)
    assert [(one.n_mended, one.changed) for one in added if one.n_mended] == [(1, False)]
    assert repr(read_figures(fleet)) == whole


@pytest.mark.long
def test_of_models_of_one_file_the_last_alone_counts(labelled, material, tmp_path):
    """A card that was corrected, then the first card again."""
    fleet, turned = tmp_path / "fleet", tmp_path / "turned.json"
    first = add_and_score(fleet, labelled.path)
    turned.write_text(json.dumps({**makers.COLOUR_CARD, "classes": ["green", "blue", "red"]}))
    for card in (turned, None):
        add_model(labelled, material / "net.onnx", card, makers.LATER)
        run_and_score(labelled, None, "all", NO_PROGRESS, makers.LATER)
        total = add_and_score(fleet, labelled.path)
        assert (total.n, total.n_clips) == (first.n, first.n_clips)
        assert (total == first) == (card is None)
    (record,) = store.list_records(fleet)
    assert [(model.name, model.place, model.newest) for model in record.models] == [
        ("net-3", 2, True)
    ]
    assert read_figures(fleet).n_rows == 120


def add_and_score(fleet, source):
    """Score of all sites after a project was added."""
    add(fleet, source)
    return read_figures(fleet).class_lists[0].total


@pytest.mark.long
def test_a_project_that_an_earlier_version_added_twice_over_is_told(sites, tmp_path):
    fleet = tmp_path / "fleet"
    with open_project(sites[0], write=False) as project:
        facts = store.read_project_facts(project, "site00", "", NO_PROGRESS)
    earlier = replace(facts.models[0], name="earlier", newest=False)
    twice = replace(facts, models=(earlier, *facts.models), rows=facts.rows * 2)
    with store.open_fleet(fleet) as folder:
        store.store_facts(folder, twice, "", None, NO_PROGRESS)
    figures = read_figures(fleet)
    assert (figures.counted_twice, figures.n_rows) == (("site00",), 240)
    told = "Frames of these projects count twice, because an earlier version added them: site00."
    assert told in read_fleet_overview(fleet).sentence
    written = write_fleet_report(fleet, tmp_path, makers.NOW)
    assert list_summary_lines(written)[1].startswith(told)
    assert told in (written.folder / "report.html").read_text("utf-8")
    add(fleet, sites[0])
    figures = read_figures(fleet)
    assert (figures.counted_twice, figures.n_rows) == ((), 120)
    assert told not in read_fleet_overview(fleet).sentence


@pytest.mark.long
def test_two_spellings_are_told_and_counted_apart_until_one_is_given(made, tmp_path):
    fleet = tmp_path / "fleet"
    paths = [
        make_site_project(made["labelled"], tmp_path, number, site=site)
        for number, site in enumerate(("Halle Süd", "halle sued", "HALLE-SÜD"))
    ]
    add(fleet, *paths)
    figures = read_figures(fleet)
    assert (figures.n_sites, figures.spellings) == (3, (("HALLE-SÜD", "Halle Süd"),))
    add(fleet, paths[2], site="Halle Süd")
    add(fleet, paths[2])
    figures = read_figures(fleet)
    assert (figures.n_sites, figures.spellings) == (2, ())
    assert len({row[list(COLUMNS).index("site")] for row in read_all_rows(fleet)}) == 2


@pytest.mark.long
def test_class_lists_are_never_put_together(sites, made_boxed, tmp_path):
    fleet = tmp_path / "fleet"
    add(fleet, *sites, made_boxed)
    figures = read_figures(fleet)
    assert [len(one.sites) for one in figures.class_lists] == [3, 1]
    assert [one.metric for one in figures.class_lists] == ["accuracy", "frame_score"]


def test_a_newer_project_is_refused_and_an_older_one_is_brought_up(sites, tmp_path):
    fleet = tmp_path / "fleet"
    with closing(sqlite3.connect(sites[0] / "project.db")) as db, db:
        db.execute("CREATE TABLE tomorrow (a INTEGER)")
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('fieldcheck', '99_tomorrow', '2027-01-01')"
        )
    with pytest.raises(ProjectNewer):
        add(fleet, sites[0])
    assert not (fleet / "frames").is_dir() or not list((fleet / "frames").iterdir())


def test_folders_that_are_none_are_refused(empty, tmp_path):
    fleet = tmp_path / "fleet"
    with pytest.raises(PathMissing):
        read_figures(fleet)
    with pytest.raises(NotAProject):
        add(fleet, tmp_path)
    with pytest.raises(FleetRefused) as refused:
        read_figures(fleet)
    assert refused.value.problem == "empty"
    with pytest.raises(FleetRefused) as refused:
        add(fleet, empty.path)
    assert refused.value.problem == "no_facts"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("Dear Sir")
    with pytest.raises(PathOccupied):
        add(tmp_path / "other")
    with pytest.raises(FleetRefused) as refused:
        read_figures(tmp_path / "other")
    assert refused.value.problem == "no_fleet"
    (fleet / "fleet.json").write_text('{"schema": "fieldcheck.fleet/2"}')
    with pytest.raises(FleetRefused) as refused:
        read_figures(fleet)
    assert refused.value.problem == "newer"


@pytest.mark.long
@pytest.mark.parametrize("site", ["..", "a/b\\c:d", "Ü" * 120, "site=1"])
def test_any_name_of_a_site_is_kept(made, tmp_path, site):
    fleet = tmp_path / "fleet"
    add(fleet, make_site_project(made["labelled"], tmp_path, 1), site=site)
    assert read_figures(fleet).class_lists[0].sites[0].site == site
    assert [path.parent for path in (fleet / "frames").iterdir()] == [fleet / "frames"]
