"""Each fault of the proxy is what it says, seen by a plain client."""
import http.client
import json
import socket
import ssl
import time
import zlib

import pytest
from fault_proxy import Rule
from faults import FAULTS
from operations import DIALECTS
from s3_client import plain_request

BODY = bytes(range(256)) * 512  # 128 KiB


@pytest.fixture(scope='module')
def bucket(moto):
    return moto.new_bucket()


@pytest.fixture
def proxy(fault_proxy, moto):
    return fault_proxy(moto, control=0)


@pytest.fixture
def client(moto, proxy):
    return moto.client(endpoint=proxy.endpoint)


@pytest.fixture
def stored(moto, bucket):
    """The path of an object with BODY, put there past the proxy."""
    path = f'/{bucket}/stored'
    assert moto.client().put(path, BODY).status == 200
    return path


@pytest.fixture
def signed(moto, stored):
    """Path and query by which anybody may read it."""
    return moto.client().presigned('GET', stored, 600)


def exchange(proxy, request, seconds=10):
    """The bytes that come back for those of a request, until the end; and whether the end was a reset."""
    received = b''
    with socket.create_connection(('127.0.0.1', proxy.port), timeout=seconds) as connection:
        try:
            connection.sendall(request)
            while data := connection.recv(1 << 16):
                received += data
        except ConnectionError:
            return received, True
    return received, False


def get_of(path):
    return f'GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'.encode()


def split(received):
    head, _, body = received.partition(b'\r\n\r\n')
    return head.decode().lower(), body


def test_without_rules_all_is_as_without_a_proxy(client, bucket):
    path = f'/{bucket}/plain/a b'
    assert client.put(path, BODY, if_none_match='*').status == 200
    assert client.put(path, BODY, if_none_match='*').status == 412
    assert client.get(path).body == BODY
    assert client.head(path).headers['content-length'] == str(len(BODY))
    assert client.list(bucket, prefix='plain/').texts('Key') == ['plain/a b']
    assert client.request('DELETE', path).status == 204
    assert client.head(path).status == 404


def test_connection_is_kept(proxy):
    proxy.add('answer', body='x')
    connection = http.client.HTTPConnection('127.0.0.1', proxy.port)
    for _ in range(3):
        connection.request('PUT', '/b/k', body=BODY)
        assert connection.getresponse().read() == b'x'
        port = connection.sock.getsockname()[1]
    assert connection.sock.getsockname()[1] == port
    connection.close()


def test_chunked_request_with_expect_passes(proxy, seaweedfs, fault_proxy):
    proxy = fault_proxy(seaweedfs)
    path = f'/{seaweedfs.new_bucket()}/a'
    client = seaweedfs.client(endpoint=proxy.endpoint)
    assert client.request('PUT', path, None, {'Expect': '100-continue'}, BODY).status == 200
    assert client.get(path).body == BODY


def test_counts_by_operation(proxy, client, bucket, stored):
    client.get(stored)
    client.head(stored)
    client.list(bucket)
    client.request('PUT', f'/{bucket}/copy', None, {'x-amz-copy-source': stored})
    upload = client.request('POST', f'/{bucket}/m', {'uploads': ''}).text('UploadId')
    client.request('DELETE', f'/{bucket}/m', {'uploadId': upload})
    assert proxy.counts == {'GetObject': 1, 'HeadObject': 1, 'ListObjectsV2': 1, 'CopyObject': 1,
                            'CreateMultipartUpload': 1, 'AbortMultipartUpload': 1}
    assert [entry['status'] for entry in proxy.log] == [200, 200, 200, 200, 200, 204]


