"""A source folder is moved: with `sources: moved` the group goes on from its last epoch and sends only what is new."""
import shutil

import pytest
from delta_tables import assert_tables_equal, orders, version, write
from lakeferry import DONE, REFUSED, Regions, Run

TABLES = ['bronze', 'silver']


@pytest.fixture(params=['clone', 'mirror'])
def regions(request, tmp_path):
    """After its first epoch, with the folder of all tables moved and the configuration written anew."""
    found = Regions(tmp_path, TABLES, mode=request.param)
    with Run(found, 'run-1'):
        for table in TABLES:
            write(found.source(table), orders(0, 50), run_id='run-1')
    found.sync()
    moved = found.primary / 'moved'
    shutil.move(found.lake, moved)
    found.lake = moved
    found.write_configuration()
    return found


def say_moved(regions):
    regions.group_keys = {'sources': 'moved'}
    regions.write_configuration()


def test_moved_folder_goes_on_and_sends_only_what_is_new(regions):
    with Run(regions, 'run-2'):
        for table in TABLES:
            write(regions.source(table), orders(50, 10), run_id='run-2')
    error = regions.failing_sync('sender', code=REFUSED)
    assert 'sources: moved' in error['remedy']
    say_moved(regions)
    (planned,) = regions.run('sender', 'plan').document['groups']
    assert {(table['from_version'], table['to_version'], table['files']) for table in planned['tables']} == {(0, 1, 1)}
    regions.sync()
    assert {epoch['epoch']: epoch['files'] for epoch in regions.history('sender')}[2] == len(TABLES)
    for table in TABLES:
        assert_tables_equal(regions.source(table), version(regions.source(table)), regions.target(table))
    regions.run('receiver', 'verify', '--deep', code=DONE)


def test_another_table_at_the_new_place_is_refused_and_named(regions):
    shutil.rmtree(regions.source('silver'))
    with Run(regions, 'run-2'):
        write(regions.source('bronze'), orders(50, 10), run_id='run-2')
        write(regions.source('silver'), orders(0, 50), run_id='run-2')
    say_moved(regions)
    error = regions.failing_sync('sender', code=REFUSED)
    assert "'lake.silver'" in error['message'] and 'another content' in error['message']
    assert regions.history('sender')[0]['epoch'] == 1
