"""Times of commits and of runs that do not agree: an epoch of a run holds all of it, or is none; where times cannot
tell, it is said. Tables of delta-rs, which do not name their run."""
import os
import shutil
import time

import pytest
from delta_tables import DeltaRs, assert_same_rows, orders, write
from lakeferry import FAILED, USAGE, Regions, Run, utc


@pytest.fixture(params=['clone', 'mirror'])
def mode(request):
    return request.param


def commit_file(regions, table, version):
    return regions.source(table) / '_delta_log' / f'{version:020d}.json'


def date_commit(regions, table, version, moment):
    os.utime(commit_file(regions, table, version), (moment, moment))


def first_epoch(regions):
    with Run(regions, 'run-1'):
        for table in regions.tables:
            write(regions.source(table), orders(0, 5))
    regions.sync()


def assert_in_sync(regions):
    for table in regions.tables:
        assert_same_rows(DeltaRs(regions.source(table)), DeltaRs(regions.target(table)))


def second_run(regions, end_before_last_commit):
    """Two commits, the last of which is dated after the end that is recorded."""
    started = time.time()
    write(regions.source('bronze'), orders(10, 5))
    time.sleep(0.1)
    write(regions.source('bronze'), orders(20, 5))
    last = commit_file(regions, 'bronze', 2).stat().st_mtime
    regions.runs_add('run-2', started, last - end_before_last_commit)


def test_last_commit_after_the_recorded_end_goes_over_with_its_run(tmp_path, mode):
    regions = Regions(tmp_path, ['bronze'], mode=mode)
    first_epoch(regions)
    second_run(regions, 0.02)
    regions.sync()
    assert_in_sync(regions)
    newest = regions.history('receiver')[0]
    assert newest['run_ids'] == ['run-2'] and newest['atomic'] and newest['evidence'] == 'time'
    assert newest['margin_ms'] >= 50 and newest['unexplained'] == []
    clocks = regions.status('sender')['clocks']
    assert clocks['margin_measured'] and clocks['margin_ms'] == newest['margin_ms']
    assert abs(clocks['store_skew_ms']) < 1500
    assert 'orders: clocks compared ' in regions.run('sender', 'status', as_json=False).stdout
    findings = regions.run('sender', 'check').document['findings']
    assert any("clocks of group 'orders'" in finding['what'] for finding in findings)


def test_with_a_margin_that_is_too_small_it_is_said_everywhere(tmp_path, mode):
    regions = Regions(tmp_path, ['bronze'], mode=mode, group_keys={'clock_skew_margin': '0s'})
    first_epoch(regions)
    second_run(regions, 0.02)
    ((cut,),) = [[group['cut']] for group in regions.run('sender', 'plan').document['groups']]
    assert [commit['version'] for commit in cut['unexplained']] == [2]
    assert 'no run explains it' in regions.run('sender', 'plan', as_json=False).text
    regions.sync()
    status = regions.status('sender')
    assert status['risk'] == 'warning' and "table 'lake.bronze', version 2 at" in status['risk_reason']
    for role in ('sender', 'receiver'):
        newest = regions.history(role)[0]
        assert newest['run_ids'] == ['run-2'] and [commit['version'] for commit in newest['unexplained']] == [2]
        assert 'WARNING orders: epoch 2: version 2' in regions.run(role, 'history', 'orders', as_json=False).text
    regions.runs_add('run-3', commit_file(regions, 'bronze', 2).stat().st_mtime - 0.001, time.time())
    regions.sync()
    assert_in_sync(regions)
    assert regions.status('sender')['risk'] is None


def test_end_in_whole_seconds_tears_no_table_off(tmp_path, mode):
    regions = Regions(tmp_path, ['bronze', 'gold'], mode=mode, group_keys={'clock_skew_margin': '0s'})
    first_epoch(regions)
    end = int(time.time()) + 1
    started = time.time()
    write(regions.source('bronze'), orders(10, 5))
    write(regions.source('gold'), orders(20, 5))
    time.sleep(max(0, end + 0.4 - time.time()))
    date_commit(regions, 'bronze', 1, end - 0.1)
    date_commit(regions, 'gold', 1, end + 0.3)
    regions.run('sender', 'runs', 'add', 'nightly', '--run-id', 'run-2', '--start', utc(started - 1), '--end',
                time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(end)), '--state', 'success', as_json=False)
    regions.sync()
    assert_in_sync(regions)
    assert regions.history('receiver')[0]['run_ids'] == ['run-2']


