"""A real Apache Airflow 3 on SQLite, with one DAG whose runs end as the test says; `scripts/install airflow` brings it.
And a double of it, which the same tests run against."""
import base64
import http.client
import json
import os
import time
from datetime import datetime, timezone

from process import LOOPBACK, TOOLS, Server, status_of
from service_double import Refusal, ServiceDouble

AIRFLOW_BIN = TOOLS / 'airflow' / 'bin'
USER, PASSWORD, DAG = 'lakeferry', 'password-of-the-tests', 'nightly'
PAGE_MAX = 100
RUN_SECONDS_MAX = 180

# Waits for the word that its run is to end with.
DAG_FILE = '''
import time
from datetime import datetime
from pathlib import Path

from airflow.sdk import dag, task


@dag(dag_id='%(dag)s', schedule=None, start_date=datetime(2026, 1, 1), catchup=False, is_paused_upon_creation=False)
def nightly():
    @task
    def work(run_id=None):
        word = Path(r'%(words)s') / run_id.replace('/', '_')
        while not word.exists():
            time.sleep(0.2)
        how = word.read_text()
        word.unlink()
        if how != 'success':
            raise RuntimeError(how)
    work()


nightly()
'''


class Airflow(Server):
    """standalone: API server, scheduler, DAG processor and triggerer, in one process group."""

    ports_wanted = 3
    installed_by = 'scripts/install airflow'

    def prepare(self):
        self.words, self.token = self.folder / 'words', None
        (self.folder / 'dags').mkdir(exist_ok=True)
        self.words.mkdir(exist_ok=True)
        (self.folder / 'dags' / 'nightly.py').write_text(DAG_FILE % {'dag': DAG, 'words': self.words})
        (self.folder / 'simple_auth_manager_passwords.json.generated').write_text(json.dumps({USER: PASSWORD}))

    def command(self):
        return [AIRFLOW_BIN / 'airflow', 'standalone']

    def environment(self):
        settings = {'CORE__DAGS_FOLDER': self.folder / 'dags', 'CORE__LOAD_EXAMPLES': False,
                    'CORE__SIMPLE_AUTH_MANAGER_USERS': f'{USER}:admin', 'API__HOST': LOOPBACK, 'API__PORT': self.port,
                    'API__WORKERS': 1, 'API__BASE_URL': self.endpoint,
                    'CORE__EXECUTION_API_SERVER_URL': f'{self.endpoint}/execution/', 'CORE__PARALLELISM': 2,
                    'LOGGING__WORKER_LOG_SERVER_PORT': self.ports[1], 'LOGGING__TRIGGER_LOG_SERVER_PORT': self.ports[2],
                    'DAG_PROCESSOR__REFRESH_INTERVAL': 5, 'USAGE_DATA_COLLECTION__ENABLED': False}
        return {'AIRFLOW_HOME': str(self.folder), 'PATH': f'{AIRFLOW_BIN}:{os.environ["PATH"]}',
                **{f'AIRFLOW__{key}': str(value) for key, value in settings.items()}}

    @property
    def url(self):
        return self.endpoint

    def is_ready(self):
        """It answers, and knows the DAG."""
        if status_of(self.port, '/api/v2/version') != 200:
            return False
        try:
            return self.request('GET', f'/api/v2/dags/{DAG}')[0] == 200
        except (OSError, http.client.HTTPException, KeyError):
            return False

    def request(self, method, path, document=None):
        headers = {'Content-Type': 'application/json'}
        if path != '/auth/token':
            if self.token is None:
                login = {'username': USER, 'password': PASSWORD}
                self.token = self.request('POST', '/auth/token', login)[1]['access_token']
            headers['Authorization'] = f'Bearer {self.token}'
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(document) if document is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or 'null')
        finally:
            connection.close()

    def state_of(self, run):
        return self.request('GET', f'/api/v2/dags/{DAG}/dagRuns/{run}')[1]['state']

    def wait_for(self, run, state):
        until = time.monotonic() + RUN_SECONDS_MAX
        while self.state_of(run) != state:
            assert time.monotonic() < until, f'run {run} is {self.state_of(run)}, not {state}\n{self.end_of_log()}'
            time.sleep(0.3)

    def begin(self, run):
        """A manual run, which goes on until `end`."""
        wanted = {'dag_run_id': run, 'logical_date': None}
        status, document = self.request('POST', f'/api/v2/dags/{DAG}/dagRuns', wanted)
        assert status == 200, document
        self.wait_for(run, 'running')
        return run

    def end(self, run, state='success'):
        (self.words / f'{run}.part').write_text(state)
        (self.words / f'{run}.part').rename(self.words / run)
        self.wait_for(run, state)

    def clear(self, run):
        """All of its tasks run again."""
        status, document = self.request('POST', f'/api/v2/dags/{DAG}/clearTaskInstances',
                                        {'dag_run_id': run, 'dry_run': False, 'only_failed': False,
                                         'reset_dag_runs': True})
        assert status == 200, document
        self.wait_for(run, 'running')


def now():
    return datetime.now(timezone.utc).isoformat()


class AirflowDouble(ServiceDouble):
    """The same of ours, in memory: Airflow 3, or 2 with api='v1'."""

    def __init__(self, api='v2'):
        super().__init__()
        self.api, self.runs, self.token, self.kind = api, {}, 'jwt-of-the-tests', 'manual'

    def begin(self, run):
        self.runs[run] = {'dag_run_id': run, 'dag_id': DAG, 'state': 'running', 'start_date': now(), 'end_date': None,
                          'run_type': self.kind, 'conf': {}}
        return run

    def end(self, run, state='success'):
        self.runs[run] |= {'state': state, 'end_date': now()}

    def clear(self, run):
        self.runs[run] |= {'state': 'running', 'start_date': now(), 'end_date': None}

    def answer(self, method, path, query, headers, body):
        if path == '/auth/token' and self.api == 'v2':
            if json.loads(body) != {'username': USER, 'password': PASSWORD}:
                raise Refusal(401, {'detail': 'Invalid credentials'})
            return {'access_token': self.token}
        if not path.startswith(f'/api/{self.api}/'):
            raise Refusal(404, {'detail': 'Not Found'})
        basic = base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()
        wanted = f'Bearer {self.token}' if self.api == 'v2' else f'Basic {basic}'
        if not path.endswith('/version') and headers.get('Authorization') != wanted:
            raise Refusal(401, {'detail': 'Not authenticated'})
        what = path.removeprefix(f'/api/{self.api}/')
        if what == 'version':
            return {'version': '3.3.2', 'git_version': None}
        if what.split('/')[:2] != ['dags', DAG]:
            raise Refusal(404, {'detail': 'The Dag was not found'})
        return self.listed(query) if what.endswith('/dagRuns') else {'dag_id': DAG, 'is_paused': False}

    def listed(self, query):
        since = query.get('end_date_gte')
        runs = [run for run in self.runs.values() if since is None or
                run['end_date'] and datetime.fromisoformat(run['end_date']) >= datetime.fromisoformat(since)]
        of_state = ('success', 'failed') if query.get('state') in ('success', 'failed') else ('running', 'queued')
        runs = [run for run in runs if run['state'] in of_state]
        if query.get('order_by') == 'end_date':
            runs.sort(key=lambda run: datetime.fromisoformat(run['end_date']))
        begin = int(query.get('offset', 0))
        return {'dag_runs': runs[begin:begin + min(int(query['limit']), PAGE_MAX)], 'total_entries': len(runs)}
