"""scripts/drawn.py: what a run takes of many, by commit."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts'))
import drawn  # noqa: E402

NAMES = [f'libsync/a/unit_{number}.cc' for number in range(300)]


def taken(count, seed):
    return {name for name in NAMES if drawn.takes_one_of(count, seed, name)}


def test_one_of_one_is_all():
    assert taken(1, 7) == set(NAMES)


def test_one_of_three_is_about_a_third_and_all_over_many_commits():
    assert 60 < len(taken(3, 7)) < 140
    assert set().union(*(taken(3, seed) for seed in range(30))) == set(NAMES)
