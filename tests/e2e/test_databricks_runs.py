"""Groups whose runs come from the Jobs API of a Databricks workspace, against a double of it."""
import json
import os
import time

import pytest
from databricks_double import WorkspaceDouble, now_ms
from delta_tables import DeltaRs, assert_same_rows, assert_tables_equal, orders, version, write
from lakeferry import BINARY, DONE, FAILED, ROOT, Regions, call, wait_until

TOKEN = 'dapi-of-the-tests'


@pytest.fixture
def workspace():
    with WorkspaceDouble(TOKEN) as double:
        yield double


def regions_of(folder, workspace, token=TOKEN, **keys):
    folder.mkdir(exist_ok=True)
    (folder / 'token').write_text(token + '\n')
    source = {'kind': 'databricks', 'url': workspace.url, 'token': {'file': str(folder / 'token')}}
    return Regions(folder / 'regions', ['bronze'], workspace={'workflow_source': source}, **keys)


def a_run(regions, workspace, job, first, **end):
    run = workspace.begin(job)
    write(regions.source('bronze'), orders(first, 5))
    return workspace.end(run, **end)


def findings(done):
    return [finding for finding in done.document['findings'] if finding['what'].startswith('workflow ')]


def test_successful_runs_make_cuts_and_failed_and_repaired_ones_hold_them(tmp_path, workspace):
    regions = regions_of(tmp_path, workspace)
    job = workspace.add_job('nightly')
    first = a_run(regions, workspace, job, 0)
    regions.sync()
    assert_same_rows(DeltaRs(regions.source('bronze')), DeltaRs(regions.target('bronze')))
    assert regions.history('receiver')[0]['run_ids'] == [str(first)]

    failed = a_run(regions, workspace, job, 10, code='RUN_EXECUTION_ERROR')
    (group,) = regions.run('sender', 'plan').document['groups']
    assert group['cut'] is None and str(failed) in group['reason']
    workspace.repair(failed)
    (group,) = regions.run('sender', 'plan').document['groups']
    assert group['cut'] is None and str(failed) in group['reason'] and f'cancel run {failed}' in group['reason']
    write(regions.source('bronze'), orders(20, 5))
    workspace.end(failed)
    regions.sync()
    assert_same_rows(DeltaRs(regions.source('bronze')), DeltaRs(regions.target('bronze')))
    assert regions.history('receiver')[0]['run_ids'] == [str(failed)]


def test_more_runs_than_a_page_and_a_rate_limit_and_slow_answers_are_waited_for(tmp_path, workspace):
    regions = regions_of(tmp_path, workspace)
    job = workspace.add_job('nightly')
    begin = now_ms() - 3_600_000
    for number in range(60):
        workspace.end(workspace.begin(job, begin + number * 1000), end=begin + number * 1000 + 500)
    last = a_run(regions, workspace, job, 0)
    workspace.busy_for(2)
    workspace.delay = 0.05
    regions.sync()
    (epoch,) = regions.history('receiver')
    assert len(epoch['run_ids']) == 61 and epoch['run_ids'][-1] == str(last)


def test_an_older_workspace_is_asked_in_its_own_version(tmp_path):
    with WorkspaceDouble(TOKEN, versions=('2.1',)) as workspace:
        regions = regions_of(tmp_path, workspace)
        a_run(regions, workspace, workspace.add_job('nightly'), 0)
        regions.sync()
        assert regions.history('receiver')


def test_check_says_what_is_wrong_with_a_source_and_how_to_mend_it(tmp_path, workspace):
    regions = regions_of(tmp_path, workspace)
    write(regions.source('bronze'), orders(0, 5))
    (unknown,) = findings(regions.run('sender', 'check', code=None))
    assert unknown['severity'] == 'warning' and "has no job 'nightly'" in unknown['what']
    ids = [workspace.add_job('nightly'), workspace.add_job('nightly')]
    (ambiguous,) = findings(regions.run('sender', 'check', code=FAILED))
    assert all(f'job_id:{job}' in ambiguous['what'] for job in ids) and ambiguous['severity'] == 'error'
    del workspace.jobs[ids[0]]
    (good,) = findings(regions.run('sender', 'check', code=None))
    assert good['severity'] == 'info' and '0 runs in the last 30 days' in good['what']

    workspace.tokens = {'another'}
    (refused,) = findings(regions.run('sender', 'check', code=FAILED))
    assert 'Invalid access token.' in refused['what'] and str(tmp_path / 'token') in refused['remedy']
    workspace.mischief = lambda _: b'<html><body>log in</body></html>'
    (page,) = findings(regions.run('sender', 'check', code=FAILED))
    assert 'a web page' in page['what'] and 'proxy' in page['remedy']
    workspace.mischief = lambda _: b''
    assert 'none of its answers' in findings(regions.run('sender', 'check', code=FAILED))[0]['what']


