from fieldcheck.project.tables import project_state
from fieldcheck.project.tables.project_state import StoredReport


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
