"""The status table: written by the command and by services, read by delta-rs and Spark, whatever happens to it."""
import json
import subprocess
import time

import pyarrow
from delta_tables import has_log, orders, write
from deltalake import DeltaTable
from lakeferry import BINARY, DONE, FAILED, REFUSED, USAGE, Regions, Run, wait_until
from test_http import answers, ask, free_port

SYNC_JOB_COLUMNS = {
    'workspace_name': 'string', 'group_name': 'string', 'workflow_name': 'string', 'workflow_id': 'string',
    'tables': 'array<string>', 'validated': 'boolean', 'last_successful_run_time': 'bigint', 'sync_status': 'string',
    'sync_reason': 'string', 'sync_time_to_region': 'bigint', 'sync_time_in_region': 'bigint',
    'source_operation_metrics': 'string', 'target_operation_metrics': 'string'}
# What the sync job's report does with its metadata table to tell which table is in sync.
REPORT = """
SELECT s.name, s.metric['metrics']['sync_commit_version'] AS sent,
       t.metric['metrics']['sync_commit_version'] AS applied,
       s.metric['metrics']['source_table_size'] AS size, t.metric['metrics']['source_table_size'] AS applied_size
FROM (SELECT explode(entry) AS (name, metric) FROM (
        SELECT explode(from_json(source_operation_metrics, 'array<map<string, struct<metrics:map<string, long>>>>'))
          AS entry FROM delta.`{table}` WHERE role = '{role}')) s
LEFT JOIN (SELECT explode(entry) AS (name, metric) FROM (
        SELECT explode(from_json(target_operation_metrics, 'array<map<string, struct<metrics:map<string, long>>>>'))
          AS entry FROM delta.`{table}` WHERE role = '{role}')) t ON s.name = t.name ORDER BY s.name
"""


def replicated(tmp_path, **options):
    regions = Regions(tmp_path / 'regions', ['bronze', 'silver'], **options)
    with Run(regions, 'run-1'):
        for table in regions.tables:
            write(regions.source(table), orders(0, 5))
    regions.sync()
    regions.pass_once('sender')  # it knows of the answer
    return regions


def another(regions, run_id):
    with Run(regions, run_id):
        write(regions.source('bronze'), orders(5, 5))


def size_of(table):
    """Bytes of its live files, as delta-rs counts them."""
    adds = pyarrow.table(DeltaTable(str(table)).get_add_actions()).to_pylist()
    return sum(add['size_bytes'] for add in adds)


def rows_of(table):
    """By role and group."""
    found = DeltaTable(str(table)).to_pyarrow_table().to_pylist()
    rows = {(row['role'], row['group_name']): row for row in found}
    assert len(rows) == len(found), 'one row each'
    return rows


def test_the_command_writes_what_status_says_and_both_engines_read_it(tmp_path, spark):
    regions, table = replicated(tmp_path), tmp_path / 'status'
    done = regions.run('sender', 'export-status', '--to', table).document
    assert done['version'] == 0 and [row['outcome'] for row in done['rows']] == ['written']
    assert regions.run('sender', 'export-status', '--to', table.as_uri()).document['rows'][0]['outcome'] == 'same'
    assert 'written' in regions.run('receiver', 'export-status', '--to', table, as_json=False).text
    rows, known = rows_of(table), regions.status('sender')
    assert set(rows) == {('sender', 'orders'), ('receiver', 'orders')}
    sent, applied = rows[('sender', 'orders')], rows[('receiver', 'orders')]
    assert sent['sync_status'] == applied['sync_status'] == 'Success'
    assert sent['tables'] == ['lake.bronze', 'lake.silver'] and sent['workflow_name'] == 'nightly'
    assert sent['epoch'] == applied['epoch'] == known['epoch'] == 1
    assert sent['sync_time_in_region'] == applied['sync_time_in_region'] == known['cut_time_ms']
    assert sent['region'] == 'primary' and applied['region'] == 'secondary' and sent['validated'] is True
    frame = spark.read.format('delta').load(str(table))
    types = dict(frame.dtypes)
    assert frame.columns[:13] == list(SYNC_JOB_COLUMNS) and {name: types[name] for name in SYNC_JOB_COLUMNS} == \
        SYNC_JOB_COLUMNS
    read = {(row['role'], row['group_name']): row.asDict() for row in frame.collect()}
    assert read == rows
    for role in ('sender', 'receiver'):
        report = spark.sql(REPORT.format(table=table, role=role)).collect()
        sizes = {table: size_of(regions.source(table)) for table in regions.tables}
        assert [tuple(row) for row in report] == [(f'lake.{table}', 0, 0, size, size) for table, size in sizes.items()]
    # What engines do to tables leaves it one.
    spark.sql(f'OPTIMIZE delta.`{table}`')
    DeltaTable(str(table)).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    another(regions, 'run-2')
    regions.sync()
    assert regions.run('receiver', 'export-status', '--to', table).document['rows'][0]['outcome'] == 'written'
    assert rows_of(table)[('receiver', 'orders')]['epoch'] == 2 and len(rows_of(table)) == 2


