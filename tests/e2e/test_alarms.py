"""`status --check` of the real binary: 4 for a group that is ill, 0 for one that is well, however old its data."""
import json
import re
import shutil
import time

import pytest
from delta_tables import assert_tables_equal, orders, write
from lakeferry import DONE, FAILED, NOT_IN_SYNC, USAGE, Regions, Run, wait_until

MODES = pytest.mark.parametrize('mode', ['clone', 'mirror'])
ROLES = ('sender', 'receiver')


def first_epoch(folder, mode='clone', **keys):
    regions = Regions(folder, ['bronze'], mode=mode, **keys)
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5), run_id='run-1')
    regions.sync()
    return regions


def next_run(regions, run_id, first=100):
    with Run(regions, run_id):
        write(regions.source('bronze'), orders(first, 5), run_id=run_id)


def check(regions, role):
    """The exit code of `status --check`; the alarm of its document has to agree."""
    done = regions.run(role, 'status', '--check', code=None)
    (group,) = done.document['groups']
    assert (done.code == NOT_IN_SYNC) == (group['alarm'] is not None), done
    assert done.code in (DONE, NOT_IN_SYNC), done
    return done.code


def assert_well(regions):
    for role in ROLES:
        assert check(regions, role) == DONE, regions.status(role)


def refuse(regions):
    """Makes the table one that only a catalog may commit to."""
    (commit,) = regions.source('bronze').glob('_delta_log/*.json')
    actions = [json.loads(line) for line in commit.read_text().splitlines()]
    for action in actions:
        if 'protocol' in action:
            action['protocol'] = {'minReaderVersion': 3, 'minWriterVersion': 7, 'readerFeatures': ['catalogManaged'],
                                  'writerFeatures': ['catalogManaged']}
    commit.write_text(''.join(json.dumps(action) + '\n' for action in actions))


