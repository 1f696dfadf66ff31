import json

from fieldcheck.project.tables import project_state, runs


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
        return [
            one["body"]["answers_sha256"]
            for one in project_state.iter_evidence_records(db)
            if one["kind"] == "run"
        ]

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
