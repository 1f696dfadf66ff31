import json
from functools import partial

import pytest

from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.domain.label import LabelDraft
from fieldcheck.domain.project_state import ProjectStatus
from fieldcheck.domain.report import ReportForm
from fieldcheck.evidence.open_pack import HASHES, list_owned_files
from fieldcheck.labels.store import LabelDecision, mark_person, set_label, store_draft
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import labels, models, project_state, runs, values
from fieldcheck.project.tables.project_state import (
    StoredReport,
    compute_content_state,
    read_project_status,
)
from fieldcheck.project.tables.values import UnfitValue
from fieldcheck.report.section import KEY, set_report_form
from fieldcheck.verify_pack import hash_chain_record
from tests import makers
from tests.project.made import fill, label


def test_finished_chunks_are_known_by_job(db):
    for job, number in (("a", 3), ("a", 1), ("a", 3), ("b", 2)):
        project_state.mark_chunk_finished(db, job, number)
    assert project_state.get_finished_chunks(db, "a") == {1, 3}
    assert project_state.get_finished_chunks(db, "c") == set()


def test_a_job_that_left_nothing_is_forgotten(db):
    for job in ("a", "b"):
        project_state.mark_chunk_finished(db, job, 1)
    project_state.remove_chunks(db, "a")
    assert project_state.get_finished_chunks(db, "a") == set()
    assert project_state.get_finished_chunks(db, "b") == {1}


def first_pick(project):
    return project.read(labels.list_picks)[0].frame_id


@pytest.mark.parametrize("act", [
    lambda project: set_label(
        project, first_pick(project), LabelDecision("red"), annotator="tester", now=makers.NOW
    ),
    lambda project: mark_person(project, [first_pick(project)], True, "tester"),
    lambda project: run_and_score(project, None, "benchmark", NullProgress(), makers.NOW),
    lambda project: set_report_form(project, ReportForm(notes="Shift B.")),
])  # fmt: skip
def test_it_is_another_with_every_label_mark_run_and_setting(drawn, act):
    before = drawn.read(compute_content_state)
    act(drawn)
    assert drawn.read(compute_content_state) != before


def test_an_undone_label_brings_the_state_back(drawn):
    first, second = (one.frame_id for one in drawn.read(labels.list_picks)[:2])
    # with which the project is sealed
    set_label(drawn, first, LabelDecision("red"), annotator="tester", now=makers.NOW)
    before = drawn.read(compute_content_state)
    set_label(drawn, second, LabelDecision("red"), annotator="tester", now=makers.NOW)
    assert drawn.read(compute_content_state) != before
    drawn.undo()
    assert drawn.read(compute_content_state) == before


def test_predictions_that_replace_the_last_ones_are_another_state(drawn):
    run_and_score(drawn, None, "benchmark", NullProgress(), makers.NOW)
    run = drawn.read(runs.list_all_runs)[-1]
    before = drawn.read(compute_content_state)
    last = drawn.read(
        lambda db: db.execute("SELECT subject FROM prediction ORDER BY rowid DESC").fetchone()[0]
    )

    def answer_anew(db):
        tables = ("prediction", "asked_picture")
        rows = {
            table: db.execute(f"SELECT * FROM {table} WHERE subject = ?", [last]).fetchall()
            for table in tables
        }
        runs.remove_predictions(db, run.model_sha256, run.card_sha256, [last])
        for table in tables:  # under the numbers that the rows had
            for row in rows[table]:
                marks = ", ".join("?" * len(row))
                db.execute(f"INSERT INTO {table} VALUES ({marks})", row)

    drawn.write(answer_anew).result()
    assert drawn.read(compute_content_state) != before


def test_a_fact_in_the_place_of_the_newest_one_is_another_state(drawn):
    def replace_fact(value):
        drawn.write(
            lambda db: models.replace_fact(db, "shift", "model", "card", "6", value, makers.NOW)
        ).result()
        return drawn.read(compute_content_state)

    states = [replace_fact(1), replace_fact(2), replace_fact(3)]
    assert len(set(states)) == len(states)


def test_a_fact_that_was_removed_and_stored_anew_is_another_state(drawn):
    about = ("shift", "model", "card", "6")
    drawn.write(lambda db: models.put_fact(db, *about, 1, makers.NOW)).result()
    before = drawn.read(compute_content_state)
    drawn.write(lambda db: models.remove_fact(db, *about)).result()
    drawn.write(lambda db: models.put_fact(db, *about, 2, makers.NOW)).result()
    assert drawn.read(compute_content_state) != before


def test_drafts_written_reports_and_settings_that_do_not_count_leave_it(drawn):
    before, but = drawn.read(compute_content_state), partial(compute_content_state, without=(KEY,))
    part = drawn.read(but)
    store_draft(drawn, LabelDraft(first_pick(drawn)), "draw")
    drawn.write(
        lambda db: project_state.put_report(db, StoredReport("reports/a", makers.NOW, "en", "{}"))
    ).result()
    assert drawn.read(compute_content_state) == before
    set_report_form(drawn, ReportForm(notes="Shift B."))
    assert drawn.read(compute_content_state) != before
    assert drawn.read(but) == part


def test_every_frame_pick_label_and_run_is_a_record_in_a_fixed_order(labelled):
    found = labelled.read(lambda db: list(project_state.iter_evidence_records(db)))
    kinds = [one["kind"] for one in found]
    assert sorted(kinds, key=list(project_state.KINDS).index) == kinds
    actual = (kinds.count("frame"), kinds.count("label"), kinds.count("run"))
    assert actual == (120, 20, len(labelled.read(runs.list_all_runs)))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    frame = found[0]
    assert set(frame["body"]) == {"frame_id", "sha256"}