def test_a_token_that_is_replaced_in_its_file_while_the_service_runs_is_read_anew(tmp_path, workspace):
    regions = regions_of(tmp_path, workspace, group_keys={'poll_interval': '200ms'})
    job = workspace.add_job('nightly')
    a_run(regions, workspace, job, 0)
    with regions.start('sender'), regions.start('receiver'):
        wait_until(lambda: regions.status('sender')['epoch'] == 1, 'the first epoch')
        (tmp_path / 'token').write_text('dapi-of-the-morning\n')
        workspace.tokens = {'dapi-of-the-morning'}
        a_run(regions, workspace, job, 10)
        wait_until(lambda: regions.status('sender')['epoch'] == 2, 'the second epoch')
    assert TOKEN not in regions.folder.joinpath('sender.log').read_text()


def test_an_application_logs_in_by_its_secret(tmp_path, workspace):
    workspace.applications = {'app': 'secret-of-the-app'}
    regions = regions_of(tmp_path, workspace)
    (tmp_path / 'secret').write_text('secret-of-the-app')
    source = {'kind': 'databricks', 'url': workspace.url, 'client_id': 'app',
              'client_secret': {'file': str(tmp_path / 'secret')}}
    regions.workspace_keys = {'workflow_source': source}
    regions.write_configuration()
    a_run(regions, workspace, workspace.add_job('nightly'), 0)
    regions.sync()
    assert regions.history('receiver')
    workspace.applications, workspace.tokens = {}, set()
    (refused,) = findings(regions.run('sender', 'check', code=FAILED))
    assert 'Client authentication failed' in refused['what'] and 'client_secret' in refused['remedy']


def test_each_workspace_has_its_own_token_and_a_group_may_name_another_source(tmp_path, workspace):
    with WorkspaceDouble('dapi-of-the-other') as other:
        regions = regions_of(tmp_path, workspace)
        (tmp_path / 'other').write_text('dapi-of-the-other')
        own = {'kind': 'databricks', 'url': other.url, 'token': {'file': str(tmp_path / 'other')}}
        regions.group_keys = {'workflow_source': own}
        regions.write_configuration()
        a_run(regions, other, other.add_job('nightly'), 0)
        regions.sync()
        assert regions.history('receiver') and not workspace.asked


def as_databricks(table, seconds_ago, **job):
    """The newest commit as a job's run writes it there: delta-rs lets nobody set an object in commitInfo."""
    commit = table / '_delta_log' / f'{version(table):020}.json'
    lines = [json.loads(line) for line in commit.read_text().splitlines()]
    (info,) = [line['commitInfo'] for line in lines if 'commitInfo' in line]
    info |= {'job': {'jobId': '11', 'jobName': 'nightly', 'jobOwnerId': '7', 'triggerType': 'periodic'} | job,
             'notebook': {'notebookId': '4'}, 'clusterId': '1121-073939-abcd', 'isBlindAppend': True,
             'engineInfo': 'Databricks-Runtime/16.4.x-scala2.12', 'txnId': '5f1d0c1e-9d59-4e2b-8f7c-0d8f5a1c2b3d'}
    commit.write_text(''.join(json.dumps(line) + '\n' for line in lines))
    time_ns = time.time_ns() - seconds_ago * 1_000_000_000
    os.utime(commit, ns=(time_ns, time_ns))


@pytest.mark.parametrize('job_of', [lambda run: {'runId': str(run)}, lambda run: {'runId': '77', 'jobRunId': run}],
                         ids=['run', 'run of a task'])
