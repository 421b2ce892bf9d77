"""The story of the issue with the real binary: a run ends and its state arrives, a half-done run does not."""
import json
import time

import delta_tables
import pytest
from delta_tables import assert_same_commits, assert_tables_equal, orders, write
from lakeferry import NOT_IN_SYNC, Regions, Run

TABLES = ['bronze', 'silver', 'gold']


@pytest.fixture(params=['clone', 'mirror'])
def regions(request, tmp_path):
    return Regions(tmp_path, TABLES, mode=request.param)


def first_run(regions, run_id='run-1'):
    """Bronze in one commit, silver in two and partitioned, gold in one."""
    with Run(regions, run_id):
        write(regions.source('bronze'), orders(0, 50), run_id=run_id)
        write(regions.source('silver'), orders(0, 40), run_id=run_id, partition_by=['region'])
        write(regions.source('silver'), orders(40, 10, 'east'), run_id=run_id)
        write(regions.source('gold'), orders(0, 5), run_id=run_id)
    return {table: delta_tables.version(regions.source(table)) for table in TABLES}


def assert_replica_at(regions, cut):
    for table, at in cut.items():
        assert_tables_equal(regions.source(table), at, regions.target(table))
        if regions.mode == 'mirror':
            assert delta_tables.version(regions.target(table)) == at
            assert_same_commits(regions.source(table), regions.target(table), range(at + 1))


def test_nothing_is_sent_before_the_first_run_has_ended(regions):
    run = Run(regions, 'run-1').begin()
    write(regions.source('bronze'), orders(0, 5), run_id='run-1')
    regions.sync()
    assert not any(delta_tables.has_log(regions.target(table)) for table in TABLES)
    (group,) = regions.run('sender', 'plan').document['groups']
    assert group['cut'] is None
    assert group['reason']
    run.finish('failed')
    regions.sync()
    assert not any(delta_tables.has_log(regions.target(table)) for table in TABLES)


def test_replica_follows_finished_runs_and_only_these(regions):
    cut = first_run(regions)
    regions.sync()
    assert_replica_at(regions, cut)

    # Run 2 has rewritten silver and not yet gold when both roles look again.
    run = Run(regions, 'run-2').begin()
    write(regions.source('bronze'), orders(50, 30), run_id='run-2')
    write(regions.source('silver'), orders(1000, 80), mode='overwrite', run_id='run-2', partition_by=['region'])
    regions.sync()
    assert_replica_at(regions, cut)
    assert regions.status('receiver')['epoch'] == 1

    write(regions.source('gold'), orders(5, 5), run_id='run-2')
    run.finish()
    later = {table: delta_tables.version(regions.source(table)) for table in TABLES}
    regions.sync()
    assert_replica_at(regions, later)
    assert regions.status('receiver')['epoch'] == 2


def test_next_run_that_has_begun_does_not_hold_back_the_one_that_ended(regions):
    cut = first_run(regions)
    Run(regions, 'run-2').begin()
    write(regions.source('silver'), orders(500, 3), run_id='run-2')
    regions.sync()
    assert_replica_at(regions, cut)


def test_failed_run_is_not_sent_until_a_success_has_built_upon_it(regions):
    cut = first_run(regions)
    run = Run(regions, 'run-2').begin()
    write(regions.source('bronze'), orders(50, 3), run_id='run-2')
    run.finish('failed')
    regions.sync()
    assert_replica_at(regions, cut)
    with Run(regions, 'run-3'):
        write(regions.source('bronze'), orders(53, 3), run_id='run-3')
    regions.sync()
    assert_replica_at(regions, {'bronze': 2, 'silver': 1, 'gold': 0})


