"""The process dies at every single effect it has on the disk, one after the other. After each death the replica is
readable at one of the two cuts, and one undisturbed pass ends in the same state as if nothing had happened."""
import shutil

import pytest
import world_shim
from delta_tables import DeltaRs, assert_same_commits, assert_tables_equal, has_log, orders, version, write
from lakeferry import Regions, Run

TABLES = ['one', 'two']
KILLED = -9


@pytest.fixture(scope='module')
def shim(tmp_path_factory):
    return world_shim.built(tmp_path_factory.mktemp('shim'))


def write_run(regions, number):
    with Run(regions, f'run-{number}'):
        for table in TABLES:
            write(regions.source(table), orders(number * 100, 10), mode='overwrite' if number == 2 else 'append')
            write(regions.source(table), orders(number * 100 + 50, 5))
    return {table: version(regions.source(table)) for table in TABLES}


def assert_readable(regions, before, after):
    for table in TABLES:
        source, target = regions.source(table), regions.target(table)
        if not has_log(target):
            assert before is None, f'{table} is gone'
            continue
        rows = DeltaRs(target).rows()
        if regions.mode == 'mirror':
            at = version(target)
            assert (before or {}).get(table, 0) <= at <= after[table]
            assert rows == DeltaRs(source, at).rows()
            assert_same_commits(source, target, range(at + 1))
        else:
            assert rows in [DeltaRs(source, cut[table]).rows() for cut in (before, after) if cut]


def assert_arrived(regions, after, commits):
    for table in TABLES:
        assert_tables_equal(regions.source(table), after[table], regions.target(table))
        expected = after[table] if regions.mode == 'mirror' else commits - 1
        assert version(regions.target(table)) == expected, 'a cut was committed twice'


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
@pytest.mark.parametrize('role, first', [('receiver', True), ('receiver', False), ('sender', False)])
def test_death_at_every_effect(tmp_path, shim, mode, role, first, record_property):
    regions = Regions(tmp_path / 'world', TABLES, mode=mode)
    before = None
    if not first:
        before = write_run(regions, 1)
        regions.sync()
    after = write_run(regions, 2)
    if role == 'receiver':
        regions.pass_once('sender')
    shutil.copytree(regions.folder, tmp_path / 'saved')

    deaths = 0
    while True:
        done = regions.pass_once(role, code=None, env=world_shim.environment(shim, die_at=deaths))
        if done.code == 0:
            break
        assert done.code == KILLED, done
        deaths += 1
        assert_readable(regions, before, after)
        regions.sync()
        assert_arrived(regions, after, 1 if first else 2)
        shutil.rmtree(regions.folder)
        shutil.copytree(tmp_path / 'saved', regions.folder)
    record_property('deaths', deaths)
    assert deaths > 8, 'the shim sees none of the effects'
    regions.sync()
    assert_arrived(regions, after, 1 if first else 2)
