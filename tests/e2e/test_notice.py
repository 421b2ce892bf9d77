"""How late the services notice what there is to do, whatever the interval between cuts."""
import time

from delta_tables import assert_tables_equal, orders, write
from lakeferry import DONE, Regions, Run, wait_until


def epoch_of(regions, role):
    return regions.status(role)['epoch']


def test_both_services_notice_a_run_and_an_epoch_long_before_the_interval_is_over(tmp_path):
    """An interval of twelve hours, as it is by default."""
    regions = Regions(tmp_path, ['bronze'], workspace={'sync_interval': '12h'})
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        wait_until(lambda: regions.run('receiver', 'status', code=None).document['groups'][0]['state'] == 'waiting',
                   'both services at work')
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        wait_until(lambda: epoch_of(regions, 'receiver') == 1, 'the epoch applied')
        assert_tables_equal(regions.source('bronze'), None, regions.target('bronze'))
        wait_until(lambda: epoch_of(regions, 'sender') == 1, 'the sender has heard of it')
        assert sender.stop() == DONE and receiver.stop() == DONE


def test_the_interval_bounds_how_often_a_group_is_cut(tmp_path):
    regions = Regions(tmp_path, ['bronze'], workspace={'sync_interval': '12h'})
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        wait_until(lambda: epoch_of(regions, 'sender') == 1, 'the first epoch')
        with Run(regions, 'run-2'):
            write(regions.source('bronze'), orders(5, 10), mode='append')
        wait_until(lambda: 'the next cut is due at' in regions.status('sender')['reason'], 'the second run is put off')
        time.sleep(3)  # three polls
        assert regions.status('sender')['staged_epoch'] == 1
        assert regions.status('sender')['waiting_since_ms'] is not None
        assert sender.stop() == DONE and receiver.stop() == DONE
    regions.sync()
    assert epoch_of(regions, 'receiver') == 2, 'whoever asks for a pass gets its cut at once'
    assert_tables_equal(regions.source('bronze'), None, regions.target('bronze'))