def test_documents_tell_what_happened(regions):
    cut = first_run(regions)
    (group,) = regions.run('sender', 'plan').document['groups']
    assert group['group'] == 'orders'
    assert group['cut']['run_ids'] == ['run-1']
    assert group['cut']['atomic'] is True
    planned = {row['table']: row for row in group['tables']}
    assert {table: planned[f'lake.{table}']['to_version'] for table in TABLES} == cut
    assert all(row['from_version'] is None and row['files'] > 0 and row['bytes'] > 0 for row in planned.values())
    assert not regions.staging.exists() or not any(regions.staging.rglob('*manifest*')), 'plan writes nothing'

    regions.pass_once('sender')
    staged = regions.versions()
    assert {table: row['staged_version'] for table, row in staged.items()} == cut
    assert all(row['applied_version'] is None and row['replica_version'] is None for row in staged.values())
    regions.pass_once('receiver')
    regions.pass_once('sender')  # sees the receipt

    applied = regions.versions()
    for table in TABLES:
        row = applied[table]
        assert row['source_version'] == row['staged_version'] == row['applied_version'] == cut[table]
        assert row['replica_version'] == delta_tables.version(regions.target(table))

    for role in ('sender', 'receiver'):
        status = regions.status(role)
        assert status['group'] == 'orders'
        assert status['epoch'] == 1
        assert status['last_error'] is None
        assert 0 <= status['lag_seconds'] < 300
        assert abs(status['cut_time_ms'] / 1000 - time.time()) < 300
        (epoch,) = regions.history(role)
        assert epoch['epoch'] == 1
        assert epoch['run_ids'] == ['run-1']
        assert epoch['atomic'] is True
        assert epoch['state'] == 'applied'
        assert epoch['files'] > 0
        assert epoch['bytes'] > 0

    (runs,) = [regions.run('sender', 'runs', 'list', 'nightly').document]
    assert [(run['run_id'], run['state']) for run in runs['runs']] == [('run-1', 'success')]


def test_verify_finds_a_file_that_went_missing_and_one_that_changed(regions):
    first_run(regions)
    regions.sync()
    (group,) = regions.run('receiver', 'verify').document['groups']
    assert group['ok'] and group['files_checked'] > 0 and group['problems'] == []
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['bytes_checked'] > 0

    victim = next(regions.target('bronze').glob('*.parquet'))
    whole = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    (group,) = regions.run('receiver', 'verify').document['groups']
    assert group['ok'], 'without --deep only sizes are compared'
    (group,) = regions.run('receiver', 'verify', '--deep', code=NOT_IN_SYNC).document['groups']
    assert [problem['path'] for problem in group['problems']] == [victim.name]

    victim.unlink()
    (group,) = regions.run('receiver', 'verify', code=NOT_IN_SYNC).document['groups']
    assert not group['ok']
    assert [(problem['table'], problem['path']) for problem in group['problems']] == [('lake.bronze', victim.name)]


def test_second_pass_without_news_changes_nothing(regions):
    first_run(regions)
    regions.sync()
    regions.sync()
    before = {region: delta_tables.files_below(region) for region in (regions.secondary / 'lake', regions.staging)}
    regions.sync()
    for region, files in before.items():
        assert delta_tables.files_below(region) == files


def test_lost_metadata_stores_are_rebuilt_and_nothing_is_applied_twice(regions):
    cut = first_run(regions)
    regions.sync()
    regions.sync()
    lake = delta_tables.files_below(regions.secondary / 'lake')
    for role in ('sender', 'receiver'):
        for file in regions.store(role).parent.glob('metadata.db*'):
            file.unlink()
    regions.sync()
    assert delta_tables.files_below(regions.secondary / 'lake') == lake
    assert regions.status('receiver')['epoch'] == 1
    assert_replica_at(regions, cut)

    with Run(regions, 'run-2'):
        write(regions.source('gold'), orders(5, 5), run_id='run-2')
    regions.sync()
    assert_replica_at(regions, cut | {'gold': 1})


def test_one_file_and_one_store_serve_both_roles(tmp_path):
    regions = Regions(tmp_path, TABLES, top={'metadata_store': str(tmp_path / 'metadata.db')})
    for role in ('sender', 'receiver'):
        configuration = regions.configuration(role)
        del configuration['role']
        regions.config(role).write_text(json.dumps(configuration))
    cut = first_run(regions)
    regions.sync()
    assert_replica_at(regions, cut)


def test_daemons_carry_runs_across_and_stop_when_told(tmp_path):
    from lakeferry import wait_until
    regions = Regions(tmp_path, TABLES)
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        for number in range(1, 4):
            cut = first_run(regions, f'run-{number}')
            wait_until(lambda: regions.status('receiver')['epoch'] == number, f'epoch {number} applied')
        assert sender.stop() == 0
        assert receiver.stop() == 0
    assert_replica_at(regions, cut)
