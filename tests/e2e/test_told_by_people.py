"""pause, resume and resync: through a running service, without one, and across a kill."""
import getpass
import time

from delta_tables import assert_tables_equal, orders, write
from lakeferry import DONE, NOT_IN_SYNC, USAGE, Regions, Run, wait_until
from test_sync_beside_service import listens


def regions_of(tmp_path, **options):
    regions = Regions(tmp_path, ['bronze', 'silver'], **options)
    with Run(regions, 'run-1'):
        for table in regions.tables:
            write(regions.source(table), orders(0, 5))
    regions.sync()
    regions.pass_once('sender')  # it knows of the answer
    return regions


def another_run(regions, run_id):
    with Run(regions, run_id):
        for table in regions.tables:
            write(regions.source(table), orders(5, 5), mode='append')


def test_a_paused_group_is_not_ill_and_is_left_alone_until_it_is_resumed(tmp_path):
    regions = regions_of(tmp_path)
    (paused,) = regions.run('sender', 'pause', 'orders', '--why', 'works on the cluster').document['groups']
    assert paused['paused']['why'] == 'works on the cluster' and getpass.getuser() in paused['by']
    another_run(regions, 'run-2')
    regions.pass_once('sender')
    assert regions.run('sender', 'sync').document['groups'][0]['state'] == 'paused'
    shown = regions.status('sender')
    assert shown['state'] == 'paused' and shown['alarm'] is None and shown['lag_seconds'] > 0
    assert 'works on the cluster' in shown['reason'] and shown['staged_epoch'] == 1
    regions.run('sender', 'status', '--check', code=DONE)
    assert 'paused' in regions.run('sender', 'status', as_json=False).text
    regions.run('sender', 'resume', 'orders')
    regions.sync()
    assert regions.status('receiver')['epoch'] == 2
    said = regions.run('sender', 'history', 'orders').document['instructions']
    assert [one['instruction'] for one in said] == ['resume', 'pause'] and said[1]['why'] == 'works on the cluster'
    assert 'pause by ' in regions.run('sender', 'history', 'orders', as_json=False).text


def test_the_rpo_of_a_paused_group_is_loud_where_it_is_configured(tmp_path):
    regions = regions_of(tmp_path, group_keys={'rpo': '1s'})
    regions.run('receiver', 'pause', 'orders')
    regions.pass_once('receiver')
    time.sleep(1.1)
    regions.run('receiver', 'status', '--check', code=NOT_IN_SYNC)
    assert 'late' in regions.status('receiver')['alarm'] and regions.status('receiver')['state'] == 'paused'


def test_a_service_heeds_it_at_once_and_a_kill_forgets_nothing(tmp_path):
    regions = regions_of(tmp_path)
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        regions.run('sender', 'pause', 'orders', '--why', 'a test')
        sender.kill()
    another_run(regions, 'run-2')
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        wait_until(lambda: regions.status('sender')['state'] == 'paused', 'it knows')
        time.sleep(2)
        assert regions.status('sender')['staged_epoch'] == 1
        regions.run('sender', 'resume', 'orders')
        wait_until(lambda: regions.status('sender')['staged_epoch'] == 2, 'it goes on')
        assert sender.stop() == DONE


def test_one_table_goes_over_whole_and_the_other_by_what_changed(tmp_path):
    regions = regions_of(tmp_path)
    (asked,) = regions.run('sender', 'resync', 'orders', 'lake.bronze', '--why', 'to be sure').document['groups']
    assert asked['resync'] == [{'table': 'lake.bronze', 'epoch': 0}]
    assert 'goes over whole' in regions.run('sender', 'status', as_json=False).text
    another_run(regions, 'run-2')
    regions.sync()
    regions.pass_once('sender')
    assert regions.status('sender')['resync'] == []
    files = {table['table']: table['files'] for table in regions.history('sender')[0]['tables']}
    assert files['lake.bronze'] > files['lake.silver'], files
    for table in regions.tables:
        assert_tables_equal(regions.source(table), None, regions.target(table))
    assert regions.run('receiver', 'verify', '--deep', code=DONE)
    error = regions.run('sender', 'resync', 'orders', 'lake.bornze', code=USAGE).error
    assert 'did you mean lake.bronze?' in error['remedy']
