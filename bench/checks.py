"""Part of bench/run: what `lakeferry check` takes for many tables in a store that answers late."""
import hashlib
import hmac
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from far_store import BUCKET, KEYS, FarStore
from figures import BUILD

DELAY_MS = 20
GROUPS = 100
AIM_S = 60
WRITERS = 64
SCHEMA = '{"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":{}}]}'
COMMIT = '\n'.join(json.dumps(action) for action in [
    {'protocol': {'minReaderVersion': 1, 'minWriterVersion': 2}},
    {'metaData': {'id': '5fba94ed-9794-4965-ba6e-6ee3c0d22af9', 'format': {'provider': 'parquet', 'options': {}},
                  'schemaString': SCHEMA, 'partitionColumns': [], 'configuration': {}, 'createdTime': 1700000000000}},
    {'add': {'path': 'a.parquet', 'partitionValues': {}, 'size': 7, 'modificationTime': 1700000000000,
             'dataChange': True}}]) + '\n'


def signed(key, host):
    """Headers of a PUT of that key, by Signature Version 4."""
    now = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())
    headers = {'host': host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-date': now}
    names = ';'.join(headers)
    said = '\n'.join(['PUT', key, '', *(f'{name}:{value}' for name, value in headers.items()), '', names,
                      'UNSIGNED-PAYLOAD'])
    scope = f'{now[:8]}/{KEYS["AWS_REGION"]}/s3/aws4_request'
    secret = b'AWS4' + KEYS['AWS_SECRET_ACCESS_KEY'].encode()
    for part in scope.split('/'):
        secret = hmac.digest(secret, part.encode(), 'sha256')
    to_sign = f'AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(said.encode()).hexdigest()}'
    signature = hmac.new(secret, to_sign.encode(), 'sha256').hexdigest()
    return {**headers, 'Authorization': f'AWS4-HMAC-SHA256 Credential={KEYS["AWS_ACCESS_KEY_ID"]}/{scope}, '
                                        f'SignedHeaders={names}, Signature={signature}'}


def fill(store, tables):
    """One version of each table, without its file: nobody reads it."""
    host, connections = f'127.0.0.1:{store.port}', threading.local()

    def write(number):
        if not hasattr(connections, 'one'):
            connections.one = http.client.HTTPConnection(host)
        key = f'/{BUCKET}/lake/t{number}/_delta_log/{0:020}.json'
        connections.one.request('PUT', key, COMMIT.encode(), signed(key, host))
        reply = connections.one.getresponse()
        said = reply.read()
        assert reply.status == 200, said

    store.add('elsewhere/o', 1, 1)  # makes the bucket
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, range(tables)))


def configure(folder, tables, groups):
    def table(number):
        return {'name': f't{number}', 'source': f's3://{BUCKET}/lake/t{number}',
                'target': f's3://{BUCKET}/replica/t{number}'}

    each = tables // groups
    entries = [{'group_name': f'g{group}', 'tables': [table(group * each + i) for i in range(each)]}
               for group in range(groups)]
    file = folder / 'check.json'
    file.write_text(json.dumps({
        'region': 'bench', 'metadata_store': str(folder / 'metadata.db'),
        'workspaces': [{'workspace_name': 'bench', 'sync_location_secondary': f's3://{BUCKET}/staging',
                        'sync_groups': entries}]}))
    return file


def check(figures, folder, rounds, smoke):
    """Every table of 100 groups, on either side, with 20 ms a request."""
    tables, groups = (200, 10) if smoke else (10_000, GROUPS)
    rounds = min(rounds, 3)
    with FarStore(folder, delay_ms=DELAY_MS) as store:
        fill(store, tables)
        file = configure(folder, tables, groups)
        for role in ('sender', 'receiver'):
            costs = []
            for _ in range(rounds):
                cost = store.run([BUILD / 'lakeferry', 'check', '--role', role, '--json', '-c', file])
                said = json.loads(cost.stdout)
                assert said['ok'] and len(said['findings']) >= tables, said['findings'][:3]
                costs.append(cost.seconds)
            figures.add(f'check of {tables} tables, {role}', 's', costs,
                        f'{groups} groups, {DELAY_MS} ms a request, aim {AIM_S} s')
