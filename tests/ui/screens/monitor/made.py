"""Eight days of three shifts that never were: a camera that froze on the fifth, and a class whose
confidence fell on the last."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import numpy as np

from fieldcheck.domain.shift import CameraShift, HealthFinding, MonitoredShift, ShiftStatistics
from fieldcheck.monitoring.drift_ewma import process_shifts
from fieldcheck.monitoring.prediction_log import LoggedResult, make_block
from fieldcheck.monitoring.shifts import ShiftBuilder

FIRST = datetime.fromisoformat("2026-11-02T06:00:00+01:00")
CLASSES = (("OK", 0.6), ("Crack", 0.2), ("Porosity", 0.15), ("Burr", 0.05))


@cache
def eight_days() -> tuple[tuple[MonitoredShift, ...], dict[str, ShiftStatistics]]:
    """The shifts as the monitor sees them, and their figures."""
    rng, shifts = np.random.default_rng(2), list[ShiftStatistics]()
    for at in range(24):
        builder = ShiftBuilder(0)
        began = FIRST + timedelta(hours=8 * at)
        results = list[LoggedResult]()
        for minute in range(0, 480, 2):
            name = str(rng.choice([one for one, _ in CLASSES], p=[share for _, share in CLASSES]))
            sure = float(np.clip(rng.normal(0.9, 0.06), 0, 1)) * (
                0.6 if name == "Crack" and at >= 21 else 1
            )
            vector = tuple((rng.standard_normal(6) + (0.6 if at >= 21 else 0)).tolist())
            moment = began + timedelta(minutes=minute)
            entropy = float(rng.beta(2, 12))
            picture = f"belt/{at:02d}-{minute:03d}.png"
            results.append(LoggedResult(moment, name, sure, vector, picture, entropy))
        builder.add_results(make_block(results))
        frozen = (HealthFinding("camera 2", "frozen", "failed", 40.0, 12.0),) if at == 13 else ()
        cameras = (CameraShift("camera 2", 900, {}, 0.0, "", "", frozen),) if frozen else ()
        shifts.append(builder.make_statistics(began.isoformat(), None, cameras))
    return process_shifts(shifts, ()), {one.began: one for one in shifts}
