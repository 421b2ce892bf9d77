"""A large file on its way into a store, and a kill in its midst: the next pass sends only what is missing."""
import json
import os
import stat
import subprocess
from types import SimpleNamespace

import pyarrow
import pytest
from deltalake import DeltaTable
from far_regions import FarRegions
from gcs_sessions import GcsSessions
from lakeferry import BINARY, Run, wait_until

PART = 8 << 20
ROWS = 92  # of a MiB each: one file of twelve parts
IN_FLIGHT = 2
DIALECTS = {'azurite': ('azure', 'Put Block', 'Get Block List'), None: ('s3', 'UploadPart', 'ListParts')}


@pytest.fixture(params=['versitygw', 'seaweedfs', 'bench_store', 'azurite'])
def server(request):
    return request.getfixturevalue(request.param)


def run_with_one_large_file(regions):
    with Run(regions, 'run-0'):
        rows = pyarrow.table({'bytes': pyarrow.array([os.urandom(1 << 20) for _ in range(ROWS)], pyarrow.binary())})
        regions.write('bronze', rows, run_id='run-0', target_file_size=1 << 30)
    (file,) = regions.source('bronze').glob('*.parquet')
    return file.stat().st_size


def begun(proxy, operation):
    """Requests of that kind for the data file: what a store can do is tried with others."""
    return sum(entry['operation'] == operation and '.parquet' in entry['target'] for entry in list(proxy.log))


def killed_in_its_midst(regions, role, proxy, sends):
    """One pass that is killed when five parts were begun; how many were by the time it was dead."""
    process = subprocess.Popen([BINARY, role, '-c', regions.config(role), '--once'], env=regions.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: begun(proxy, sends) >= 5 or process.poll() is not None, 'five parts are on their way')
        assert process.poll() is None, 'the pass ended before it could be killed'
    finally:
        process.kill()
        process.wait()
    return begun(proxy, sends)


def expect_told(regions, role, size):
    """What was not sent again stands in the status and beside the epoch."""
    resumed = regions.status(role)['resumed_bytes']
    assert 3 * PART <= resumed <= size
    assert regions.history(role)[0]['resumed_bytes'] == resumed
    assert 'not sent again' in regions.run(role, 'status', as_json=False).text


@pytest.mark.parametrize('role', ['sender', 'receiver'])
def test_what_was_sent_before_a_kill_is_not_sent_again(tmp_path, server, fault_proxy, record_property, role):
    kind = 'azurite' if type(server).__name__ == 'Azurite' else None
    dialect, sends, lists = DIALECTS[kind]
    proxy = fault_proxy(server, dialect=dialect)
    far = {'sender': ('staging',), 'receiver': ('target',)}[role]
    regions = FarRegions(tmp_path, server, far, endpoint=proxy.endpoint, tables=['bronze'])
    size = run_with_one_large_file(regions)
    parts = -(-size // PART)
    assert parts == 12
    if role == 'receiver':
        regions.pass_once('sender')
    proxy.add('delay', operation=sends, seconds=0.15)
    before = killed_in_its_midst(regions, role, proxy, sends)
    proxy.clear()

    done = subprocess.run([BINARY, role, '-c', regions.config(role), '--once'], env=regions.environment(),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = begun(proxy, sends)
    print(f'{parts} parts: {before} were begun before the kill, {after} sent after it')
    record_property('parts', f'{before} + {after} of {parts}')
    assert before + after <= parts + IN_FLIGHT
    assert after <= parts - (before - IN_FLIGHT)
    assert begun(proxy, lists) >= 1
    assert 'went on where an earlier one broke off' in done.stderr
    expect_told(regions, role, size)

    if role == 'sender':
        regions.pass_once('receiver')
    target = regions.target('bronze')
    replica = DeltaTable(str(target), storage_options=regions.options_of(target))
    assert replica.to_pyarrow_table().equals(DeltaTable(str(regions.source('bronze'))).to_pyarrow_table())
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []


def test_a_session_of_google_is_gone_on_with_and_its_address_stays_secret(tmp_path, fake_gcs, fault_proxy):
    with GcsSessions(fake_gcs) as sessions:
        proxy = fault_proxy(SimpleNamespace(port=sessions.port), dialect='gcs')
        regions = FarRegions(tmp_path, fake_gcs, ('staging',), endpoint=proxy.endpoint, tables=['bronze'])
        size = run_with_one_large_file(regions)
        proxy.add('delay', operation='resumable upload', seconds=0.3)
        before = killed_in_its_midst(regions, 'sender', proxy, 'resumable upload')
        proxy.clear()
        (upload_id,) = sessions.uploads
        kept = regions.store('sender').with_name('metadata.db.uploads')
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        (entry,) = json.loads(kept.read_text())['uploads']
        assert upload_id in entry['session'] and entry['size_bytes'] == size

        told = regions.run('sender', 'status', as_json=False).stdout + regions.run('sender', 'status').stdout
        done = subprocess.run([BINARY, 'sender', '-c', regions.config('sender'), '--once', '-v'],
                              env=regions.environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert upload_id not in told + done.stdout + done.stderr
        assert sum('.parquet' in name for name in sessions.begun) == 1 and not sessions.uploads
        assert json.loads(kept.read_text())['uploads'] == []
        after = begun(proxy, 'resumable upload') - before
        parts = -(-size // PART)
        assert after <= parts - (before - IN_FLIGHT) + 1, 'one request asks how far it is'
        expect_told(regions, 'sender', size)
        regions.pass_once('receiver')
        assert DeltaTable(str(regions.target('bronze'))).to_pyarrow_table().equals(
            DeltaTable(str(regions.source('bronze'))).to_pyarrow_table())
