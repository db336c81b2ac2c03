"""Where a letter stands: beside its own curve, on no curve and no other letter."""

from __future__ import annotations

import pytest

from pytest_scaling.report.figures.placement import CLEAR, GAP, Box, beside_curve, dense

SIZE, SHEET = (30.0, 20.0), (400.0, 300.0)
FLAT = [(0.0, 100.0), (400.0, 100.0)]


def clearance(box, lines):
    return min(box.distance(point) for line in lines for point in dense(line))


def test_alone_it_stands_right_above_its_curve():
    box = beside_curve(200, FLAT, [FLAT], [], SIZE, SHEET)
    assert (box.x, box.y) == (200, 100 + GAP + SIZE[1] / 2)


def test_it_stands_below_where_another_curve_is_above():
    other = [(0.0, 118.0), (400.0, 118.0)]
    box = beside_curve(200, FLAT, [FLAT, other], [], SIZE, SHEET)
    assert box.y < 100
    assert clearance(box, [FLAT, other]) >= CLEAR


def test_it_moves_along_its_curve_where_something_stands_already():
    taken = [Box(200, y, 30, 40) for y in (117, 83)]
    box = beside_curve(200, FLAT, [FLAT], taken, SIZE, SHEET)
    assert box.x != 200
    assert not any(box.overlaps(other, CLEAR) for other in taken)


@pytest.mark.parametrize("slope", [-0.7, -0.2, 0.3, 1.5])
def test_on_a_slope_it_covers_no_curve(slope):
    line = [(0.0, 150 - slope * 200), (400.0, 150 + slope * 200)]
    box = beside_curve(200, line, [line], [], SIZE, SHEET)
    assert clearance(box, [line]) >= CLEAR
    assert box.within(*SHEET)


def test_where_all_is_full_there_is_a_place_nevertheless():
    lines = [[(0.0, float(y)), (400.0, float(y))] for y in range(0, 300, 10)]
    assert beside_curve(200, lines[5], lines, [], SIZE, SHEET).within(*SHEET)
    taken = [Box(200, 150, 400, 300)]
    assert beside_curve(200, FLAT, [FLAT], taken, SIZE, SHEET).x == 200


def test_a_curve_of_one_point_has_a_place():
    assert beside_curve(50, [(50.0, 50.0)], [[(50.0, 50.0)]], [], SIZE, SHEET).within(*SHEET)