def test_what_cannot_be_exported_is_an_error_with_a_way_out(tmp_path):
    regions, table = replicated(tmp_path), tmp_path / 'status'
    assert '--to TABLE_URI' in regions.run('sender', 'export-status', code=USAGE).error['remedy']
    error = regions.run('sender', 'export-status', '--to', regions.source('bronze'), code=REFUSED).error
    assert 'not one that a status can be exported to' in error['message']
    (table / 'data').mkdir(parents=True)
    (table / 'data' / 'file').write_text('x')
    assert 'something else' in regions.run('sender', 'export-status', '--to', table, code=REFUSED).error['message']
    assert regions.run('sender', 'export-status', '--to', table, '--group', 'order', code=USAGE).error['remedy']
    nothing_known = Regions(tmp_path / 'new', ['bronze'])
    error = nothing_known.run('sender', 'export-status', '--to', tmp_path / 'none', code=FAILED).error
    assert error['kind'] == 'not_found' and not (tmp_path / 'none').exists()


def test_several_write_at_once_and_no_row_is_lost(tmp_path):
    regions, table = replicated(tmp_path, group=None), tmp_path / 'status'
    rounds = 4
    for number in range(rounds):
        for name in regions.tables:
            with Run(regions, f'more-{number}-{name}'):
                write(regions.source(name), orders(10 * number + 5, 5))
        regions.sync()
        words = [[BINARY, 'export-status', '-c', regions.config(role), '--to', table, '--group', group, '--json']
                 for role in ('sender', 'receiver') for group in regions.tables]
        writers = [subprocess.Popen(list(map(str, word)), stdout=subprocess.PIPE, text=True) for word in words]
        documents = [json.loads(writer.communicate(timeout=60)[0]) for writer in writers]
        assert all(writer.returncode == DONE for writer in writers)
        assert len({document['version'] for document in documents}) == len(words), documents
    history = DeltaTable(str(table)).history()
    assert len(history) == rounds * 4 and DeltaTable(str(table)).version() == rounds * 4 - 1
    rows = rows_of(table)
    assert len(rows) == 4 and all(row['staged_epoch'] == rounds + 1 for row in rows.values())
    assert (table / '_delta_log' / '_last_checkpoint').exists()


def test_services_export_each_epoch_and_a_place_that_takes_nothing_delays_none(tmp_path):
    place, port = tmp_path / 'status', free_port()
    place.write_text('no folder')
    top = {'status_table': {'location': place.as_uri()}, 'http': {'listen': {'receiver': f'127.0.0.1:{port}'}}}
    regions = Regions(tmp_path / 'regions', ['bronze'], top=top)
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    document = regions.run('receiver', 'check', code=FAILED).document
    (found,) = [finding for finding in document['findings'] if finding['what'].startswith('status table')]
    assert found['severity'] == 'error' and str(place) in json.dumps(found['where']) and found['remedy'], found
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        wait_until(lambda: regions.status('receiver')['epoch'] == 1, 'the epoch is applied all the same')
        wait_until(lambda: answers(port), 'it answers')

        def failures():
            lines = [line for line in ask(port, '/metrics')[2].splitlines()
                     if line.startswith('lakeferry_status_table_failures_in_a_row ')]
            return float(lines[0].split()[1])

        wait_until(lambda: failures() > 0, 'the failure is counted')
        assert 'the status table cannot be written' in (regions.folder / 'receiver.log').read_text()
        assert regions.run('receiver', 'status', '--check', code=DONE)
        place.unlink()
        wait_until(lambda: has_log(place) and len(rows_of(place)) == 2, 'both write', limit_s=90)
        wait_until(lambda: failures() == 0, 'the failure is over')
        another(regions, 'run-2')
        wait_until(lambda: rows_of(place)[('receiver', 'orders')]['epoch'] == 2, 'the next epoch is there')
        wait_until(lambda: rows_of(place)[('sender', 'orders')]['epoch'] == 2, 'the sender knows')
        version = DeltaTable(str(place)).version()
        time.sleep(5)
        assert DeltaTable(str(place)).version() == version, 'looks that find nothing write nothing'
        assert sender.stop() == DONE and receiver.stop() == DONE
    another(regions, 'run-3')
    regions.sync()
    assert rows_of(place)[('receiver', 'orders')]['epoch'] == 3, 'a pass by hand exports too'
    assert regions.run('receiver', 'export-status').document['rows'][0]['outcome'] == 'same'
    findings = [one['what'] for one in regions.run('receiver', 'check', code=None).document['findings']]
    assert 'status table: it is there, and writable' in findings, findings
