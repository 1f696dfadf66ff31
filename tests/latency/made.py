"""A latency run, what its model holds in memory, and variants side by side."""

from math import nan

from fieldcheck.domain import latency
from fieldcheck.domain.estimate import Estimate

MS = latency.StageLatency(4.0, 4.0, 0.2)
FOUND = latency.Latency(
    machine={"processor": "Atom x6425E"}, model="net", source="belt.avi", load="encode+busy=2",
    seconds=600, fps=0.0, n=9000, warm_up=75,
    stages=dict.fromkeys(("decode", "resize", "normalise", "forward", "post"), MS),
    total=latency.TotalLatency(
        20.0, 31.0, 48.0, 46.5, 50.1, 90.0, 1.2, 19.8, 20.3, 30.1, 32.4, by_blocks=True
    ), blocks_ms=(20.0,) * 60,
    throughput_fps=44.0, late=Estimate.not_measured("no_rate"),
    throttling=latency.Throttling(1.01, False, (), 0.01), peak_mb=310.4, growth_mb=0.4,
    before=latency.MachineState(), after=latency.MachineState(),
)  # fmt: skip
CONV = latency.LayerMemory("c1", "Conv", (1, 16, 208, 208), 2_768_896)
CONCAT = latency.LayerMemory("c2", "Concat", (1, 12, 208, 208), 2_076_672)
GRID = latency.FeatureGrid("boxes", (52, 52), (8.0, 8.0), (1280, 720), (24.6, 13.8))
MEMORY = latency.ModelMemory(904_467, 3_617_868, (CONV, CONCAT), 366, 0, 8_310_000, "c2", GRID)
TOTAL = latency.TotalLatency(20.0, 31.0, nan, nan, nan, 40.0, 1.0, 19.0, 21.0, 30.0, 33.0)


def variant(ratio, threads=1, is_different=False):
    limits = ratio - 0.03, ratio + 0.03
    return latency.LatencyVariant(
        "cpu", threads, 400, TOTAL, (20.0,) * 20, 0.02, ratio, *limits, 0.01, is_different
    )


def beside(*variants):
    return latency.SideBySide({"processor": "Atom"}, "net", "belt.avi", "none", 10.0, variants)
