"""What a running service answers over HTTP: the documents of the commands, metrics that promtool takes, pushed runs
that are cut, reloads that move it, and a start that a used port does not keep from replicating."""
import contextlib
import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pyarrow
import pytest
from delta_tables import assert_tables_equal, orders, write
from lakeferry import DONE, FAILED, USAGE, Regions, Run, wait_until
from process import free_port

TOKEN = 'token-of-these-tests'


def ask(port, path, headers=(), data=None):
    """Status, header and text."""
    request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', data=data, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read().decode()


def answers(port, path='/healthz'):
    with contextlib.suppress(OSError):
        return ask(port, path)[0] == 200
    return False


def push(port, run, headers=(('Authorization', f'Bearer {TOKEN}'),)):
    body = json.dumps(run).encode()
    return ask(port, '/v1/runs', [('Content-Type', 'application/json'), *headers], body)


@pytest.fixture
def port():
    return free_port()


def regions_with(folder, port, **more):
    listen = {'sender': f'127.0.0.1:{port}', 'receiver': f'127.0.0.1:{free_port()}'}
    (folder / 'token').write_text(TOKEN + '\n')
    (folder / 'token').chmod(0o600)
    http = {'listen': listen} | more
    return Regions(folder / 'regions', ['bronze'], workspace={'sync_interval': '1s', **WORKSPACE}, top={'http': http})


WORKSPACE = {}


def token_file(folder):
    return {'token': {'file': str(folder / 'token')}}


def test_documents_are_those_of_the_commands_and_metrics_are_good(tmp_path, port):
    regions = regions_with(tmp_path, port)
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    receiver_port = int(regions.top_keys['http']['listen']['receiver'].rpartition(':')[2])
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        wait_until(lambda: answers(receiver_port, '/readyz') and answers(port, '/readyz'), 'both are ready')
        wait_until(lambda: regions.status('sender')['epoch'] == 1, 'the epoch is applied')
        time.sleep(1.1)  # documents are kept for a second
        for at, role in ((port, 'sender'), (receiver_port, 'receiver')):
            status, headers, text = ask(at, '/v1/status')
            assert status == 200 and headers['Content-Type'] == 'application/json'
            said, known = json.loads(text), regions.run(role, 'status', '--role', role).document
            moving = ('lag_seconds', 'live_sets', 'alive_ms', 'clocks')
            for group in said['groups'] + known['groups']:
                for key in moving:
                    group.pop(key)
            assert said['groups'] == known['groups'] and said['process'] == known['process']
            history = json.loads(ask(at, '/v1/history/orders')[2])
            assert history == regions.run(role, 'history', 'orders', '--role', role).document
        versions = json.loads(ask(port, '/v1/versions/orders')[2])
        assert versions == regions.run('sender', 'versions', 'orders').document
        for accept in ('text/plain', 'application/openmetrics-text; version=1.0.0'):
            status, headers, metrics = ask(port, '/metrics', [('Accept', accept)])
            assert status == 200 and 'lakeferry_epochs_total{group="orders"} 1' in metrics
            assert ('# EOF' in metrics) == ('openmetrics' in accept)
        plain = ask(port, '/metrics')[2]
        checked = subprocess.run(['promtool', 'check', 'metrics'], input=plain, capture_output=True, text=True,
                                 check=False)
        assert checked.returncode == 0 and not checked.stderr, checked.stderr
        assert ask(port, '/v1/groups/none')[0] == 404
        assert sender.stop() == DONE and receiver.stop() == DONE
    with pytest.raises(OSError):
        ask(port, '/healthz')


def test_runs_that_are_pushed_are_cut(tmp_path, port, monkeypatch):
    monkeypatch.setitem(WORKSPACE, 'workflow_source', {'kind': 'push'})
    (tmp_path / 'secret').write_text('secret-of-the-scheduler')
    regions = regions_with(tmp_path, port, push_secret={'file': str(tmp_path / 'secret')}, **token_file(tmp_path))
    run = {'workflow': regions.workflow, 'run_id': 'r-1', 'state': 'running', 'start': 'now'}
    with regions.start('sender') as sender:
        wait_until(lambda: answers(port), 'it listens')
        assert push(port, run, headers=())[0] == 401
        assert push(port, run)[0] == 200
        write(regions.source('bronze'), orders(0, 5))
        ended = {**run, 'state': 'success', 'end': 'now'}
        del ended['start']
        body, at = json.dumps(ended).encode(), str(int(time.time()))
        signature = hmac.new(b'secret-of-the-scheduler', f'v1:{at}:'.encode() + body, hashlib.sha256).hexdigest()
        signed = [('Lakeferry-Timestamp', at), ('Lakeferry-Signature', f'v1={signature}')]
        assert push(port, ended, signed)[0] == 200
        assert push(port, ended, signed)[0] == 403, 'once'
        wait_until(lambda: any(epoch['run_ids'] == ['r-1'] for epoch in regions.history('sender')), 'the run is cut')
        status, _, text = push(port, run)
        assert status == 409 and json.loads(text)['error']['kind'] == 'refused', 'it has ended'
        assert push(port, {**run, 'run_id': 'r-2', 'workflow': 'nightl'})[0] == 400
        assert push(port, {**run, 'run_id': 'r-3', 'start': '2100-01-01T00:00:00Z'})[0] == 400
        assert sender.stop() == DONE
    regions.pass_once('receiver')
    assert_tables_equal(regions.source('bronze'), None, regions.target('bronze'))
    assert TOKEN not in (regions.folder / 'sender.log').read_text()


