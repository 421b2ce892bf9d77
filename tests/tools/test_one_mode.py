"""fixtures/one_mode.py leaves out one mode of a test that has both, and never a test."""
from types import SimpleNamespace

import one_mode


class Item:
    """As pytest collects one: only a test with parameters has a callspec."""

    def __init__(self, name, **parameters):
        self.nodeid = name
        if parameters:
            self.nodeid += f'[{"-".join(parameters.values())}]'
            self.callspec = SimpleNamespace(params=parameters)


BOTH = [Item(f'of_clones.py::test_{n}', lab=mode, case=case)
        for n in range(10) for case in ('vector', 'mirror-like') for mode in one_mode.MODES]


def kept(seed, items):
    out = one_mode.left_out(seed, items)
    return [item.nodeid for item in items if item not in out]


def test_one_of_two_is_left_out_and_each_now_and_then():
    seen = set()
    for seed in range(20):
        names = kept(seed, BOTH)
        assert len(names) == len(BOTH) // 2
        assert len({name.replace('[mirror-', '[*-').replace('[clone-', '[*-') for name in names}) == len(names)
        seen.update(names)
    assert len(seen) == len(BOTH)


def test_the_same_seed_leaves_out_the_same():
    assert kept(7, BOTH) == kept(7, BOTH)


def test_what_has_one_mode_or_none_stays():
    items = [Item('a.py::test_a', lab='clone'), Item('a.py::test_b', lab='mirror', case='1'), Item('a.py::test_c'),
             Item('a.py::test_d', case='vector')]
    assert len(kept(1, items)) == len(items)
