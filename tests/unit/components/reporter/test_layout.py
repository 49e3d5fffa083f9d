import itertools

import pytest

from components.reporter.layout import Layout, layout

pytestmark = pytest.mark.unit

SIZE = (100.0, 40.0)
STEPS = ["rows", "statistics", "schema", "gate", "transform", "tuner", "teacher", "student", "ladder", "pusher"]
EDGES = [
    *[("rows", step) for step in ("statistics", "transform", "ladder")],
    *[("statistics", "schema"), ("statistics", "gate"), ("schema", "gate"), ("schema", "transform")],
    *[("transform", step) for step in ("tuner", "teacher", "student", "ladder")],
    *[("tuner", "teacher"), ("teacher", "student"), ("teacher", "ladder"), ("student", "ladder"), ("ladder", "pusher")],
]


def boxes(drawn: Layout) -> dict[str, tuple[float, float, float, float]]:
    half = SIZE[0] / 2, SIZE[1] / 2
    return {step: (x - half[0], y - half[1], x + half[0], y + half[1]) for step, (x, y) in drawn.nodes.items()}


def test_steps_do_not_overlap_and_lie_within_the_drawing() -> None:
    drawn = layout(STEPS, EDGES, SIZE)
    for one, other in itertools.combinations(boxes(drawn).values(), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for left, top, right, bottom in boxes(drawn).values():
        assert left >= 0 and top >= 0 and right <= drawn.width and bottom <= drawn.height


def test_a_step_stands_below_all_that_it_depends_on() -> None:
    drawn = layout(STEPS, EDGES, SIZE)
    assert all(drawn.nodes[above][1] < drawn.nodes[below][1] for above, below in EDGES)


def test_no_line_crosses_a_step() -> None:
    drawn = layout(STEPS, EDGES, SIZE)
    for _, (x1, y1), (x2, y2) in drawn.lines:
        assert y1 < y2
        for left, top, right, bottom in boxes(drawn).values():
            beside = max(x1, x2) <= left or min(x1, x2) >= right
            assert beside or y2 <= top or y1 >= bottom


def test_every_dependence_is_drawn_down_to_its_step() -> None:
    drawn = layout(STEPS, EDGES, SIZE)
    ends = {(source, end) for source, _, end in drawn.lines}
    for source, step in EDGES:
        x, y = drawn.nodes[step]
        assert (source, (x, y - SIZE[1] / 2)) in ends


def test_lanes_beside_each_other_are_apart() -> None:
    drawn = layout(STEPS, EDGES, SIZE, lane=16.0)
    upright = {(source, start[0], start[1], end[1]) for source, start, end in drawn.lines if start[0] == end[0]}
    lanes = [lane for lane in upright if lane[0] in drawn.lanes and lane[1] not in {x for x, _ in drawn.nodes.values()}]
    assert {lane[0] for lane in lanes} == {"rows", "statistics", "transform", "teacher"}
    for one, other in itertools.combinations(lanes, 2):
        if one[2] < other[3] and other[2] < one[3]:
            assert abs(one[1] - other[1]) >= 16


def test_a_single_step_is_a_drawing() -> None:
    drawn = layout(["only"], [], SIZE)
    assert (drawn.width, drawn.height, drawn.nodes, drawn.lines) == (100, 40, {"only": (50, 20)}, [])
