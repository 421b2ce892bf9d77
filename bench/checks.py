"""Part of bench/run: what `lakeferry check` takes for many tables in a store that answers late."""
import json
from concurrent.futures import ThreadPoolExecutor

from far_store import BUCKET, KEYS, FarStore
from figures import BUILD
from pyarrow import fs

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


def fill(store, tables):
    """One version of each table, without its file: nobody reads it."""
    bucket = fs.S3FileSystem(access_key=KEYS['AWS_ACCESS_KEY_ID'], secret_key=KEYS['AWS_SECRET_ACCESS_KEY'],
                             region=KEYS['AWS_REGION'], scheme='http', endpoint_override=f'127.0.0.1:{store.port}')

    def write(number):
        with bucket.open_output_stream(f'{BUCKET}/lake/t{number}/_delta_log/{0:020}.json') as out:
            out.write(COMMIT.encode())

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
