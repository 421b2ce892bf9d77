"""`sync` beside a running service goes through it; and of two senders with metadata stores of their own, one is
refused."""
import contextlib
import fcntl
import json
import os
import socket
import stat
import struct
import subprocess
import time

import pytest
from delta_tables import assert_tables_equal, orders, write
from lakeferry import BINARY, DONE, REFUSED, USAGE, Regions, Run, wait_until


@pytest.fixture
def regions(tmp_path):
    """An interval of twelve hours: whatever is cut after the first epoch was asked for."""
    regions = Regions(tmp_path, ['bronze'], workspace={'sync_interval': '12h'})
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    regions.sync()
    return regions


def socket_of(regions, role):
    store = regions.store(role)
    return store.with_name(f'{store.name}.{role}.sock')


def listens(regions, role):
    """It has its name before it takes anybody."""
    place = socket_of(regions, role)
    folder = os.open(place.parent, os.O_PATH)  # an address has no room for a long path
    try:
        with socket.socket(socket.AF_UNIX) as asking:
            return asking.connect_ex(f'/proc/self/fd/{folder}/{place.name}') == 0
    finally:
        os.close(folder)


def another_run(regions, first):
    with Run(regions, f'run-{first}'):
        write(regions.source('bronze'), orders(first, 5), mode='append')


def test_sync_goes_through_both_services(regions):
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        wait_until(lambda: listens(regions, 'sender') and listens(regions, 'receiver'), 'both services listen')
        assert stat.S_IMODE(socket_of(regions, 'sender').stat().st_mode) == 0o660
        for epoch in (2, 3):
            another_run(regions, epoch * 5)
            (sent,) = regions.run('sender', 'sync').document['groups']
            assert sent['epoch'] == epoch and sent['role'] == 'sender' and sent['error'] is None, sent
            (received,) = regions.run('receiver', 'sync', 'orders').document['groups']
            # The receiver may have noticed by itself, and then there is nothing to do any more.
            assert received['epoch'] in (epoch, None) and received['role'] == 'receiver', received
            assert regions.status('receiver')['epoch'] == epoch
        assert_tables_equal(regions.source('bronze'), None, regions.target('bronze'))
        assert 'orders (sender): ' in regions.run('sender', 'sync', as_json=False).text
        assert sender.stop() == DONE and receiver.stop() == DONE
    assert not socket_of(regions, 'sender').exists(), 'a service that ends takes its socket along'
    another_run(regions, 100)
    assert regions.run('sender', 'sync').document['groups'][0]['epoch'] == 4, 'without a service, sync works itself'


def test_group_that_the_service_does_not_have_yet_asks_for_a_reload(regions):
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        regions.group = 'invoices'
        regions.write_configuration()
        error = regions.failing_sync('sender', USAGE)
        assert error['kind'] == 'invalid_argument' and 'invoices' in error['message']
        assert 'reload' in error['remedy']
        assert sender.stop() == DONE


def test_service_that_was_killed_leaves_a_socket_that_stops_nothing(regions):
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        sender.kill()
    assert socket_of(regions, 'sender').exists()
    another_run(regions, 10)
    assert regions.run('sender', 'sync').document['groups'][0]['epoch'] == 2
    with regions.start('sender') as again:
        wait_until(lambda: listens(regions, 'sender'), 'the next service has replaced it')
        regions.run('sender', 'sync')
        assert again.stop() == DONE


@contextlib.contextmanager
def role_held(regions, role):
    """As by a command at work."""
    store = regions.store(role)
    with store.with_name(f'{store.name}.{role}.lock').open('r+b') as lock:
        fcntl.fcntl(lock, fcntl.F_OFD_SETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        yield


def test_service_that_starts_beside_a_command_waits_for_its_end(regions):
    with role_held(regions, 'sender'):
        sender = regions.start('sender')
        time.sleep(0.5)
        assert sender.process.poll() is None and not listens(regions, 'sender')
    with sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        assert sender.stop() == DONE


def test_sync_beside_a_service_that_has_its_role_and_does_not_listen_yet_waits_for_it(regions):
    words = [BINARY, 'sync', '-c', regions.config('sender')]
    with role_held(regions, 'sender'):
        assert regions.failing_sync('sender', REFUSED)['kind'] == 'refused', 'it does not wait for ever'
    with role_held(regions, 'sender'):
        command = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
    assert command.wait(60) == DONE


def test_command_that_hangs_up_changes_nothing(regions):
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        another_run(regions, 10)
        words = [BINARY, 'sync', '-c', regions.config('sender')]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as command:
            time.sleep(0.05)
            command.kill()
        regions.run('sender', 'sync')
        assert regions.status('sender')['staged_epoch'] == 2
        assert sender.stop() == DONE


def test_user_outside_of_the_group_may_not_ask(regions):
    """As nobody, whom file rights keep out; and who is kept out by the service where they do not."""
    if os.geteuid() != 0:
        return  # needs another user
    for folder in (regions.folder, *regions.folder.parents):
        if str(folder).startswith('/tmp/'):
            folder.chmod(0o755)
    regions.config('sender').chmod(0o644)
    as_nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        for mode in (0o660, 0o666):
            socket_of(regions, 'sender').chmod(mode)
            error = regions.failing_sync('sender', None, wrapper=as_nobody)
            assert error['kind'] == 'unauthorized' and 'may not ask the running service' in error['message']
        assert sender.stop() == DONE


def test_second_sender_with_a_metadata_store_of_its_own_is_refused_until_it_takes_over(regions):
    first = regions.configuration('sender')
    other = {**first, 'metadata_store': str(regions.folder / 'other' / 'metadata.db')}
    regions.config('sender').write_text(json.dumps(other))
    error = regions.failing_sync('sender', REFUSED)
    assert 'another sender works for group' in error['message'] and first['metadata_store'] in error['message']
    assert '--take-over' in error['remedy']
    assert regions.run('sender', 'sync', '--take-over').document['groups'][0]['error'] is None
    regions.config('sender').write_text(json.dumps(first))
    error = regions.failing_sync('sender', REFUSED)
    assert other['metadata_store'] in error['message']
    with regions.start('sender') as sender:
        wait_until(lambda: listens(regions, 'sender'), 'the service listens')
        assert regions.failing_sync('sender', REFUSED)['kind'] == 'refused'
        assert regions.run('sender', 'sync', 'orders', '--take-over').document['groups'][0]['error'] is None
        regions.run('sender', 'sync', 'orders')
        assert sender.stop() == DONE


def test_metadata_store_that_was_lost_stops_nobody(regions):
    for file in regions.primary.glob('metadata.db*'):
        file.unlink()
    regions.runs_add('run-2', time.time() - 1, time.time() - 0.5)
    regions.run('sender', 'sync')