@pytest.mark.parametrize('dialect, method, path, query, headers, expected', [
    ('s3', 'PUT', '/b/k', {'partNumber': '1', 'uploadId': 'u'}, {'x-amz-copy-source'}, 'UploadPartCopy'),
    ('s3', 'PUT', '/b/k', {'partNumber': '1', 'uploadId': 'u'}, set(), 'UploadPart'),
    ('s3', 'POST', '/b/k', {'uploadId': 'u'}, set(), 'CompleteMultipartUpload'),
    ('s3', 'POST', '/b/', {'delete': ''}, set(), 'DeleteObjects'),
    ('s3', 'GET', '/b', {'location': ''}, set(), 'GetBucketLocation'),
    ('s3', 'HEAD', '/b', {}, set(), 'HeadBucket'),
    ('azure', 'PUT', '/a/c/b', {'comp': 'blocklist'}, set(), 'Put Block List'),
    ('azure', 'PUT', '/a/c/b', {'comp': 'block'}, {'x-ms-copy-source'}, 'Put Block From URL'),
    ('azure', 'PUT', '/a/c/b', {}, {'x-ms-copy-source'}, 'Copy Blob'),
    ('azure', 'GET', '/a/c', {'restype': 'container', 'comp': 'list'}, set(), 'List Blobs'),
    ('gcs', 'GET', '/storage/v1/b/x/o', {}, set(), 'objects.list'),
    ('gcs', 'GET', '/storage/v1/b/x/o/k', {'alt': 'media'}, set(), 'objects.get (media)'),
    ('gcs', 'POST', '/storage/v1/b/x/o/k/rewriteTo/b/y/o/k', {}, set(), 'objects.rewrite'),
    ('gcs', 'POST', '/upload/storage/v1/b/x/o', {'name': 'k'}, set(), 'objects.insert')])
def test_operations_have_the_names_of_the_vendor(dialect, method, path, query, headers, expected):
    assert DIALECTS[dialect](method, path, query, headers) == expected


def test_rule_takes_what_it_names_alone(proxy, client, bucket, stored):
    proxy.add('status', operation='GetObject', path='stor.d$', nth=[2, 3], times=1)
    assert client.head(stored).status == 200
    assert [client.get(stored).status for _ in range(4)] == [200, 503, 200, 200]
    proxy.clear()
    proxy.add('status', method='HEAD')
    assert [client.get(stored).status, client.head(stored).status] == [200, 503]
    assert [entry['fault'] for entry in proxy.log] == [None, 'status']


def test_probability_is_drawn_with_the_seed(fault_proxy, moto, stored):
    def drawn(seed):
        proxy = fault_proxy(moto, seed=seed)
        proxy.add('status', probability=0.5)
        client = moto.client(endpoint=proxy.endpoint)
        return [client.head(stored).status for _ in range(16)]
    assert drawn(1) == drawn(1) != drawn(2)
    assert set(drawn(1)) == {200, 503}


def test_unknown_fault_is_refused():
    with pytest.raises(ValueError, match='no fault nonsense; there are: answer'):
        Rule('nonsense')


@pytest.mark.parametrize('words, wanted_status, retry_after', [
    ({}, 503, None), ({'status': 500}, 500, None), ({'status': 429, 'retry_after': 2}, 429, '2'),
    ({'retry_after': 'Sun, 29 Nov 2026 22:00:00 GMT'}, 503, 'Sun, 29 Nov 2026 22:00:00 GMT')])
def test_status(proxy, client, moto, bucket, words, wanted_status, retry_after):
    proxy.add('status', **words)
    path = f'/{bucket}/never'
    answer = client.put(path, BODY)
    assert answer.status == wanted_status and answer.text('Code')
    assert answer.headers.get('retry-after') == retry_after
    assert moto.client().head(path).status == 404


def test_early_status_comes_before_the_body(proxy):
    proxy.add('status', early=True)
    received, _ = exchange(proxy, b'PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n')
    assert received.startswith(b'HTTP/1.1 503 ')


@pytest.mark.parametrize('words, wanted', [({}, '400 ExpiredToken'),
                                           ({'status': 403, 'code': 'RequestExpired'}, '403 RequestExpired')])
def test_expired(proxy, client, stored, words, wanted):
    proxy.add('expired', **words)
    assert client.get(stored).said() == wanted


def test_skewed(proxy, client, stored):
    proxy.add('skewed', seconds=1200)
    answer = client.get(stored)
    assert answer.said() == '403 RequestTimeTooSkewed'
    server = time.mktime(time.strptime(answer.text('ServerTime'), '%Y-%m-%dT%H:%M:%SZ')) - time.timezone
    assert 1100 < server - time.time() < 1300


@pytest.mark.parametrize('done', [False, True])
def test_error_in_200(proxy, client, moto, bucket, stored, done):
    proxy.add('error_in_200', operation='CopyObject', done=done)
    target = f'/{bucket}/copied-{done}'
    answer = client.request('PUT', target, None, {'x-amz-copy-source': stored})
    assert answer.said() == '200 InternalError'
    assert moto.client().head(target).status == (200 if done else 404)


