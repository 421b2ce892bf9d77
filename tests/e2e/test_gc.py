"""`gc`: a mirror's space is reclaimed by its operator's retention, and what was erased at the source is erased here."""
import os
import time

import pytest
from delta_tables import assert_tables_equal, orders, rows_of, write
from lakeferry import REFUSED, USAGE, Regions, Run

DAY_S = 24 * 3600
# Of the commits and, with them, the data files of a version, in days.
AGES = {0: 20, 1: 10}


def age(path, days):
    moment = time.time() - days * DAY_S
    os.utime(path, (moment, moment))


@pytest.fixture
def regions(tmp_path):
    """A mirror of two versions: the second, ten days old, holds nothing of the first, which is twenty days old."""
    found = Regions(tmp_path, ['t'], mode='mirror')
    for number, mode in enumerate(['append', 'overwrite']):
        with Run(found, f'run-{number}'):
            write(found.source('t'), orders(number * 100, 50), mode=mode, run_id=f'run-{number}')
        found.sync()
    for version, days in AGES.items():
        age(found.target('t') / '_delta_log' / f'{version:020}.json', days)
    for file in found.target('t').glob('*.parquet'):
        age(file, 20)
    return found


def gc(regions, *words):
    (group,) = regions.run('receiver', 'gc', 'orders', *words).document['groups']
    (table,) = group['tables']
    return group['deleted'], table


def test_what_no_version_within_retention_needs_goes(regions):
    before = set(regions.target('t').glob('*.parquet'))
    assert len(before) == 2
    deleted, table = gc(regions, '--retain', '5d')
    assert not deleted and (table['oldest_readable_version'], table['files']) == (1, 1)
    assert set(regions.target('t').glob('*.parquet')) == before, 'only told'
    deleted, table = gc(regions, '--retain', '5d', '--delete')
    assert deleted and table['bytes'] > 0
    assert len(set(regions.target('t').glob('*.parquet'))) == 1
    assert_tables_equal(regions.source('t'), 1, regions.target('t'))
    with pytest.raises(Exception, match='not found|NotFound|No such file'):
        rows_of(regions.target('t'), 0)
    assert regions.run('receiver', 'verify', '--deep').document['groups'][0]['ok']
    with Run(regions, 'run-2'):
        write(regions.source('t'), orders(500, 5), run_id='run-2')
    regions.sync()
    assert_tables_equal(regions.source('t'), 2, regions.target('t'))


def test_version_within_retention_stays_readable(regions):
    regions.group_keys = {'retention': '15d'}
    regions.write_configuration()
    deleted, table = gc(regions, '--delete')
    assert deleted and (table['oldest_readable_version'], table['files']) == (0, 0)
    assert_tables_equal(regions.source('t'), 0, regions.target('t'), 0)


def test_nothing_is_deleted_without_a_word_or_beside_the_service(regions):
    assert 'retention' in regions.run('receiver', 'gc', '--delete', code=USAGE).error['message']
    assert 'stay readable' in regions.run('receiver', 'gc', 'orders', '--delete', code=USAGE).error['message']
    with regions.start('receiver') as service:
        wait = time.monotonic() + 30
        while not (lock := list(regions.secondary.glob('*.receiver.lock'))) and time.monotonic() < wait:
            time.sleep(0.05)
        assert lock
        time.sleep(0.5)
        error = regions.run('receiver', 'gc', 'orders', '--retain', '0s', '--delete', code=REFUSED).error
        assert 'receiver' in error['message']
        assert service.stop() == 0
