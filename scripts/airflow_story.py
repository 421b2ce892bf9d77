"""The second story of scripts/demo: a real Airflow runs a DAG that writes Delta tables to one S3 server, lakeferry
keeps them in another, and its page shows it. Checks every claim it makes. Started by scripts/demo --airflow."""
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / 'scripts' / 'regions'), str(ROOT / 'tests' / 'servers')]
from airflow_server import DAG, PASSWORD, USER, Airflow  # noqa: E402
from delta_tables import multiset  # noqa: E402
from demo_story import Untrue, chapter, claim, paint, table, tell  # noqa: E402
from lakeferry import Regions, wait_until  # noqa: E402
from process import LOOPBACK, free_ports  # noqa: E402
from stores import PYTHON_BIN, Seaweedfs  # noqa: E402

TABLES = ['bronze', 'silver', 'gold']

# Airflow has an environment of its own, without a Delta engine: its tasks start the one of the demo.
DAG_FILE = '''
import subprocess
from datetime import datetime

from airflow.sdk import dag, task


@dag(dag_id='%(dag)s', schedule=None, start_date=datetime(2026, 1, 1), catchup=False, is_paused_upon_creation=False)
def nightly():
    @task
    def write(name, run_id=None):
        subprocess.run([%(python)r, %(writer)r, name, run_id], check=True)

    write.override(task_id='bronze')('bronze') >> write.override(task_id='silver')('silver') \\
        >> write.override(task_id='gold')('gold')


nightly()
'''

# A task: rows that name its run. A file of the table's name makes it fail, as a job does that finds no room.
WRITER = '''
import os, sys, zlib
import pyarrow
from deltalake import CommitProperties, write_deltalake

name, run = sys.argv[1:]
if os.path.exists(os.path.join(os.path.dirname(__file__), 'fail-' + name)):
    sys.exit(name + ': no space left on device')
first = zlib.crc32(run.encode()) %% 1_000_000
rows = pyarrow.table({'id': range(first, first + 20_000), 'run': [run] * 20_000})
write_deltalake('%(lake)s/' + name, rows, mode='append', storage_options=%(storage)r,
                commit_properties=CommitProperties(custom_metadata={'userMetadata': run}))
'''


def storage_of(server):
    return {'AWS_ENDPOINT_URL': server.endpoint, 'AWS_ALLOW_HTTP': 'true', 'AWS_REGION': server.region,
            'AWS_ACCESS_KEY_ID': server.key, 'AWS_SECRET_ACCESS_KEY': server.secret, 'aws_conditional_put': 'etag'}


class TwoStores(Regions):
    """Tables in the S3 of the west, staging and replicas in that of the east; runs by Airflow; a page on each side."""

    def __init__(self, folder, west, east, airflow):
        self.servers = {'west': west, 'east': east}
        self.buckets = {name: f's3://{server.new_bucket(name)}' for name, server in self.servers.items()}
        self.airflow = airflow
        self.pages = dict(zip(('sender', 'receiver'), free_ports(2)))
        super().__init__(folder, TABLES)

    def place(self, region, *names):
        return '/'.join([self.buckets[region], *names])

    def configuration(self, role):
        document = super().configuration(role)
        document['credentials'] = {
            name: {'kind': 's3', 'access_key_id': {'env': f'{name.upper()}_KEY'},
                   'secret_access_key': {'env': f'{name.upper()}_SECRET'}} for name in self.servers}
        document['stores'] = [
            {'prefix': self.buckets[name] + '/', 'endpoint': server.endpoint, 'region': server.region,
             'credential': name}
            for name, server in self.servers.items()]
        document['http'] = {'listen': {side: f'{LOOPBACK}:{port}' for side, port in self.pages.items()}}
        (workspace,) = document['workspaces']
        workspace |= {'sync_location_secondary': self.place('east', 'staging'), 'poll_interval': '1s', 'rpo': '10m',
                      'workflow_source': {'kind': 'airflow', 'url': self.airflow.url, 'user': USER,
                                          'password': {'env': 'AIRFLOW_PASSWORD'}}}
        workspace['sync_groups'] = [
            {'group_name': 'orders', 'workflow': DAG,
             'tables': [{'name': f'lake.{name}', 'source': self.place('west', 'lake', name),
                         'target': self.place('east', 'lake', name)} for name in TABLES]}]
        return document

    def environment(self):
        secrets = {'AIRFLOW_PASSWORD': PASSWORD}
        for name, server in self.servers.items():
            secrets |= {f'{name.upper()}_KEY': server.key, f'{name.upper()}_SECRET': server.secret}
        return secrets

    def run(self, role, command, *arguments, **options):
        return super().run(role, command, *arguments, env=self.environment(), **options)

    def rows(self, region, name):
        from deltalake import DeltaTable
        found = DeltaTable(self.place(region, 'lake', name), storage_options=storage_of(self.servers[region]))
        return multiset(found.to_pyarrow_table().to_pylist())

    def asked(self, role, what):
        with urllib.request.urlopen(f'http://{LOOPBACK}:{self.pages[role]}/{what}', timeout=10) as answer:
            return answer.read().decode()


