"""The picture of the rooms is what the includes come to, and scripts/draw_layers.py notices when it is not."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts' / 'draw_layers.py'
sys.path.insert(0, str(ROOT / 'scripts'))
import include_graph  # noqa: E402


def draw(root, *options):
    return subprocess.run([sys.executable, SCRIPT, '--root', root, *options], capture_output=True, text=True)


def plant(root, files):
    for path, included in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(''.join(f'#include "{name}"\n' for name in included))
    (root / 'docs').mkdir(exist_ok=True)


def test_the_picture_of_this_tree_is_up_to_date():
    done = draw(ROOT, '--check')
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_include_that_adds_a_line_is_noticed(tmp_path):
    plant(tmp_path, {'libsync/base/a.h': [], 'libsync/plan/b.h': [], 'daemon/c.cc': ['plan/b.h']})
    assert draw(tmp_path).returncode == 0
    assert draw(tmp_path, '--check').returncode == 0
    plant(tmp_path, {'libsync/plan/b.h': ['base/a.h']})
    done = draw(tmp_path, '--check')
    assert done.returncode == 1 and 'docs/layers.svg' in done.stdout


def test_rooms_in_a_circle_are_named_and_not_drawn(tmp_path):
    plant(tmp_path, {'libsync/x/a.h': ['y/b.h'], 'libsync/y/b.h': [], 'libsync/y/c.h': ['x/a.h']})
    done = draw(tmp_path)
    assert done.returncode == 1 and 'x, y' in done.stdout
    assert not (tmp_path / 'docs/layers.svg').exists()


def test_every_room_is_in_the_picture(tmp_path):
    plant(tmp_path, {'libsync/base/a.h': [], 'libsync/engine/copy/b.cc': ['base/a.h'], 'daemon/c.cc': []})
    assert draw(tmp_path).returncode == 0
    picture = (tmp_path / 'docs/layers.svg').read_text()
    assert all(f'>{room}</text>' in picture for room in ('base', 'engine/copy', 'daemon'))


def test_a_header_and_its_source_are_one_file(tmp_path):
    plant(tmp_path, {'libsync/base/a.h': [], 'libsync/base/a.cc': ['base/a.h', 'base/b.h'], 'libsync/base/b.h': []})
    assert include_graph.files_of(tmp_path) == {'base/a': {'base/b'}, 'base/b': set()}


def test_shortcuts_are_left_out():
    graph = {'top': {'middle', 'bottom'}, 'middle': {'bottom'}, 'bottom': set()}
    assert include_graph.without_shortcuts(graph) == {'top': {'middle'}, 'middle': {'bottom'}, 'bottom': set()}
    assert include_graph.levels_of(graph) == {'top': 2, 'middle': 1, 'bottom': 0}


def test_circles_are_found_whole():
    graph = {'a': {'b'}, 'b': {'c'}, 'c': {'a', 'd'}, 'd': set(), 'e': {'a'}}
    assert include_graph.circles(graph) == [['a', 'b', 'c']]
