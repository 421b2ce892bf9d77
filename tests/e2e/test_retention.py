"""What the source is about to delete: said by `plan` and `status` before it is gone, with the real binary."""
import json
import os
import time

import pytest
from delta_tables import orders, write
from deltalake import DeltaTable
from lakeferry import NOT_IN_SYNC, Regions, Run

DAY = 86400
WEEK_MS = 7 * DAY * 1000


@pytest.fixture(params=['clone', 'mirror'])
def regions(request, tmp_path):
    return Regions(tmp_path, ['bronze'], mode=request.param)


def overwrite_in_next_run(regions):
    """Run 1 has ended; run 2, which has not, has removed its files: the removes' deletionTimestamps."""
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 50), run_id='run-1')
    run = Run(regions, 'run-2').begin()
    at = write(regions.source('bronze'), orders(100, 50), mode='overwrite', run_id='run-2')
    commit = regions.source('bronze') / '_delta_log' / f'{at:020d}.json'
    actions = [json.loads(line) for line in commit.read_text().splitlines()]
    return run, [action['remove']['deletionTimestamp'] for action in actions if 'remove' in action]


def test_plan_says_when_files_of_the_cut_may_vanish(regions):
    _, removed = overwrite_in_next_run(regions)
    ((table,),) = [group['tables'] for group in regions.run('sender', 'plan').document['groups']]
    assert table['files_may_vanish_ms'] == min(removed) + WEEK_MS
    assert table['vanishing_files'] == len(removed) == 1
    text = regions.run('sender', 'plan', as_json=False).text
    assert 'lake.bronze: the source has removed 1 file of this cut, which may vanish from ' in text
    assert 'on (in 6d 23h)' in text


def test_status_keeps_the_time_while_the_copy_fails_and_forgets_it_when_it_succeeds(regions):
    run, removed = overwrite_in_next_run(regions)
    (gone,) = [path for path in regions.source('bronze').glob('*.parquet')
               if path.name not in {uri.rsplit('/', 1)[-1] for uri in DeltaTable(regions.source('bronze')).file_uris()}]
    gone.rename(regions.folder / gone.name)
    assert regions.failing_sync('sender')['kind'] == 'source_moved_on'
    assert regions.status('sender')['files_may_vanish_ms'] == min(removed) + WEEK_MS
    text = regions.run('sender', 'status', as_json=False).stdout
    assert 'WARNING orders: files of the cut under way may vanish from ' in text
    run.finish()
    regions.sync()
    assert regions.status('sender')['files_may_vanish_ms'] is None


def set_age(regions, version, days):
    """A commit's time is its file's."""
    commit = regions.source('bronze') / '_delta_log' / f'{version:020d}.json'
    os.utime(commit, (time.time() - days * DAY,) * 2)


def test_lag_beyond_the_retention_is_an_alarm(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    write(regions.source('bronze'), orders(0, 5), run_id='run-1',
          configuration={'delta.logRetentionDuration': 'interval 2 days'})
    set_age(regions, 0, 3)
    regions.runs_add('run-1', time.time() - 3.1 * DAY, time.time() - 2.9 * DAY)
    regions.sync()
    assert regions.status('sender')['risk'] is None
    Run(regions, 'run-2').begin()
    write(regions.source('bronze'), orders(5, 5), run_id='run-2')
    set_age(regions, 1, 0.9)
    regions.pass_once('sender')
    assert regions.status('sender')['risk'] is None
    set_age(regions, 1, 1.5)
    regions.pass_once('sender')
    assert regions.status('sender')['risk'] == 'warning'
    set_age(regions, 1, 2.1)
    regions.pass_once('sender')
    status = regions.status('sender')
    assert status['risk'] == 'error'
    assert "table 'lake.bronze': commits are kept for 2d" in status['risk_reason']
    assert status['alarm'].startswith('at risk: ') and 'run-2' in status['reason']
    done = regions.run('sender', 'status', '--check', code=NOT_IN_SYNC, as_json=False)
    assert 'logRetentionDuration' in done.stdout
    DeltaTable(regions.source('bronze')).alter.set_table_properties({'delta.logRetentionDuration': 'interval 20 days'})
    regions.pass_once('sender')
    assert regions.status('sender')['risk'] is None