def test_commits_that_name_their_run_are_cut_by_it_whatever_their_times_say(tmp_path, workspace, job_of):
    """Both runs' commits bear times within the first run, which has ended."""
    regions = regions_of(tmp_path, workspace)
    job, bronze = workspace.add_job('nightly'), regions.source('bronze')
    first = workspace.begin(job, now_ms() - 60_000)
    write(bronze, orders(0, 5))
    as_databricks(bronze, 50, **job_of(first))
    workspace.end(first, end=now_ms() - 20_000)
    second = workspace.begin(job, now_ms() - 10_000)
    write(bronze, orders(10, 5))
    as_databricks(bronze, 40, **job_of(second))

    regions.sync()
    assert_tables_equal(bronze, 0, regions.target('bronze'))
    (epoch,) = regions.history('receiver')
    assert epoch['run_ids'] == [str(first)] and epoch['evidence'] == 'run_id'

    workspace.end(second)
    regions.sync()
    assert_tables_equal(bronze, 1, regions.target('bronze'))
    epoch = regions.history('receiver')[0]
    assert epoch['run_ids'] == [str(second)] and epoch['evidence'] == 'run_id'


def sample(folder, workspace_url, **more):
    """The sync job's own configuration, with the one thing filled in that it leaves open."""
    text = (ROOT / 'config' / 'databricks_sync_job.json').read_text()
    document = json.loads(text.replace('https://<workspace url>', workspace_url)) | more
    path = folder / 'sample.json'
    path.write_text(json.dumps({'metadata_store': str(folder / 'metadata.db'), 'role': 'sender'} | document))
    return path, document


def test_the_sync_jobs_sample_finds_its_token_in_its_secret_scope(tmp_path, workspace, tls_front, authority):
    """As it stands: https, a key of a secret scope as the token, the workflow by its name."""
    front = tls_front(workspace)
    workspace.secrets = {('dr-test-scope', 'dr-pat-key'): 'dapi-of-the-scope'}
    workspace.tokens = {'dapi-of-the-scope', 'dapi-of-the-host'}
    workspace.end(workspace.begin(workspace.add_job('sample_workflow_1')))
    path, _ = sample(tmp_path, front.endpoint)
    environment = {'PATH': '/usr/bin', 'SSL_CERT_FILE': str(authority.bundle), 'DATABRICKS_TOKEN': 'dapi-of-the-host'}

    def check(env):
        done = call([BINARY, 'check', '-c', path, '--json'], env=env)
        assert done.stdout, done
        return findings(done)
    (found,) = check(environment)
    assert found['severity'] == 'info' and '1 runs in the last 30 days' in found['what']
    workspace.secrets = {}
    (absent,) = check(environment)
    assert "secret scope 'dr-test-scope', key 'dr-pat-key'" in absent['what'] and 'DATABRICKS_TOKEN' in absent['remedy']
    (nobody,) = check({key: value for key, value in environment.items() if key != 'DATABRICKS_TOKEN'})
    assert 'nothing says as whom' in nobody['what'] and 'DATABRICKS_TOKEN' in nobody['remedy']


def test_the_sync_jobs_sample_runs_where_its_tables_are_found(tmp_path, workspace):
    """The same groups with their tables below roots, and both locations as folders."""
    workspace.secrets = {('dr-test-scope', 'dr-pat-key'): TOKEN}
    job = workspace.add_job('sample_workflow_1')
    path, document = sample(tmp_path, workspace.url)
    lake = {region: tmp_path / region for region in ('east', 'west')}
    document['workspaces'][0] |= {'sync_location_primary': (tmp_path / 'p').as_uri(),
                                  'sync_location_secondary': (tmp_path / 's').as_uri(),
                                  'primary_region': 'east', 'secondary_region': 'west',
                                  'roots': {region: lake[region].as_uri() for region in lake}}
    names = [group['tables'] for group in document['workspaces'][0]['sync_groups']]
    for table in [table for tables in names for table in tables]:
        write(lake['east'].joinpath(*table.split('.')), orders(0, 5))
    run = workspace.begin(job)
    for table in names[0]:
        write(lake['east'].joinpath(*table.split('.')), orders(10, 5))
    workspace.end(run)
    for role in ('sender', 'receiver'):
        config = {'metadata_store': str(tmp_path / f'{role}.db'), 'role': role,
                  'region': 'east' if role == 'sender' else 'west'} | document
        path.write_text(json.dumps(config))
        done = call([BINARY, role, '-c', path, '--once'], env={'PATH': '/usr/bin', 'DATABRICKS_TOKEN': TOKEN})
        assert done.code == DONE, done
    for table in names[0]:
        parts = table.split('.')
        assert_same_rows(DeltaRs(lake['east'].joinpath(*parts)), DeltaRs(lake['west'].joinpath(*parts)))
