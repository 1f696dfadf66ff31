"""How far a project is, in one question over the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.domain.project_status import ProjectStatus

if TYPE_CHECKING:  # the counts are known long before the library of the database is loaded
    from sqlite_utils import Database

COUNTS = """WITH own AS (SELECT run_id, subjects, recipe FROM run
    WHERE model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1))
SELECT
    (SELECT count(*) FROM recording WHERE closed),
    (SELECT count(*) FROM recording WHERE NOT closed),
    (SELECT coalesce(sum(seconds), 0.0) FROM recording WHERE closed)
    - (SELECT coalesce(sum(min(gap.seconds, max(0.0, recording.seconds - gap.at_s))), 0.0)
        FROM gap JOIN recording USING (recording_id) WHERE closed),
    (SELECT count(*) FROM frame),
    (SELECT count(*) FROM pick WHERE taken_out = ''),
    done, unsure, skipped,
    (SELECT count(*) FROM model),
    (SELECT count(*) FROM benchmark_item WHERE benchmark_id = (SELECT max(benchmark_id) FROM benchmark)),
    (SELECT count(*) FROM benchmark_item AS item WHERE benchmark_id = (SELECT max(benchmark_id) FROM benchmark) AND EXISTS (
        SELECT 1 FROM prediction WHERE subject = item.path
        AND run_id IN (SELECT run_id FROM own WHERE subjects = 'benchmark' AND recipe = 'none')))
    + (SELECT count(*) FROM pick WHERE taken_out = '' AND EXISTS (
        SELECT 1 FROM prediction WHERE subject = pick.frame_id
        AND run_id IN (SELECT run_id FROM own WHERE subjects = 'field' AND recipe = 'none'))),
    (SELECT count(*) FROM report),
    (SELECT count(*) FROM own WHERE recipe <> 'none' AND recipe NOT LIKE 'probe:%'
        AND EXISTS (SELECT 1 FROM prediction WHERE prediction.run_id = own.run_id)),
    (SELECT count(*) FROM model_fact WHERE kind = 'latency'
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1)),
    (SELECT count(*) FROM model_fact WHERE fact_id = (SELECT max(fact_id) FROM model_fact WHERE kind = 'latency'
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1)) AND json_extract(found, '$.throttling.flag')),
    (SELECT count(DISTINCT substr(about, 1, 25)) FROM model_fact WHERE kind = 'shift'
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1)),
    (SELECT coalesce(sum(CAST(found AS INTEGER)), 0) FROM model_fact WHERE kind IN ('alarms_waiting', 'risk_waiting')
        AND model_sha256 = (SELECT sha256 FROM model ORDER BY place DESC LIMIT 1))
FROM (SELECT coalesce(sum(state = 'done'), 0) AS done, coalesce(sum(state = 'unsure'), 0) AS unsure,
    coalesce(sum(state = 'skipped'), 0) AS skipped FROM label JOIN pick USING (frame_id) WHERE taken_out = '')"""


def read_project_status(db: Database) -> ProjectStatus:
    """The counts as they are now."""
    return ProjectStatus(*db.execute(COUNTS).fetchone())