def test_a_table_that_is_refused_alarms_by_name(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
        refuse(regions)
    regions.pass_once('sender', code=FAILED)
    status = regions.status('sender')
    assert status['state'] == 'halted' and 'catalogManaged' in status['alarm']
    assert check(regions, 'sender') == NOT_IN_SYNC


def test_a_source_that_is_not_there_alarms(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    with Run(regions, 'run-1'):
        pass
    regions.pass_once('sender', code=FAILED)
    assert regions.status('sender')['state'] == 'halted'
    assert check(regions, 'sender') == NOT_IN_SYNC


def test_a_group_that_no_service_worked_on_alarms(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    for role in ROLES:
        assert regions.status(role)['state'] == 'unknown'
        assert check(regions, role) == NOT_IN_SYNC


@MODES
def test_a_replica_that_somebody_wrote_to_has_diverged(tmp_path, mode):
    regions = first_epoch(tmp_path, mode)
    write(regions.target('bronze'), orders(900, 1))
    next_run(regions, 'run-2')
    regions.pass_once('sender')
    regions.pass_once('receiver', code=3)
    assert regions.status('receiver')['state'] == 'diverged'
    assert check(regions, 'receiver') == NOT_IN_SYNC


@MODES
def test_a_group_that_is_well_is_quiet(tmp_path, mode):
    regions = first_epoch(tmp_path, mode)
    assert_well(regions)
    regions.sync()
    time.sleep(2.5)  # more than twice the interval
    assert_well(regions)
    for role in ROLES:
        status = regions.status(role)
        assert status['state'] == 'idle' and status['waiting_since_ms'] is None and status['lag_seconds'] > 2


def test_a_run_under_way_is_no_alarm(tmp_path):
    regions = first_epoch(tmp_path)
    regions.sync()
    Run(regions, 'run-2').begin()
    regions.pass_once('sender')
    status = regions.status('sender')
    assert status['state'] == 'waiting' and 'run-2' in status['reason']
    assert check(regions, 'sender') == DONE


def test_finished_work_that_waits_for_longer_than_its_rpo_alarms_on_both_sides(tmp_path):
    regions = first_epoch(tmp_path)
    regions.sync()
    next_run(regions, 'run-2')
    regions.pass_once('sender')
    status = regions.status('sender')
    assert (status['state'], status['epoch'], status['staged_epoch']) == ('waiting', 1, 2)
    assert status['staged_cut_time_ms'] >= status['waiting_since_ms'] > status['cut_time_ms']
    assert check(regions, 'sender') == DONE
    regions.group_keys = {'rpo': '1s'}
    regions.write_configuration()
    time.sleep(1.1)
    assert check(regions, 'sender') == NOT_IN_SYNC
    assert regions.status('sender')['alarm'].startswith('late: ')
    regions.sync()
    regions.pass_once('sender')
    assert_well(regions)


def test_work_that_cannot_be_cut_waits_from_its_first_run_on(tmp_path):
    regions = first_epoch(tmp_path, group_keys={'rpo': '1s'})
    regions.sync()
    dead = Run(regions, 'dead').begin()
    next_run(regions, 'run-2')
    regions.pass_once('sender')
    time.sleep(1.1)
    status = regions.status('sender')
    assert status['state'] == 'waiting' and 'dead' in status['alarm']
    assert check(regions, 'sender') == NOT_IN_SYNC
    dead.finish('success')
    regions.sync()
    regions.pass_once('sender')
    assert_well(regions)


def test_a_group_that_never_had_an_epoch_alarms_once_its_first_work_waits_too_long(tmp_path):
    regions = Regions(tmp_path, ['bronze'], group_keys={'rpo': '1s'})
    Run(regions, 'dead').begin()
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    regions.sync()
    time.sleep(1.1)
    assert check(regions, 'sender') == NOT_IN_SYNC
    assert check(regions, 'receiver') == NOT_IN_SYNC
    assert 'no epoch has ever come' in regions.status('receiver')['alarm']


@MODES
def test_a_target_that_was_moved_away_comes_back_without_an_alarm(tmp_path, mode):
    regions = first_epoch(tmp_path, mode)
    shutil.move(regions.target('bronze'), tmp_path / 'away')
    next_run(regions, 'run-2')
    regions.sync()
    status = regions.status('receiver')
    assert status['state'] == 'restaging' and "'lake.bronze'" in status['reason'], status
    assert status['last_error'] is None and status['attempts'] == 0
    assert_well(regions)
    regions.sync()
    assert_tables_equal(regions.source('bronze'), 1, regions.target('bronze'))
    assert regions.status('receiver')['state'] == 'idle'
    regions.pass_once('sender')
    assert_well(regions)


def test_runs_that_stay_away_are_a_warning(tmp_path):
    regions = first_epoch(tmp_path, group_keys={'expect_run_every': '1s'})
    regions.sync()
    time.sleep(1.1)
    status = regions.status('sender')
    assert 'no run has succeeded' in status['warning'] and status['alarm'] is None
    assert check(regions, 'sender') == DONE
    assert 'WARNING orders: no run has succeeded' in regions.run('sender', 'status', as_json=False).stdout


def test_a_service_shows_that_it_lives_without_a_write_each_time(tmp_path):
    regions = first_epoch(tmp_path)
    with regions.start('sender') as sender:
        wait_until(lambda: regions.status('sender')['epoch'] == 1, 'the receipt')
        alive = regions.status('sender')['alive_ms']
        assert time.time() - alive / 1000 < 60
        time.sleep(2.5)
        assert regions.status('sender')['alive_ms'] == alive
        assert check(regions, 'sender') == DONE
        assert sender.stop() == DONE


def test_one_store_for_both_roles_hides_neither(tmp_path):
    regions = Regions(tmp_path, ['bronze'], top={'metadata_store': str(tmp_path / 'metadata.db')})
    for role in ROLES:
        configuration = regions.configuration(role)
        del configuration['role']
        regions.config(role).write_text(json.dumps(configuration))
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    regions.sync()
    assert_well(regions)
    shutil.move(regions.source('bronze'), tmp_path / 'away')
    with Run(regions, 'run-2'):
        pass
    regions.pass_once('sender', code=FAILED)
    status = regions.status('receiver')
    assert status['state'] == 'idle' and status['alarm'].startswith('sender: halted: '), status
    assert check(regions, 'receiver') == NOT_IN_SYNC


def test_one_error_is_printed_once(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
        refuse(regions)
    regions.pass_once('sender', code=FAILED)
    text = regions.run('sender', 'status', as_json=False).stdout
    assert text.count(str(regions.source('bronze'))) == 1, text
    assert text.count('catalogManaged') <= 2, text  # in the error, and in its remedy
    assert len(re.findall('^ALARM orders', text, re.MULTILINE)) == 1


def test_history_without_a_group_lists_them_all(tmp_path):
    regions = Regions(tmp_path, ['bronze', 'silver'], group=None)
    with Run(regions, 'run-1'):
        for table in regions.tables:
            write(regions.source(table), orders(0, 5))
    regions.sync()
    groups = regions.run('receiver', 'history').document['groups']
    assert [(group['group'], len(group['epochs'])) for group in groups] == [('bronze', 1), ('silver', 1)]
    assert groups[0] == regions.run('receiver', 'history', 'bronze').document
    text = regions.run('receiver', 'history', as_json=False).text
    assert 'bronze, receiver\n' in text and 'silver, receiver\n' in text


@pytest.mark.parametrize(('word', 'nearest'), [('foo', None), ('statsu', 'status'), ('verfy', 'verify')])
def test_a_command_that_is_none_is_said_so(tmp_path, word, nearest):
    regions = Regions(tmp_path, ['bronze'])
    error = regions.run('sender', word, code=USAGE).error
    assert f"'{word}' is no command" in error['message']
    assert (f'did you mean {nearest}?' in error['remedy']) if nearest else ('--help' in error['remedy'])
