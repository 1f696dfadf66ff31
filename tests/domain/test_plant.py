from fieldcheck.domain.report import PlantFigures


def test_a_defect_rate_splits_the_parts_made_into_defective_and_good_ones():
    assert PlantFigures(defect_ppm=2000).shares == (0.002, 0.998)
    assert PlantFigures(defect_ppm=0).shares == (0.0, 1.0)


def test_without_a_defect_rate_nothing_is_known_of_the_parts():
    assert PlantFigures(cost_escape=50, currency="EUR").shares == (None, None)