def test_lost_reply(proxy, client, moto, bucket):
    proxy.add('lost_reply', method='PUT')
    path = f'/{bucket}/lost'
    with pytest.raises(ConnectionResetError):
        client.put(path, BODY, if_none_match='*')
    assert moto.client().get(path).body == BODY


def test_silently_lost_reply(proxy, client, moto, bucket):
    proxy.add('lost_reply', silent=True)
    path = f'/{bucket}/silently-lost'
    with pytest.raises(http.client.RemoteDisconnected):
        client.put(path, BODY)
    assert moto.client().get(path).body == BODY


def test_reset(proxy, client, moto, bucket):
    proxy.add('reset')
    with pytest.raises(ConnectionError):
        client.put(f'/{bucket}/reset', b'x')
    assert moto.client().head(f'/{bucket}/reset').status == 404


def test_reset_within_a_request(proxy, moto, bucket):
    proxy.add('reset_request', after=1000)
    received, was_reset = exchange(proxy, b'PUT /%s/part HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n%s' % (
        bucket.encode(), b'x' * 5000))
    assert (received, was_reset) == (b'', True)
    assert moto.client().head(f'/{bucket}/part').status == 404


def test_reset_within_a_reply(proxy, signed):
    proxy.add('reset_reply', after=1000)
    received, was_reset = exchange(proxy, get_of(signed))
    assert was_reset
    assert f'content-length: {len(BODY)}' in split(received)[0]
    assert BODY[:1000].startswith(split(received)[1])


@pytest.mark.parametrize('honest', [False, True])
def test_truncated_body(proxy, signed, honest):
    proxy.add('truncate', after=1000, honest=honest)
    received, was_reset = exchange(proxy, get_of(signed))
    head, body = split(received)
    assert body == BODY[:1000] and not was_reset
    assert f'content-length: {1000 if honest else len(BODY)}' in head


def test_drip(proxy, client, stored):
    proxy.add('drip', bytes_a_second=20, first=len(BODY) - 10)
    began = time.monotonic()
    assert client.get(stored).body == BODY
    assert 0.4 < time.monotonic() - began < 5


def test_silence(proxy, client, moto, bucket):
    proxy.add('silence', seconds=0.3, done=True)
    began = time.monotonic()
    with pytest.raises(http.client.RemoteDisconnected):
        client.put(f'/{bucket}/silence', b'x')
    assert time.monotonic() - began > 0.3
    assert moto.client().get(f'/{bucket}/silence').body == b'x'


def test_delay(proxy, client, stored):
    proxy.add('delay', seconds=0.3)
    began = time.monotonic()
    assert client.get(stored).body == BODY
    assert time.monotonic() - began > 0.3


def test_twice(proxy, signed):
    proxy.add('twice')
    received, _ = exchange(proxy, get_of(signed))
    assert received.count(BODY) == 2 and received.count(b'HTTP/1.1 200') == 2


def test_flip(proxy, client, stored):
    proxy.add('flip', at=5)
    body = client.get(stored).body
    assert [index for index in range(len(BODY)) if body[index] != BODY[index]] == [5]


def test_etag_change(proxy, client, stored):
    etag = client.head(stored).headers['etag']
    proxy.add('etag_change', nth=2, operation='GetObject')
    assert client.get(stored, None, Range='bytes=0-9', if_match=etag).status == 206
    assert client.get(stored, None, Range='bytes=10-19', if_match=etag).said() == '412 PreconditionFailed'
    proxy.clear()
    proxy.add('etag_change')
    other = client.get(stored, None, Range='bytes=10-19')
    assert other.status == 206 and other.headers['etag'] != etag and other.body != BODY[10:20]


def test_stale_list(proxy, client, moto, bucket):
    def names():
        return client.list(bucket, prefix='stale/').texts('Key')
    assert names() == []
    client.put(f'/{bucket}/stale/a', b'')
    assert names() == ['stale/a']
    client.put(f'/{bucket}/stale/b', b'')
    rule = proxy.add('stale_list', operation='ListObjectsV2')
    assert names() == ['stale/a']
    rule.words = {'back': 2}
    assert names() == []
    assert client.list(bucket, prefix='stale/b').texts('Key') == ['stale/b']
    proxy.rules = []
    assert names() == ['stale/a', 'stale/b']