class Workflow(Airflow):
    """With a DAG that writes."""

    def __init__(self, folder):
        super().__init__(folder)
        self.writer = self.folder / 'writer.py'

    def writes_to(self, lake, storage):
        self.writer.write_text(WRITER % {'lake': lake, 'storage': storage})

    def prepare(self):
        super().prepare()
        (self.folder / 'dags' / 'nightly.py').write_text(
            DAG_FILE % {'dag': DAG, 'python': str(PYTHON_BIN / 'python'), 'writer': str(self.writer)})

    def trigger(self, run, state):
        status, answer = self.request('POST', f'/api/v2/dags/{DAG}/dagRuns', {'dag_run_id': run, 'logical_date': None})
        if status != 200:
            raise Untrue(f'Airflow takes no run: {answer}')
        self.wait_for(run, state)

    def fails_in(self, name, fails):
        mark = self.writer.parent / f'fail-{name}'
        mark.touch() if fails else mark.unlink()


def applied_runs(regions):
    return [run for epoch in regions.history('receiver') if epoch['state'] == 'applied' for run in epoch['run_ids']]


def show_equal(regions, equal=True):
    rows, all_equal = [], True
    for name in TABLES:
        source, replica = regions.rows('west', name), regions.rows('east', name)
        all_equal = all_equal and source == replica
        rows.append([name, sum(source.values()), sum(replica.values()), 'equal' if source == replica else 'differs'])
    table(['table', 'rows west', 'rows east', 'content'], rows)
    return all_equal == equal


def first_run(regions, airflow):
    chapter('1  Airflow runs the DAG: bronze, silver and gold, one after the other, in the S3 of the west')
    airflow.trigger('first-night', 'success')
    tell('Both services are running. The sender asks Airflow, cuts at the end of the run and stages; the receiver '
         'applies.')
    wait_until(lambda: 'first-night' in applied_runs(regions), 'the run is applied', 120)
    claim(show_equal(regions), 'the replica in the S3 of the east equals it, row by row, as delta-rs reads both')


def failed_run(regions, airflow):
    chapter('2  The next night gold fails: bronze and silver have been written')
    before = {name: regions.rows('east', name) for name in TABLES}
    airflow.fails_in('gold', True)
    airflow.trigger('second-night', 'failed')
    time.sleep(5)
    (group,) = regions.run('sender', 'plan').document['groups']
    tell(f'plan: “{group["reason"]}”')
    claim(group['cut'] is None and 'second-night' in group['reason'], 'nothing is sent of a run that failed')
    claim(all(regions.rows('east', name) == before[name] for name in TABLES),
          'the replica stands at the first night, in all three tables')
    claim(show_equal(regions, equal=False), 'although the tables of the west have moved on')


def cleared_run(regions, airflow):
    chapter('3  Somebody clears the task in Airflow, and it ends well')
    airflow.fails_in('gold', False)
    status, answer = airflow.request('POST', f'/api/v2/dags/{DAG}/clearTaskInstances',
                                     {'dag_run_id': 'second-night', 'dry_run': False, 'only_failed': True,
                                      'reset_dag_runs': True})
    if status != 200:
        raise Untrue(f'Airflow clears no task: {answer}')
    airflow.wait_for('second-night', 'success')
    wait_until(lambda: 'second-night' in applied_runs(regions), 'the run is applied', 120)
    claim(show_equal(regions), 'the replica has followed, as one whole')


def the_page(regions, stay):
    chapter('4  The page, and what machines read')
    (group,) = json.loads(regions.asked('receiver', 'v1/status'))['groups']
    claim(group['group'] == 'orders' and not group.get('error'), f'/v1/status: orders, {group["state"]}')
    claim('lakeferry_group' in regions.asked('receiver', 'metrics'), '/metrics is there for Prometheus')
    claim('<html' in regions.asked('receiver', ''), f'the page: http://{LOOPBACK}:{regions.pages["receiver"]}/')
    (checked,) = regions.run('receiver', 'verify', '--deep').document['groups']
    claim(checked['ok'], f'verify --deep: {checked["files_checked"]} files, {checked["bytes_checked"]:,} bytes')
    if stay:
        tell(f'Airflow: {regions.airflow.url}, {USER} / {PASSWORD}. Enter ends all of it.')
        input()


def story(folder, stay):
    for name in ('west', 'east', 'airflow'):
        (folder / name).mkdir()
    workflow = Workflow(folder / 'airflow')
    print('  starting two S3 servers (SeaweedFS) and Airflow …', flush=True)
    with Seaweedfs(folder / 'west') as west, Seaweedfs(folder / 'east') as east, workflow as airflow:
        regions = TwoStores(folder / 'regions', west, east, airflow)
        airflow.writes_to(regions.place('west', 'lake'), storage_of(west))
        secrets = regions.environment()
        with regions.start('sender', env=secrets), regions.start('receiver', env=secrets):
            first_run(regions, airflow)
            failed_run(regions, airflow)
            cleared_run(regions, airflow)
            the_page(regions, stay)


def main(words):
    began = time.monotonic()
    print(paint('1', 'lakeferry') + ' beside Airflow, between two object stores.')
    # Only loopback is talked to: a proxy of this machine is not asked.
    os.environ.setdefault('NO_PROXY', LOOPBACK)
    with tempfile.TemporaryDirectory(prefix='lakeferry-demo-', ignore_cleanup_errors=True) as folder:
        try:
            story(Path(folder), '--stay' in words)
        except (Untrue, AssertionError, subprocess.SubprocessError) as error:
            print('\n' + paint('1;31', f'Not as told: {error}'), file=sys.stderr)
            return 1
    print(f'\n{paint("1;32", "All of it as told")}, in {time.monotonic() - began:.0f} seconds.')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
