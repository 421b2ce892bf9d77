"""Tables get another place: where that is proven the group goes on from its last epoch and sends only what is new."""
import shutil

import pytest
from delta_tables import assert_tables_equal, orders, version, write
from lakeferry import DONE, REFUSED, USAGE, Regions, Run, wait_until

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
    assert 'lakeferry relocate' in error['remedy']
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


def relocate(regions, role, *words, code=DONE):
    return regions.run(role, 'relocate', 'orders', 'lake.bronze', *words, code=code)


def test_a_source_is_proven_and_noted_by_relocate(regions):
    """Of one table alone: the other is at a place that nobody has said."""
    told = relocate(regions, 'sender').document
    assert (told['found'], told['done'], told['steps'][0]['state']) == ('there', False, 'todo')
    assert told['to'] == regions.source('bronze').as_uri() and len(told['checked']) == 3
    assert "'lake.bronze' changed" in regions.failing_sync('sender', code=REFUSED)['message']
    done = relocate(regions, 'sender', '--yes').document
    assert done['done'] and done['steps'][0]['state'] == 'done'
    assert "'lake.silver' changed" in regions.failing_sync('sender', code=REFUSED)['message']
    regions.run('sender', 'relocate', 'orders', 'lake.silver', '--yes')
    with Run(regions, 'run-2'):
        for table in TABLES:
            write(regions.source(table), orders(50, 10), run_id='run-2')
    regions.sync()
    assert regions.history('receiver')[0]['files'] == len(TABLES)
    assert relocate(regions, 'sender').document['found'] == 'same'


def test_another_table_at_the_new_place_is_named_by_relocate(regions):
    shutil.rmtree(regions.source('bronze'))
    write(regions.source('bronze'), orders(0, 50))
    error = relocate(regions, 'sender', '--yes', code=REFUSED).error
    assert (error['kind'], error['where']['location']) == ('diverged', regions.source('bronze').as_uri())
    assert 'cannot go on from there' in error['message']


def retarget(regions, name):
    old, new = regions.target('bronze'), regions.target('bronze').with_name(name)
    config = regions.config('receiver')
    text = config.read_text()
    assert f'"{old.as_uri()}"' in text
    config.write_text(text.replace(f'"{old.as_uri()}"', f'"{new.as_uri()}"'))
    return old, new


def test_a_target_is_renamed_and_proven_by_relocate(regions):
    say_moved(regions)
    old, new = retarget(regions, 'bronze_eu')
    assert relocate(regions, 'receiver').document['found'] == 'to_move'
    assert old.exists() and not new.exists()
    done = relocate(regions, 'receiver', '--yes').document
    assert (done['found'], done['done'], done['steps'][0]['state']) == ('there', True, 'done')
    assert not old.exists()
    with Run(regions, 'run-2'):
        for table in TABLES:
            write(regions.source(table), orders(50, 10), run_id='run-2')
    regions.sync()
    assert regions.history('receiver')[0]['files'] == len(TABLES)
    assert_tables_equal(regions.source('bronze'), version(regions.source('bronze')), new)


def test_what_lies_at_a_new_target_is_left_alone(regions):
    say_moved(regions)
    old, new = retarget(regions, 'somebodys')
    write(new, orders(0, 3))
    before = sorted(new.rglob('*'))
    error = relocate(regions, 'receiver', '--yes', code=REFUSED).error
    assert 'is not the replica' in error['message'] and old.exists()
    assert sorted(new.rglob('*')) == before


def test_relocate_needs_the_service_stopped_and_a_table_of_the_group(regions):
    say_moved(regions)
    with regions.start('sender') as daemon:
        wait_until(lambda: regions.run('sender', 'status').document['process']['runs'], 'the service runs')
        assert 'stop it first' in relocate(regions, 'sender', '--yes', code=REFUSED).error['remedy']
        assert daemon.process.poll() is None
    error = regions.run('sender', 'relocate', 'orders', 'bronze', code=USAGE).error
    assert "no table 'bronze'" in error['message']
