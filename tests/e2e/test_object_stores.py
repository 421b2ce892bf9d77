"""Tables and staging in S3 and Azure: whole epochs with the real binary against a real server, killed and hindered."""
import random
import subprocess
import time

import pyarrow
import pytest
from delta_tables import orders
from deltalake import DeltaTable
from far_regions import FarRegions
from lakeferry import BINARY, NOT_IN_SYNC, Run, wait_until
from test_sync_beside_service import listens

TABLES = ['bronze', 'silver', 'gold']


@pytest.fixture(params=['seaweedfs', 'azurite'])
def server(request):
    return request.getfixturevalue(request.param)


def next_run(regions, number, dice=None):
    with Run(regions, f'run-{number}'):
        for table in TABLES:
            rewrites = dice is not None and table == 'silver' and dice.random() < 0.3
            regions.write(table, orders(number * 100, 10), 'overwrite' if rewrites else 'append', f'run-{number}')


@pytest.mark.parametrize('far', [('source', 'staging', 'target'), ('source',), ('staging',), ('target',)],
                         ids=['all', 'source', 'staging', 'target'])
@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_replica_is_equal_wherever_its_places_lie(tmp_path, server, mode, far):
    regions = FarRegions(tmp_path, server, far, mode=mode)
    for number in range(2):
        next_run(regions, number)
        regions.sync()
        regions.assert_equal()
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []
    assert regions.run('receiver', 'check').document['ok']


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_table_that_was_damaged_comes_whole_again_when_it_is_asked_for(tmp_path, server, mode):
    """A file of the replica is gone: nobody but verify sees it, and `resync` brings the table whole."""
    regions = FarRegions(tmp_path, server, mode=mode)
    next_run(regions, 0)
    regions.sync()
    lost = DeltaTable(str(regions.target('bronze')), storage_options=regions.storage).file_uris()[0]
    name = lost.rsplit('/replica/', 1)[1]
    path = '/' + regions.bucket.uri.split('/', 2)[2] + '/replica/' + name
    assert server.client().request('DELETE', path).status in (202, 204)
    assert not regions.run('receiver', 'verify', code=NOT_IN_SYNC).document['groups'][0]['ok']
    regions.run('sender', 'resync', 'orders', 'lake.bronze', '--why', 'a file is gone')
    next_run(regions, 1)
    regions.sync()
    regions.assert_equal()
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []


def kill_during(regions, role, dice, seconds):
    """One pass of the role, killed after a random part of what a pass takes here, which `seconds` learns; true if it
    was under way."""
    began = time.monotonic()
    process = subprocess.Popen([BINARY, role, '-c', regions.config(role), '--once'], env=regions.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(dice.uniform(0, seconds[role]))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    seconds[role] = (seconds[role] + time.monotonic() - began) / 2
    return False


@pytest.mark.parametrize('far', [('source', 'staging', 'target'), ('source',), ('target',), ()],
                         ids=['all', 'source', 'target', 'none'])
@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_replica_is_equal_where_the_sender_places_files_itself(tmp_path, server, mode, far):
    regions = FarRegions(tmp_path, server, far, mode=mode, group_keys={'staging': 'direct'})
    for number in range(2):
        next_run(regions, number)
        regions.pass_once('sender')
        assert regions.staged_files(server.client()) == [], 'data files lie at their places'
        regions.pass_once('receiver')
        regions.assert_equal()
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []
    for role in ('sender', 'receiver'):
        assert regions.run(role, 'check').document['ok']


@pytest.mark.parametrize('staging', ['staged', 'direct'])
@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_group_is_whole_after_every_kill(tmp_path, server, mode, staging):
    survive_kills(FarRegions(tmp_path, server, mode=mode, group_keys={'staging': staging}))


def survive_kills(regions):
    """Six epochs, a pass of each role killed in each."""
    seed = time.time_ns() % 1_000_000_000
    print(f'seed {seed}')
    dice = random.Random(seed)
    under_way, seconds = 0, {'sender': 0.3, 'receiver': 0.3}
    for number in range(6):
        next_run(regions, number, dice)
        under_way += kill_during(regions, 'sender', dice, seconds)
        regions.pass_once('sender')
        under_way += kill_during(regions, 'receiver', dice, seconds)
        regions.sync()
        regions.assert_equal()
    print(f'{under_way} kills found the process at work')
    assert under_way >= 2, 'too many kills came too late to say anything'


# Each is met by some request of both roles; a pass or two later the replica is equal all the same.
FAULTS = {
    'busy': [dict(fault='status', status=503, probability=0.2)],
    'busy, and says for how long': [dict(fault='status', status=429, retry_after=1, probability=0.1)],
    'fails': [dict(fault='status', status=500, probability=0.1)],
    'reply lost after a write': [dict(fault='lost_reply', method='PUT', probability=0.2)],
    'reply lost after a completion': [dict(fault='lost_reply', method='POST', probability=0.2)],
    'reset': [dict(fault='reset', probability=0.1)],
    'reset within a reply': [dict(fault='reset_reply', operation='GetObject', after=20, probability=0.2)],
    'reply cut short': [dict(fault='truncate', operation='GetObject', probability=0.2)],
    'error in a success': [dict(fault='error_in_200', operation='CopyObject', probability=0.3)],
    'slow': [dict(fault='delay', seconds=0.2, probability=0.2)],
    'page of a proxy': [dict(fault='html', probability=0.05)],
}


@pytest.mark.parametrize('mischief', FAULTS)
def test_replica_is_equal_whatever_the_network_does(tmp_path, seaweedfs, fault_proxy, mischief):
    hinder(tmp_path, seaweedfs, fault_proxy(seaweedfs), FAULTS[mischief])


AZURE_FAULTS = {
    **{name: FAULTS[name] for name in ('busy', 'fails', 'reply lost after a write', 'reset', 'page of a proxy')},
    'reset within a reply': [dict(fault='reset_reply', operation='Get Blob', after=20, probability=0.2)],
    'reply cut short': [dict(fault='truncate', operation='Get Blob', probability=0.2)],
    'reply lost after a copy': [dict(fault='lost_reply', operation='Copy Blob', probability=0.3)],
}


@pytest.mark.parametrize('mischief', AZURE_FAULTS)
def test_replica_on_azure_is_equal_whatever_the_network_does(tmp_path, azurite, fault_proxy, mischief):
    hinder(tmp_path, azurite, fault_proxy(azurite, dialect='azure'), AZURE_FAULTS[mischief])


def hinder(folder, server, proxy, rules, **options):
    """Epochs through a proxy that does what the rules say: each arrives, whatever the passes between come to."""
    regions = FarRegions(folder, server, endpoint=proxy.endpoint, **options)
    next_run(regions, 0)
    regions.sync()
    for rule in rules:
        proxy.add(**rule)
    for number in range(1, 3):
        next_run(regions, number)
        for _ in range(15):
            regions.pass_once('sender', code=None)
            regions.pass_once('receiver', code=None)
            row = regions.run('receiver', 'versions', code=None).document['groups'][0]['tables'][0]
            if row['applied_version'] == number:
                break
        regions.assert_equal()
    proxy.clear()
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []


WRONG = {
    'secret': (dict(AWS_SECRET_ACCESS_KEY='wrong'), 'unauthorized', 'secret access key'),
    'key': (dict(AWS_ACCESS_KEY_ID='AKIAWRONG'), 'unauthorized', 'access key id'),
    'endpoint': (dict(AWS_ENDPOINT_URL_S3='http://127.0.0.1:9'), 'unavailable', 'no connection'),
    'endpoint without TLS': (dict(AWS_ENDPOINT_URL_S3='http://192.0.2.1:80'), 'invalid_argument', 'allow_http'),
    'region': (dict(AWS_REGION='not a region'), 'invalid_argument', 'region'),
    'profile': (dict(AWS_PROFILE='nobody'), 'invalid_argument', 'nobody'),
}


@pytest.mark.parametrize('what', WRONG)
def test_wrong_settings_are_said_by_name_and_leave_nothing(tmp_path, seaweedfs, what):
    variables, kind, said = WRONG[what]
    regions = FarRegions(tmp_path, seaweedfs)
    next_run(regions, 0)
    if what == 'profile':
        variables = {**variables, 'AWS_ACCESS_KEY_ID': '', 'AWS_SECRET_ACCESS_KEY': ''}
    error = regions.failing_sync('sender', code=None, env=variables)
    assert error['kind'] == kind
    text = ' '.join(str(error.get(part, '')) for part in ('message', 'where', 'remedy'))
    assert said in text
    assert seaweedfs.secret not in text
    assert regions.staged_documents(seaweedfs.client()) == []
    regions.sync()
    regions.assert_equal()
    assert regions.staged_documents(seaweedfs.client()) != []


RIGHTS = {'read_source': 'sender', 'write_staging': 'sender', 'read_staging': 'receiver', 'write_target': 'receiver'}


def test_each_right_is_used_as_whom_the_group_names(tmp_path, seaweedfs):
    """The environment names nobody. With one of the four that the server does not know, that role stands still."""
    keys = dict(kind='s3', access_key_id={'env': 'THE_KEY'}, secret_access_key={'env': 'THE_SECRET'})
    credentials = {'nobody': keys | {'access_key_id': {'env': 'NO_KEY'}}, **{right: keys for right in RIGHTS}}
    env = dict(AWS_ACCESS_KEY_ID='', AWS_SECRET_ACCESS_KEY='', AWS_EC2_METADATA_DISABLED='true', NO_KEY='AKIANOBODY',
               THE_KEY=seaweedfs.key, THE_SECRET=seaweedfs.secret)
    regions = FarRegions(tmp_path, seaweedfs, top={'credentials': credentials})
    next_run(regions, 0)
    named = {right: right for right in RIGHTS}

    def sync(role, wrong=None):
        regions.group_keys = {'credentials': named | ({wrong: 'nobody'} if wrong else {})}
        regions.write_configuration()
        if wrong is None:
            return regions.run(role, 'sync', env=env)
        error = regions.failing_sync(role, code=None, env=env)
        assert error['kind'] == 'unauthorized', (wrong, error)

    for role in ('sender', 'receiver'):
        for right in RIGHTS:
            if RIGHTS[right] == role:
                sync(role, right)
        sync(role)
    regions.assert_equal()


def test_bucket_that_is_not_there_is_said(tmp_path, seaweedfs):
    regions = FarRegions(tmp_path, seaweedfs)
    next_run(regions, 0)
    regions.bucket.uri = 's3://there-is-none/x'
    regions.write_configuration()
    error = regions.failing_sync('sender', code=None)
    assert 'bucket does not exist' in error['message']


LIFECYCLE = ('<LifecycleConfiguration><Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>'
             '<Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>')


def test_rule_that_deletes_what_is_staged_is_a_warning_of_check(tmp_path, seaweedfs, fault_proxy):
    proxy = fault_proxy(seaweedfs)
    regions = FarRegions(tmp_path, seaweedfs, endpoint=proxy.endpoint)
    next_run(regions, 0)

    def warnings():
        found = regions.run('receiver', 'check', code=None).document['findings']
        return [one['what'] for one in found if 'lifecycle rule' in one['what']]

    assert warnings() == []
    proxy.add('answer', operation='GetBucketLifecycleConfiguration', status=200, body=LIFECYCLE)
    said = warnings()
    assert any(what.startswith('staging location') and 'tidy' in what and 'after 7 days' in what for what in said), said
    assert any(what.startswith('target of table') for what in said), said


def test_archived_object_is_named_with_the_way_out(tmp_path, seaweedfs, fault_proxy):
    proxy = fault_proxy(seaweedfs)
    regions = FarRegions(tmp_path, seaweedfs, endpoint=proxy.endpoint)
    next_run(regions, 0)
    regions.sync()
    next_run(regions, 1)
    for operation in ('GetObject', 'CopyObject', 'UploadPartCopy'):
        proxy.add('status', operation=operation, path='.parquet', status=403, code='InvalidObjectState')
    error = regions.failing_sync('sender', code=None)
    assert error['kind'] == 'unauthorized'
    text = ' '.join(str(error.get(part, '')) for part in ('message', 'where', 'remedy'))
    assert 'archived' in text and '.parquet' in text and 'restore' in text
    proxy.clear()
    regions.sync()
    regions.assert_equal()


@pytest.mark.parametrize('service, dialect, staging, most', [
    ('bench_store', 's3', 'staged', 130), ('bench_store', 's3', 'direct', 100), ('azurite', 'azure', 'staged', 160)])
def test_requests_of_an_epoch_are_counted(tmp_path, request, fault_proxy, record_property, service, dialect, staging,
                                          most):
    """Requests cost money and time: three tables with one commit of ten files each, between two services that have
    applied an epoch before; what they ask for while nothing happens is not part of it. Sixty move the data into
    staging, or to its place, and thirty from staging; Azure takes a request for each object that is deleted, and S3
    one for all."""
    store = request.getfixturevalue(service)
    proxy = fault_proxy(store, dialect=dialect)
    regions = FarRegions(tmp_path, store, endpoint=proxy.endpoint,
                         workspace={'sync_interval': '12h', 'poll_interval': '1h', 'staging': staging})

    def run(number):
        with Run(regions, f'run-{number}'):
            for table in TABLES:
                rows = pyarrow.concat_tables([orders(number * 100 + i, 1, f'region-{i}') for i in range(10)])
                regions.write(table, rows, run_id=f'run-{number}', partition_by=['region'])

    def ask(role):
        proxy.clear()
        regions.run(role, 'sync')
        return dict(proxy.counts)

    run(0)
    regions.sync()
    services = [regions.start(role, env=regions.variables) for role in ('sender', 'receiver')]
    with services[0], services[1]:
        wait_until(lambda: all(listens(regions, role) for role in ('sender', 'receiver')), 'both services listen')
        for number in (1, 2):
            run(number)
            counts = {'staged': ask('sender'), 'applied': ask('receiver'), 'released': ask('sender')}
        idle = {role: ask(role) for role in ('sender', 'receiver')}
    regions.assert_equal()
    print(counts, idle)
    record_property('requests', f'{counts} idle {idle}')
    assert sum(sum(of_step.values()) for of_step in counts.values()) <= most, counts
    # What was staged is copied as it is, and not read: documents and commits alone are.
    reads = sum(counts['applied'].get(operation, 0) for operation in ('GetObject', 'Get Blob', 'HeadObject'))
    assert reads + counts['applied'].get('Get Blob Properties', 0) < 30, counts
    # A listing a table, and what the staging location shows.
    assert all(sum(of_role.values()) <= len(TABLES) + 3 for of_role in idle.values()), idle
