"""One bad group hides nothing: of three, the middle one fails, and commands tell of the others as if it did not."""
import re
import shutil

import pytest
from delta_tables import orders, write
from lakeferry import DONE, FAILED, NOT_IN_SYNC, Regions, Run

GROUPS = ['bronze', 'silver', 'gold']


@pytest.fixture
def regions(tmp_path):
    """Three groups with an epoch each on both sides."""
    regions = Regions(tmp_path, GROUPS, mode='mirror', group=None, group_keys={'retention': '30d'})
    with Run(regions, 'run-1'):
        for table in GROUPS:
            write(regions.source(table), orders(0, 5))
    regions.sync()
    return regions


def entries(done):
    """The entries of all three groups, in their order; no error stands elsewhere."""
    assert '{"error"' not in done.stderr, done
    groups = done.document['groups']
    assert [group['group'] for group in groups] == GROUPS, done
    return dict(zip(GROUPS, groups, strict=True))


def assert_only_silver_failed(done, kind):
    found = entries(done)
    error = found['silver']['error']
    assert error['kind'] == kind and error['message'] and error['where'] and error['remedy'], error
    assert found['bronze']['error'] is None and found['gold']['error'] is None
    return found


def test_plan_and_sync_tell_of_every_group(regions):
    with Run(regions, 'run-2'):
        for table in GROUPS:
            write(regions.source(table), orders(5, 5))
    shutil.rmtree(regions.source('silver'))
    planned = assert_only_silver_failed(regions.run('sender', 'plan', code=FAILED), 'not_found')
    assert planned['gold']['cut']['run_ids'] == ['run-2'] and planned['silver']['cut'] is None
    text = regions.run('sender', 'plan', code=FAILED, as_json=False).stdout
    heads = re.findall(r'^(bronze|silver|gold): (FAILED|cut)', text, re.MULTILINE)
    assert heads == [('bronze', 'cut'), ('silver', 'FAILED'), ('gold', 'cut')]
    synced = assert_only_silver_failed(regions.run('sender', 'sync', code=FAILED), 'not_found')
    assert synced['gold']['epoch'] == 2 and synced['silver']['state'] == 'halted'
    versions = entries(regions.run('receiver', 'versions', code=DONE))
    assert 'there is no table here' in versions['silver']['tables'][0]['unreachable'][0]
    assert versions['gold']['tables'][0]['staged_version'] == 1


def test_verify_and_gc_tell_of_every_group_and_exit_with_the_worst(regions):
    receipts = regions.staging / 'silver' / 'receipts'
    receipts.rename(receipts.with_name('elsewhere'))
    assert_only_silver_failed(regions.run('receiver', 'verify', code=FAILED), 'not_found')
    next(regions.target('gold').glob('*.parquet')).unlink()
    found = assert_only_silver_failed(regions.run('receiver', 'verify', code=FAILED), 'not_found')
    assert found['bronze']['ok'] and not found['gold']['ok']
    regions.run('receiver', 'verify', 'gold', code=NOT_IN_SYNC)
    assert_only_silver_failed(regions.run('receiver', 'gc', code=FAILED), 'not_found')


def test_one_pass_names_every_group_that_failed(regions):
    with Run(regions, 'run-2'):
        write(regions.source('silver'), orders(5, 5))
    for table in ('bronze', 'gold'):
        shutil.rmtree(regions.source(table))
    done = regions.run('sender', 'sender', '--once', code=FAILED)
    assert done.error['message'].startswith('2 of 3 groups failed:\nbronze: ')
    assert '\ngold: ' in done.error['message'] and 'silver' not in done.error['message']
