import xml.etree.ElementTree as ET
from pathlib import Path

from solvitur.training.tuning.losses import Step, draw, read_losses, write_losses

DONE = [Step(n, 3 / n, 1e-4, 100, 40, 1.5) for n in range(1, 6)]


def test_losses_are_read_up_to_the_step_that_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "loss.jsonl"
    assert read_losses(path, 5) == []
    write_losses(path, DONE)
    assert read_losses(path, 3) == DONE[:3]


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "loss.jsonl"
    write_losses(path, DONE)
    path.write_text(path.read_text()[:-20])
    assert read_losses(path, 9) == DONE[:4]


def test_the_drawing_has_the_losses_in_it() -> None:
    root = ET.fromstring(draw(DONE))
    each, smooth = (
        [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        for line in root.iter("{http://www.w3.org/2000/svg}polyline")
    )
    assert len(each) == len(smooth) == len(DONE)
    assert [y for _, y in each] == sorted(y for _, y in each)  # down on the screen is less
    assert each[0] == smooth[0]


def test_one_step_can_be_drawn() -> None:
    assert "<polyline" in draw(DONE[:1])
