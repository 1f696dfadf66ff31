from fieldcheck.project.tables import reports
from fieldcheck.project.tables.reports import StoredReport


def test_reports_come_back_oldest_first(db):
    written = [StoredReport(f"reports/{name}", "2025-01-02", "en", '{"gap":0.1}') for name in ("z", "a")]
    for one in written:
        reports.put(db, one)
    assert list(reports.all(db)) == written
