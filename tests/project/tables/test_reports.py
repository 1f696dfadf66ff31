from fieldcheck.project.tables import reports
from fieldcheck.project.tables.reports import StoredReport


def test_a_report_by_another_method_is_remembered(db):
    told = '{"field": {"camera": {"method": "cluster_wilson"}}}'
    for summary in ('{"field": {"camera": null}}', "torn", told):
        assert not reports.has_report_by(db, "cluster_wilson")
        reports.put_report(db, StoredReport("reports/a", "2025-01-02", "en", summary))
    assert reports.has_report_by(db, "cluster_wilson")
    assert not reports.has_report_by(db, "beta_binomial_clips")


def test_reports_come_back_oldest_first(db):
    written = [StoredReport(f"reports/{name}", "2025-01-02", "en", '{"gap":0.1}') for name in ("z", "a")]
    for one in written:
        reports.put_report(db, one)
    assert list(reports.list_reports(db)) == written