def test_endless_list(proxy, client, bucket):
    proxy.add('endless_list', size=10)
    seen, token = [], {}
    for _ in range(5):
        answer = client.list(bucket, **token)
        assert answer.text('IsTruncated') == 'true'
        seen += answer.texts('Key')
        token = {'continuation_token': answer.text('NextContinuationToken')}
    assert len(set(seen)) == 50 and seen == sorted(seen)


def test_endless_headers(proxy, client, stored, signed):
    proxy.add('endless_headers', most=1 << 20)
    with pytest.raises(http.client.HTTPException):
        client.get(stored)
    assert len(exchange(proxy, get_of(signed))[0]) > 900_000


def test_endless_body(proxy, signed):
    proxy.add('endless_body', most=4 << 20)
    head, body = split(exchange(proxy, get_of(signed))[0])
    assert len(body) == 4 << 20 and 'content-length' not in head


def test_bomb(proxy, client, bucket):
    proxy.add('bomb', mib=20)
    answer = client.list(bucket)
    assert answer.headers['content-encoding'] == 'gzip' and len(answer.body) < 100_000
    assert zlib.decompress(answer.body, 31) == bytes(20 << 20)


def test_redirect(proxy, client, stored):
    proxy.add('redirect')
    answer = client.get(stored)
    assert answer.status == 307 and answer.headers['location'].startswith('http://169.254.169.254/')


@pytest.mark.parametrize('kind, text', [('laughs', b'<!ENTITY e9 "&e8;&e8;'), ('file', b'SYSTEM "file:///etc/passwd"')])
def test_entities(proxy, client, bucket, kind, text):
    proxy.add('entities', kind=kind)
    answer = client.list(bucket)
    assert answer.status == 200 and text in answer.body


def test_html(proxy, client, bucket):
    proxy.add('html')
    answer = client.list(bucket)
    assert answer.headers['content-type'] == 'text/html' and b'It works' in answer.body


def test_answer(proxy, client, bucket):
    proxy.add('answer', status=403, headers={'x-a': 'b'}, json_body={'c': 1})
    answer = client.list(bucket)
    assert (answer.status, answer.headers['x-a'], answer.body) == (403, 'b', b'{"c": 1}')


def test_not_http(proxy, client, bucket):
    proxy.add('not_http')
    with pytest.raises(http.client.BadStatusLine):
        client.list(bucket)


def test_nobody_behind(fault_proxy, moto):
    proxy = fault_proxy(moto)
    proxy.behind = ('127.0.0.1', 1)
    assert moto.client(endpoint=proxy.endpoint).request('GET', '/').status == 502


def test_reset_passes_through_tls(proxy, tls_front, authority, signed):
    """Seen below TLS: Python's ssl takes a reset for an end."""
    proxy.add('reset_reply', after=1000)
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = authority.client_context().wrap_bio(come, go, server_hostname='localhost')
    with socket.create_connection(('127.0.0.1', tls_front(proxy).port), timeout=10) as connection:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                connection.sendall(go.read())
                come.write(connection.recv(1 << 16))
        tls.write(get_of(signed))
        connection.sendall(go.read())
        with pytest.raises(ConnectionResetError):
            while connection.recv(1 << 16):
                pass


def test_control_from_another_process(proxy, client, stored):
    control = f'http://127.0.0.1:{proxy.control_port}'

    def ask(method, target, said=None):
        answer = plain_request(control, method, target, body=json.dumps(said).encode() if said is not None else b'')
        return answer.status, json.loads(answer.body)

    assert ask('PUT', '/rules', [{'fault': 'status', 'with': {'status': 500}, 'times': 1}])[0] == 200
    assert ask('POST', '/rules', {'fault': 'expired', 'times': 1})[0] == 200
    assert [client.get(stored).status for _ in range(3)] == [500, 400, 200]
    assert ask('GET', '/counts') == (200, {'GetObject': 3})
    assert [entry['fault'] for entry in ask('GET', '/log')[1]] == ['status', 'expired', None]
    assert ask('PUT', '/rules', [{'fault': 'nonsense'}])[0] == 400
    assert ask('DELETE', '/rules')[0] == ask('DELETE', '/counts')[0] == 200
    assert ask('GET', '/counts') == (200, {}) and proxy.rules == []
    assert ask('GET', '/nothing')[0] == 404


def test_every_fault_has_a_test():
    source = open(__file__).read()
    assert [name for name in FAULTS if f"add('{name}'" not in source] == []
