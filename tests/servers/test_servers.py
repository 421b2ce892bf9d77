"""Each server of the tests is what a test takes it for, and gone at the end."""
import base64
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from process import ROOT, CannotStart, Server, free_ports, status_of
from s3_client import crc64nvme, plain_request
from stores import SERVERS, Azurite, FakeGcs, Moto

RUN = ROOT / 'tests' / 'servers' / 'run'
S3_SERVERS = ['seaweedfs', 'versitygw', 'bench-store', 'moto']


@pytest.fixture
def server(request):
    return request.getfixturevalue(request.param.replace('-', '_'))


every_s3_server = pytest.mark.parametrize('server', S3_SERVERS, indirect=True)
every_server = pytest.mark.parametrize('server', list(SERVERS), indirect=True)


def test_checksum_is_that_of_the_standard():
    assert crc64nvme(b'123456789') == base64.b64encode(bytes.fromhex('ae8b14860a799888')).decode()


@every_server
def test_new_buckets_are_two(server):
    assert server.new_bucket() != server.new_bucket()


@every_s3_server
def test_second_writer_is_refused(server):
    path = f'/{server.new_bucket()}/log/00000000000000000000.json'
    client = server.client()
    assert client.put(path, b'first', if_none_match='*').status == 200
    assert client.put(path, b'second', if_none_match='*').said() == '412 PreconditionFailed'
    assert client.get(path).body == b'first'


@pytest.mark.parametrize('server', ['seaweedfs', 'versitygw', 'bench-store'], indirect=True)
def test_keys_and_checksums_are_checked(server):
    path = f'/{server.new_bucket()}/a'
    assert server.client(secret='another').put(path, b'x').status == 403
    assert server.client().put(path, b'x', x_amz_checksum_crc64nvme=crc64nvme(b'y')).said() == '400 BadDigest'
    assert server.client().put(path, b'x', x_amz_checksum_crc64nvme=crc64nvme(b'x')).status == 200


def test_azurite_refuses_a_second_writer(azurite):
    path, client = f'/{azurite.new_bucket()}/a', azurite.client()
    headers = {'x-ms-blob-type': 'BlockBlob', 'If-None-Match': '*'}
    assert client.request('PUT', path, None, headers, b'first').status == 201
    assert client.request('PUT', path, None, headers, b'second').said() == '409 BlobAlreadyExists'
    assert client.request('GET', path).body == b'first'


def test_fake_gcs_refuses_a_second_writer(fake_gcs):
    bucket, client = fake_gcs.new_bucket(), fake_gcs.client()
    assert client.upload(bucket, 'a/b', b'first', ifGenerationMatch='0').status == 200
    assert client.upload(bucket, 'a/b', b'second', ifGenerationMatch='0').status == 412
    assert client.download(bucket, 'a/b').body == b'first'


def test_end_takes_the_whole_group(tmp_path):
    server = Moto(tmp_path).start()
    group, port = server.process.pid, server.port
    server.stop()
    server.stop()
    assert status_of(port) is None
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


class NeverReady(Server):
    def command(self):
        return [sys.executable, '-c', 'print("no port is free", flush=True)']


def test_what_does_not_start_shows_its_log(tmp_path):
    with pytest.raises(CannotStart, match='no port is free'):
        NeverReady(tmp_path).start()


class TakenOnce(Moto):
    """Somebody else has its port at the first start."""

    taken = None

    def prepare(self):
        if self.taken is None:
            self.taken = socket.create_server(('127.0.0.1', self.port))
            self.refused = self.port


def test_port_that_was_taken_is_left(tmp_path):
    server = TakenOnce(tmp_path)
    with server.start(), server.taken:
        assert server.port != server.refused


class NotInstalled(Server):
    def command(self):
        return [self.folder / 'nothing']


def test_what_is_not_installed_says_what_installs_it(tmp_path):
    with pytest.raises(CannotStart, match='scripts/install test'):
        NotInstalled(tmp_path).start()


def test_free_ports_are_different():
    assert len(set(free_ports(20))) == 20


@every_server
def test_tls_in_front(server, tls_front, authority):
    front = tls_front(server)
    bucket = server.new_bucket()
    client = server.client(endpoint=front.endpoint, context=authority.client_context())
    path = f'/storage/v1/b/{bucket}' if isinstance(server, FakeGcs) else f'/{bucket}'
    query = {'restype': 'container'} if isinstance(server, Azurite) else None
    assert client.request('GET', path, query).status == 200


