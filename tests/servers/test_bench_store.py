"""What our own store does beside S3: objects that take no memory, objects that are not kept, and counts."""
import json
import urllib.request

import pytest
from s3_client import crc64nvme
from stores import BenchStore

MIB = 1 << 20
SIZE = MIB + 20  # ends within the second of the pieces that begin with a stamp


class Dropping(BenchStore):
    def command(self):
        return [*super().command(), '--drop', 'drop/']


@pytest.fixture(scope='module')
def dropping(tmp_path_factory):
    with Dropping(tmp_path_factory.mktemp('dropping')) as server:
        yield server


def control(server, method, words):
    request = urllib.request.Request(f'{server.endpoint}/-/{words}', method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def test_sparse_object_is_one_content_however_it_is_read(bench_store):
    control(bench_store, 'PUT', f'sparse/bench/a/o?size={SIZE}')
    client = bench_store.client()
    body = client.get('/bench/a/o').body
    assert len(body) == SIZE
    told = client.request('HEAD', '/bench/a/o', None, {'x-amz-checksum-mode': 'ENABLED'})
    assert told.headers['x-amz-checksum-crc64nvme'] == crc64nvme(body)
    for first, last in ((0, 7), (3, 11), (MIB - 5, MIB + 12), (MIB + 9, SIZE - 1)):
        part = client.request('GET', '/bench/a/o', None, {'Range': f'bytes={first}-{last}'})
        assert part.body == body[first:last + 1]
    assert body[:8] != body[MIB:MIB + 8]


def test_sparse_objects_of_other_names_are_others(bench_store):
    control(bench_store, 'PUT', 'sparse/bench/b/o?size=100&count=2')
    client = bench_store.client()
    assert client.get('/bench/b/o0').body != client.get('/bench/b/o1').body
    assert client.get('/bench/b/o2').status == 404


def test_what_is_dropped_is_summed(dropping):
    client, body = dropping.client(), b'x' * 70_000
    path = f'/{dropping.new_bucket()}/drop/a'
    assert client.put(path, body, x_amz_checksum_crc64nvme=crc64nvme(b'y')).said() == '400 BadDigest'
    assert client.put(path, body).status == 200
    told = client.request('HEAD', path, None, {'x-amz-checksum-mode': 'ENABLED'})
    assert told.headers['x-amz-checksum-crc64nvme'] == crc64nvme(body)
    assert told.headers['content-length'] == '70000'
    assert client.get(path).said() == '403 InvalidObjectState'


def test_small_objects_are_kept_all_the_same(dropping):
    path = f'/{dropping.new_bucket()}/drop/b'
    dropping.client().put(path, b'small')
    assert dropping.client().get(path).body == b'small'


def test_requests_are_counted_by_operation(dropping):
    client, bucket = dropping.client(), dropping.new_bucket()
    control(dropping, 'POST', 'reset')
    client.put(f'/{bucket}/a', b'a')
    client.get(f'/{bucket}/a')
    client.get(f'/{bucket}/b')
    client.request('GET', f'/{bucket}', {'list-type': '2'})
    assert json.loads(control(dropping, 'GET', 'counts')) == {'PutObject': 1, 'GetObject': 2, 'ListObjectsV2': 1}