def test_a_reload_moves_it_and_takes_a_new_token(tmp_path, port):
    regions = regions_with(tmp_path, port)
    with regions.start('sender') as sender:
        wait_until(lambda: answers(port), 'it listens')
        assert ask(port, '/v1/status')[0] == 200
        regions.top_keys['http'].update(token_file(tmp_path))
        regions.write_configuration()
        os.kill(sender.process.pid, signal.SIGHUP)
        wait_until(lambda: ask(port, '/v1/status')[0] == 401, 'the token counts')
        assert ask(port, '/v1/status', [('Authorization', f'Bearer {TOKEN}')])[0] == 200
        other = free_port()
        regions.top_keys['http']['listen']['sender'] = f'127.0.0.1:{other}'
        regions.write_configuration()
        os.kill(sender.process.pid, signal.SIGHUP)
        wait_until(lambda: answers(other) and not answers(port), 'it has moved')
        assert sender.stop() == DONE


def test_a_used_port_is_named_and_keeps_nothing_from_going_on(tmp_path, port):
    regions = regions_with(tmp_path, port)
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', port))
        taken.listen()
        done = regions.run('sender', 'check', code=None)
        (finding,) = [one for one in done.document['findings'] if 'HTTP server' in one['what']]
        assert finding['severity'] == 'error' and 'the port is in use' in finding['what'], finding
        with regions.start('sender') as sender:
            wait_until(lambda: regions.status('sender')['staged_epoch'] == 1, 'it works all the same')
            assert 'HTTP server does not listen' in (regions.folder / 'sender.log').read_text()
            taken.close()
            os.kill(sender.process.pid, signal.SIGHUP)
            wait_until(lambda: answers(port), 'a reload tries again')
            assert sender.stop() == DONE


def test_an_open_address_is_refused_by_name(tmp_path, port):
    regions = regions_with(tmp_path, port)
    regions.top_keys['http']['listen']['sender'] = f'0.0.0.0:{port}'
    regions.write_configuration()
    error = regions.run('sender', 'sender', code=USAGE).error
    assert 'goes without encryption' in error['message'] and 'nothing says who may ask' in error['message']


def test_a_missing_secret_is_found_by_check(tmp_path, port):
    regions = regions_with(tmp_path, port, token={'file': str(tmp_path / 'none')})
    done = regions.run('sender', 'check', code=FAILED)
    assert any('HTTP server: a secret cannot be read' in one['what'] for one in done.document['findings'])


def test_what_waits_and_how_long_readers_saw_two_epochs_are_shown(tmp_path, port):
    regions = regions_with(tmp_path, port)
    regions.tables = ['bronze', 'silver']
    regions.top_keys |= {'copies_in_flight_max': 1, 'bandwidth': {'limit': '200kB/s'}}
    regions.write_configuration()
    with Run(regions, 'run-1'):
        for table in regions.tables:
            for number in range(4):
                rows = pyarrow.table({'id': range(number, number + 30_000),
                                      'text': [hashlib.sha256(bytes([number, i % 256, i // 256])).hexdigest()
                                               for i in range(30_000)]})
                write(regions.source(table), rows)
    with regions.start('sender') as sender:
        wait_until(lambda: answers(port), 'it listens')

        def depth(queue):
            line = f'lakeferry_queue_depth{{queue="{queue}"}} '
            lines = ask(port, '/metrics')[2].splitlines()
            return [float(one.removeprefix(line)) for one in lines if one.startswith(line)]

        wait_until(lambda: depth('copies')[0] > 0, 'copies wait for others')
        assert depth('passes') == [0] and depth('requests') == [0]
        document = json.loads(ask(port, '/v1/status')[2])
        assert document['queues']['copies'] > 0 and document['groups'][0]['waiting_files'] > 0
        assert regions.run('sender', 'status').document['queues'] is None
        sender.kill()
    del regions.top_keys['bandwidth']
    regions.write_configuration()
    regions.sync()
    (epoch,) = regions.history('receiver')
    shown = regions.status('receiver')
    assert 0 < epoch['torn_seconds'] < 30 and shown['torn_seconds'] == epoch['torn_seconds']
    assert shown['torn_since_ms'] is None and shown['waiting_epochs'] == 0 and shown['waiting_files'] == 0
    with Run(regions, 'run-2'):
        write(regions.source('bronze'), orders(0, 5).select(['id']).append_column('text', [['x'] * 5]))
    regions.sync()
    assert regions.history('receiver')[0]['torn_seconds'] == 0, 'one table changes at once'
    assert regions.history('sender')[0]['torn_seconds'] is None