def test_another_answer_is_another_run_record(labelled):
    def runs_told(db):
        records = project_state.iter_evidence_records(db)
        return [one["body"]["answers_sha256"] for one in records if one["kind"] == "run"]

    before = labelled.read(runs_told)
    labelled.write(
        lambda db: db.execute(
            "UPDATE prediction SET nan = 1 WHERE rowid = (SELECT min(rowid) FROM prediction)"
        )
    ).result()
    assert sum(a != b for a, b in zip(before, labelled.read(runs_told), strict=True)) == 1


def test_figures_that_json_cannot_hold_are_told_as_text(labelled):
    labelled.write(lambda db: db.execute("UPDATE pick SET weight = 9e999")).result()
    found = labelled.read(
        lambda db: [one for one in project_state.iter_evidence_records(db) if one["kind"] == "pick"]
    )
    assert found[0]["body"]["weight"] == "inf"


def test_a_sound_database_has_nothing_to_report(db):
    fill(db)
    assert project_state.check_quick(db) == ""
    assert project_state.check_thorough(db) == ()
    assert project_state.find_dangling_rows(db) == ()


def test_rows_that_speak_of_nothing_are_named(db):
    values.put_row(db, labels.make_label_row(label("ghost")))
    db.execute("INSERT INTO member VALUES (9, 'ghost', 'hard', 0.5)")
    assert project_state.find_dangling_rows(db) == (("label", "ghost"), ("member", "9"))


def test_an_index_that_misses_rows_is_a_fault(db):
    fill(db)
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        "UPDATE sqlite_master SET sql = 'CREATE INDEX pick_draw ON pick (place)' WHERE name = "
        "'pick_draw'"
    )
    db.execute("PRAGMA writable_schema = OFF")
    db.execute("INSERT INTO pick VALUES ('a', 7, 'hard', 0.5, 1, '', 3, '', '')")
    db.execute("PRAGMA writable_schema = RESET")
    assert project_state.check_thorough(db)


def test_every_table_says_what_is_hashed_of_its_files(db):
    fill(db)
    found = project_state.list_owned_rows(db)
    assert {of for _, _, of in found} == {"video", "model"} <= set(HASHES)
    assert [where for where, _, _ in found] == ["recordings/rec/rec.mp4", "models/net/net.onnx"]


def test_a_place_outside_the_project_is_no_file_of_it(db):
    fill(db)
    db.execute("UPDATE model SET file = '../net.onnx'")
    with pytest.raises(UnfitValue, match="model"):
        project_state.list_owned_rows(db)


def test_a_thing_that_nobody_can_hash_is_refused(db):
    fill(db)
    db.execute("UPDATE recording SET kind = 'dream'")
    with pytest.raises(UnfitValue, match="dream"):
        list_owned_files(db)


def test_an_empty_project_has_nothing_but_what_it_began_with(made):
    with open_project(made["empty"], write=False) as project:
        assert project.read(read_project_status) == ProjectStatus(n_models=1, n_benchmark=18)


def test_everything_is_counted(made):
    with open_project(made["labelled"], write=False) as project:
        found = project.read(read_project_status)
    assert (found.n_recordings, found.n_open, found.seconds, found.n_frames) == (1, 0, 60.0, 120)
    assert (found.n_picked, found.n_labelled) == (20, 20)
    assert (found.n_unsure, found.n_skipped, found.n_left) == (0, 0, 0)
    assert (found.n_answers, found.n_swept) == (20 + 18, 0)  # not those to the rest of the footage


def test_picks_without_a_label_are_left(made):
    with open_project(made["drawn"], write=False) as project:
        assert project.read(read_project_status).n_left == 20


@pytest.mark.long
def test_answers_to_footage_or_to_damaged_pictures_are_no_measured_gap(drawn):
    assert drawn.read(read_project_status).n_answers == 0  # the import asked about 120 frames
    run_and_score(drawn, None, "field", NullProgress(), makers.NOW)
    assert drawn.read(read_project_status).n_answers == 20
    request = SweepRequest(corruptions=("dark",), on=("benchmark",))
    run_sweep(drawn, request, NullProgress(), makers.NOW)
    found = drawn.read(read_project_status)
    # the sweep asks about the clean pictures too, and counts severities
    assert (found.n_answers, found.n_swept) == (20 + 18, 3)


def test_a_report_by_another_method_is_remembered(db):
    told = '{"field": {"camera": {"method": "cluster_wilson"}}}'
    for summary in ('{"field": {"camera": null}}', "torn", told):
        assert not project_state.has_report_by(db, "cluster_wilson")
        project_state.put_report(db, StoredReport("reports/a", "2025-01-02", "en", summary))
    assert project_state.has_report_by(db, "cluster_wilson")
    assert not project_state.has_report_by(db, "beta_binomial_clips")


def test_reports_come_back_oldest_first(db):
    written = [
        StoredReport(f"reports/{name}", "2025-01-02", "en", '{"gap":0.1}') for name in ("z", "a")
    ]
    for one in written:
        project_state.put_report(db, one)
    assert list(project_state.list_reports(db)) == written


def test_links_follow_on_each_other_and_come_back_in_order(tmp_path):
    with create_project(tmp_path / "line.fieldcheck") as project:
        assert not project.read(project_state.has_seals)
        first = project.write(
            lambda db: project_state.add_seal(db, "sealed", {"tolerance": 0.03}, "t1")
        ).result()
        second = project.write(
            lambda db: project_state.add_seal(db, "changed", {"tolerance": 0.05}, "t2")
        ).result()
        assert project.read(project_state.list_seals) == (first, second)
        assert project.read(project_state.has_seals)
    assert first.sha256 == hash_chain_record("", first.link)
    assert second.sha256 == hash_chain_record(first.sha256, second.link)
