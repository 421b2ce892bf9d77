"""bench/draw_curves makes a line of each size, and says what is missing where nothing was measured."""
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / 'bench' / 'draw_curves'
SVG = '{http://www.w3.org/2000/svg}'


def draw(folder, rows):
    figures, picture = folder / 'bench.json', folder / 'curves.svg'
    figures.write_text(json.dumps({'figures': rows}))
    done = subprocess.run([sys.executable, SCRIPT, figures, '--into', picture], capture_output=True, text=True)
    return done, picture


def row(size, streams, median):
    return {'name': 'n', 'unit': 'MB/s', 'median': median, 'min': median / 2, 'max': median * 2,
            'point': {'size': size, 'streams': streams}}


def test_a_line_for_each_size_over_its_streams(tmp_path):
    rows = [row(1024, 8, 30.0), row(1024, 1, 5.0), row(1 << 30, 1, 900.0), row(1024, 512, 40.0),
            {'name': 'another part', 'unit': 's', 'median': 1.0, 'min': 1.0, 'max': 1.0}]
    done, picture = draw(tmp_path, rows)
    assert done.returncode == 0, done.stderr
    root = ElementTree.parse(picture).getroot()
    lines = [line.get('points').split() for line in root.iter(f'{SVG}polyline')]
    assert [len(points) for points in lines] == [3, 1]
    lefts = [float(point.split(',')[0]) for point in lines[0]]
    tops = [float(point.split(',')[1]) for point in lines[0]]
    assert lefts == sorted(lefts) and tops == sorted(tops, reverse=True)
    texts = [text.text for text in root.iter(f'{SVG}text')]
    assert {'1 KiB', '1 GiB', '1', '8', '512', 'streams'} <= set(texts)
    # Three times as far is eight times as many, on an axis of powers.
    assert abs((lefts[1] - lefts[0]) * 3 - (lefts[2] - lefts[0])) < 1


def test_without_points_nothing_is_drawn(tmp_path):
    done, picture = draw(tmp_path, [])
    assert done.returncode != 0 and 'far_curves' in done.stderr
    assert not picture.exists()