@pytest.mark.parametrize('kind, reason', [('other_host', 'Hostname mismatch'), ('expired', 'certificate has expired')])
def test_wrong_certificates_are_wrong_in_that_way(moto, tls_front, authority, kind, reason):
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        plain_request(tls_front(moto, kind).endpoint, 'GET', '/', context=authority.client_context())


def test_authority_is_not_trusted_by_chance(moto, tls_front):
    with pytest.raises(ssl.SSLCertVerificationError, match='self-signed certificate|unable to get local issuer'):
        plain_request(tls_front(moto).endpoint, 'GET', '/')


def test_tls_versions_can_be_forced(moto, tls_front, authority):
    front = tls_front(moto, most=ssl.TLSVersion.TLSv1_2)
    context = authority.client_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with pytest.raises(ssl.SSLError):
        plain_request(front.endpoint, 'GET', '/', context=context)
    assert plain_request(front.endpoint, 'GET', '/', context=authority.client_context()).status == 200


SHOW = [sys.executable, '-c', 'import json, os; print(json.dumps(dict(os.environ)))']


def run(*words, **variables):
    return subprocess.run([RUN, *words], capture_output=True, text=True, timeout=120, env={**os.environ, **variables})


def test_results_of_a_test_have_its_name():
    done = run('--name', 'a_test.moto', 'moto', '--', 'sh', '-c', 'echo $GTEST_OUTPUT', GTEST_OUTPUT='json:folder/')
    assert done.stdout == 'json:folder/a_test.moto.json\n'


def test_log_of_the_store_is_shown_where_the_command_fails():
    ask = 'curl -s $LAKEFERRY_TEST_ENDPOINT/asked-for; exit 1'
    assert 'asked-for' in run('moto', '--', 'sh', '-c', ask, LAKEFERRY_TEST_LOG='1').stderr
    assert 'asked-for' not in run('moto', '--', 'sh', '-c', ask).stderr


def test_server_dies_with_the_test_run(tmp_path):
    start = ('import os, signal, sys; from stores import Moto; server = Moto(sys.argv[1]).start()\n'
             'print(server.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)')
    done = subprocess.run([sys.executable, '-c', start, tmp_path], capture_output=True, text=True, cwd=RUN.parent)
    wait_until_gone(int(done.stdout))


def wait_until_gone(pid):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not Path(f'/proc/{pid}').exists() or ') Z ' in Path(f'/proc/{pid}/stat').read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f'{pid} runs')


def test_moto_hands_out_credentials(moto):
    body = b'Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=s'
    answer = plain_request(moto.endpoint, 'POST', '/', body=body, headers={
        'Host': 'sts.amazonaws.com', 'Content-Type': 'application/x-www-form-urlencoded',
        'Authorization': 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, '
                         'Signature=0'}.items())
    assert answer.status == 200 and answer.text('SessionToken') and answer.text('Expiration')


def test_command_beside_a_store():
    done = run('moto', '--', *SHOW)
    seen = json.loads(done.stdout)
    assert done.returncode == 0
    assert seen['AWS_ENDPOINT_URL_S3'] == seen['LAKEFERRY_TEST_ENDPOINT'] and seen['AWS_ACCESS_KEY_ID'] == Moto.key
    assert seen['LAKEFERRY_TEST_BUCKET'] != seen['LAKEFERRY_TEST_BUCKET_2']
    assert status_of(int(seen['LAKEFERRY_TEST_ENDPOINT'].rpartition(':')[2])) is None


def test_command_beside_a_store_with_faults_and_tls(tmp_path):
    get = ('import os, ssl, sys, urllib.error, urllib.request as r\n'
           'try: r.urlopen(os.environ["LAKEFERRY_TEST_ENDPOINT"])\n'
           'except urllib.error.HTTPError as e: print(e.code)\n'
           'print(r.urlopen(os.environ["LAKEFERRY_TEST_FAULTS"] + "/counts").read().decode())')
    rules = tmp_path / 'rules.json'
    rules.write_text('[{"fault": "status", "with": {"status": 418}}]')
    done = run('--tls', 'right', '--rules', rules, 'moto', '--', sys.executable, '-c', get)
    assert done.stdout.split('\n')[:2] == ['418', '{"ListBuckets": 1}'], done.stderr


def test_status_of_the_command_is_kept():
    assert run('moto', '--', 'sh', '-c', 'exit 7').returncode == 7