def test_log_that_lost_its_times_holds_the_group(tmp_path, mode):
    regions = Regions(tmp_path, ['bronze'], mode=mode)
    first_epoch(regions)
    with Run(regions, 'run-2'):
        write(regions.source('bronze'), orders(10, 5))
    kept = regions.folder / 'kept'
    regions.source('bronze').rename(kept)
    time.sleep(0.2)
    shutil.copytree(kept, regions.source('bronze'), copy_function=shutil.copyfile)
    regions.pass_once('sender')
    status = regions.status('sender')
    assert status['state'] == 'held' and 'has lost the times of its commits' in status['reason']
    assert len(regions.history('sender')) == 1
    with Run(regions, 'run-3'):
        write(regions.source('bronze'), orders(20, 5))
    regions.sync()
    assert_in_sync(regions)


def test_runs_without_a_gap_are_cut_where_commits_name_them(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    second = int(time.time()) - 5
    write(regions.source('bronze'), orders(0, 5), run_id='run-1')
    write(regions.source('bronze'), orders(5, 5), run_id='run-2')
    for version in (0, 1):
        date_commit(regions, 'bronze', version, second + 0.3 + version * 0.1)
    regions.run('sender', 'runs', 'add', 'nightly', '--run-id', 'run-1', '--start', str((second - 1) * 1000), '--end',
                str(second * 1000), '--state', 'success', as_json=False)
    regions.run('sender', 'runs', 'add', 'nightly', '--run-id', 'run-2', '--start', str(second * 1000), '--state',
                'running', as_json=False)
    regions.sync()
    assert_same_rows(DeltaRs(regions.source('bronze'), 0), DeltaRs(regions.target('bronze')))
    assert regions.history('receiver')[0]['evidence'] == 'run_id'


def test_runs_without_a_gap_and_names_hold_the_group_and_say_what_to_set(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    second = int(time.time()) - 5
    for version in (0, 1):
        write(regions.source('bronze'), orders(version * 5, 5))
        date_commit(regions, 'bronze', version, second + 0.3 + version * 0.1)
    regions.run('sender', 'runs', 'add', 'nightly', '--run-id', 'run-1', '--start', str((second - 1) * 1000), '--end',
                str(second * 1000), '--state', 'success', as_json=False)
    regions.run('sender', 'runs', 'add', 'nightly', '--run-id', 'run-2', '--start', str(second * 1000), '--state',
                'running', as_json=False)
    regions.pass_once('sender')
    status = regions.status('sender')
    assert status['state'] == 'held' and 'commitInfo.userMetadata' in status['reason']


def test_ledger_from_now_to_now_and_a_run_that_is_taken_out(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    add = ['add', 'nightly', '--run-id', 'run-1']
    regions.run('sender', 'runs', *add, '--start', 'now', '--state', 'RUNNING', as_json=False)
    write(regions.source('bronze'), orders(0, 5))
    regions.run('sender', 'runs', *add, '--end', 'now', '--state', 'Success', as_json=False)
    regions.sync()
    assert_in_sync(regions)
    remove = ['remove', 'nightly', '--run-id', 'run-1', '--by', 'Ada', '--why', 'entered for a test']
    (removed,) = regions.run('sender', 'runs', *remove).document['removed']
    assert removed['cut_into'] == "epoch 1 of group 'orders'"
    document = regions.run('sender', 'runs', 'list', 'nightly', '--removed').document
    assert document['runs'] == [] and document['removed'] == [removed] and removed['why'] == 'entered for a test'
    assert regions.run('sender', 'runs', *remove, code=FAILED).error['kind'] == 'not_found'
    skipped = [*add, '--start', 'now', '--end', 'now', '--state', 'SKIPPED']
    assert 'do not enter it' in regions.run('sender', 'runs', *skipped, code=USAGE).error['remedy']
    seconds = [*add, '--start', str(int(time.time())), '--state', 'running']
    assert 'epoch seconds' in regions.run('sender', 'runs', *seconds, code=USAGE).error['remedy']
