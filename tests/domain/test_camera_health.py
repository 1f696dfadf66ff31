from dataclasses import asdict

from fieldcheck.domain.shift import CameraShift, HealthFinding


def test_a_camera_shift_comes_back_from_plain_values():
    one = CameraShift(
        "A", 3, {"mean": 100.0}, 0.1, "m", "e", (HealthFinding("A", "frozen", "weak", 4.0, 2.0),)
    )
    assert CameraShift.from_json(asdict(one)) == one
