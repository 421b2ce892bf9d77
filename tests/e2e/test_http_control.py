"""Control over HTTP: by token and by certificate, on record with who and why, refused to everybody else."""
import json
import ssl
import time
import urllib.error
import urllib.request

from delta_tables import assert_tables_equal, orders, write
from lakeferry import DONE, Run, wait_until
from test_http import answers, ask, free_port, regions_with, token_file
from tls import Authority, openssl

CONTROL = 'control-token-of-these-tests'


def controlled(tmp_path, port, **more):
    (tmp_path / 'control').write_text(CONTROL + '\n')
    (tmp_path / 'control').chmod(0o600)
    control = [{'name': 'on_call', 'token': {'file': str(tmp_path / 'control')}}]
    regions = regions_with(tmp_path, port, control=control, **token_file(tmp_path), **more)
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    return regions


def tell(port, verb, token=CONTROL, headers=(), **said):
    shown = [('Authorization', f'Bearer {token}')] if token else []
    body = json.dumps(said).encode()
    headers = [('Content-Type', 'application/json'), *shown, *headers]
    status, _, text = ask(port, f'/v1/groups/orders/{verb}', headers, body)
    return status, json.loads(text)


def test_a_group_is_paused_resumed_and_synced_and_history_says_by_whom(tmp_path):
    port = free_port()
    regions = controlled(tmp_path, port)
    regions.workspace_keys['sync_interval'] = '1h'
    regions.write_configuration()
    with regions.start('sender') as sender:
        wait_until(lambda: answers(port, '/readyz'), 'it listens')
        wait_until(lambda: regions.status('sender')['staged_epoch'] == 1, 'the first epoch is staged')
        status, told = tell(port, 'pause', why='the cluster is moved')
        assert status == 200 and told['by'] == 'on_call (HTTP token)'
        assert told['paused']['why'] == 'the cluster is moved'
        wait_until(lambda: regions.status('sender')['state'] == 'paused', 'it is paused')
        status, refused = tell(port, 'sync')
        assert status == 409 and refused['error']['remedy'].startswith('resume it first')
        assert tell(port, 'resume')[0] == 200
        regions.pass_once('receiver')
        with Run(regions, 'run-2'):
            write(regions.source('bronze'), orders(5, 5))
        time.sleep(2)
        assert regions.status('sender')['staged_epoch'] == 1, 'the interval is not over'
        status, told = tell(port, 'sync', why='the auditor waits')
        assert status == 202 and told['instruction'] == 'sync'
        wait_until(lambda: regions.status('sender')['staged_epoch'] == 2, 'it is cut at once')
        assert tell(port, 'resync', table='lake.bronze', why='to be sure')[1]['resync'][0]['table'] == 'lake.bronze'
        assert tell(port, 'resync', table='lake.bornze')[0] == 400
        assert sender.stop() == DONE
    said = regions.run('sender', 'history', 'orders').document['instructions']
    assert [one['instruction'] for one in said] == ['resync', 'sync', 'resume', 'pause']
    assert {one['by'] for one in said} == {'on_call (HTTP token)'} and said[1]['why'] == 'the auditor waits'
    assert 'sync by on_call (HTTP token): the auditor waits' in regions.run('sender', 'history', 'orders',
                                                                            as_json=False).text
    log = (regions.folder / 'sender.log').read_text()
    assert 'told by a person' in log and CONTROL not in log
    regions.pass_once('receiver')
    assert_tables_equal(regions.source('bronze'), None, regions.target('bronze'))


def test_nobody_else_is_heeded(tmp_path):
    port = free_port()
    regions = controlled(tmp_path, port)
    with regions.start('sender') as sender:
        wait_until(lambda: answers(port), 'it listens')
        assert tell(port, 'pause', token=None)[0] == 401
        assert tell(port, 'pause', token='guessed')[0] == 401
        assert tell(port, 'pause', token='token-of-these-tests')[0] == 403, 'that for reading'
        for header in (('Origin', 'https://evil.example'), ('Sec-Fetch-Site', 'cross-site')):
            status, refused = tell(port, 'pause', headers=[header])
            assert status == 403 and 'another site' in refused['error']['message']
        form = [('Authorization', f'Bearer {CONTROL}'), ('Content-Type', 'application/x-www-form-urlencoded')]
        assert ask(port, '/v1/groups/orders/pause', form, b'why=x')[0] == 415
        assert ask(port, '/v1/groups/orders/pause', [('Authorization', f'Bearer {CONTROL}')])[0] == 405
        assert ask(port, '/v1/status', [('Authorization', f'Bearer {CONTROL}')])[0] == 401
        assert regions.run('sender', 'history', 'orders').document['instructions'] == []
        assert sender.stop() == DONE


def test_a_sync_by_hand_that_says_why_is_kept(tmp_path):
    port = free_port()
    regions = controlled(tmp_path, port)
    regions.run('sender', 'sync', '--why', 'before the move')
    with regions.start('sender') as sender:
        wait_until(lambda: answers(port, '/readyz'), 'it listens')
        regions.run('sender', 'sync')
        regions.run('sender', 'sync', '--why', 'by the service')
        assert sender.stop() == DONE
    said = regions.run('sender', 'history', 'orders').document['instructions']
    assert [one['why'] for one in said] == ['by the service', 'before the move']
    assert {one['instruction'] for one in said} == {'sync'} and all('uid' in one['by'] for one in said)


def client_of(authority, subject):
    """A context that shows a certificate of the authority."""
    name = authority.folder / subject.strip('/').replace('/', '_')
    key, request, certificate = (name.with_suffix(ending) for ending in ('.key', '.csr', '.pem'))
    openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', subject,
            '-keyout', key, '-out', request)
    openssl('x509', '-req', '-in', request, '-CA', authority.bundle, '-CAkey', authority.key, '-CAcreateserial',
            '-days', '2', '-out', certificate)
    context = authority.client_context()
    context.load_cert_chain(certificate, key)
    return context


def test_a_certificate_controls_where_its_subject_is_named(tmp_path):
    port, authority = free_port(), Authority(tmp_path / 'authority')
    certificate, key = authority.certificate()
    control = [{'name': 'desk', 'certificate': 'CN=desk,O=Example'}]
    regions = regions_with(tmp_path, port, tls={'certificate': str(certificate), 'key': str(key)},
                           client_ca=str(authority.bundle), control=control)

    def pause(context):
        request = urllib.request.Request(f'https://localhost:{port}/v1/groups/orders/pause', data=b'{}',
                                         headers={'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def listens():
        try:
            with urllib.request.urlopen(f'https://localhost:{port}/healthz', timeout=5, context=anybody) as reply:
                return reply.status == 200
        except OSError:
            return False

    anybody = ssl.create_default_context(cafile=authority.bundle)
    with regions.start('sender') as sender:
        wait_until(listens, 'it listens')
        assert pause(anybody)[0] == 401
        assert pause(client_of(authority, '/O=Example/CN=monitor'))[0] == 403
        status, told = pause(client_of(authority, '/O=Example/CN=desk'))
        assert status == 200 and told['by'] == 'desk (HTTP certificate)', told
        assert sender.stop() == DONE
