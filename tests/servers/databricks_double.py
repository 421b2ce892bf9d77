"""The Jobs API, the secrets API and the token service of a Databricks workspace, as their public description has them:
pages with tokens, filters, rate limits, error bodies."""
import base64
import itertools
import time

from service_double import Refusal, ServiceDouble

PAGE_MAX = 25


def now_ms():
    return int(time.time() * 1000)


class WorkspaceDouble(ServiceDouble):
    def __init__(self, token='dapi-of-the-tests', versions=('2.2', '2.1')):
        super().__init__()
        self.tokens, self.versions = {token}, versions
        self.secrets = {}       # (scope, key): text
        self.applications = {}  # client id: secret
        self.jobs, self.runs = {}, {}
        self.numbers = itertools.count(1000)

    def add_job(self, name, tasks=()):
        job = next(self.numbers)
        self.jobs[job] = {'job_id': job, 'settings': {'name': name, 'tasks': list(tasks)}}
        return job

    def begin(self, job, start=None):
        run = next(self.numbers)
        self.runs[run] = {'run_id': run, 'job_id': job, 'start_time': start or now_ms(), 'end_time': 0,
                          'run_type': 'JOB_RUN', 'state': {'life_cycle_state': 'RUNNING', 'state_message': ''},
                          'status': {'state': 'RUNNING'}}
        return run

    def end(self, run, code='SUCCESS', end=None):
        old = {'SUCCESS': 'SUCCESS'}.get(code, 'FAILED')
        self.runs[run] |= {
            'end_time': end or now_ms(), 'state': {'life_cycle_state': 'TERMINATED', 'result_state': old},
            'status': {'state': 'TERMINATED', 'termination_details': {'code': code, 'type': 'SUCCESS'}}}
        return run

    def repair(self, run):
        self.runs[run] |= {'end_time': 0, 'state': {'life_cycle_state': 'RUNNING'}, 'status': {'state': 'RUNNING'}}

    def answer(self, method, path, query, headers, body):
        if path == '/oidc/v1/token' and method == 'POST':
            return self.hand_out(headers)
        if headers.get('Authorization', '').removeprefix('Bearer ') not in self.tokens:
            raise Refusal(403, {'error_code': 403, 'message': 'Invalid access token.'})
        if path == '/api/2.0/secrets/get':
            return self.secret(query)
        for version in self.versions:
            if path.startswith(f'/api/{version}/jobs/'):
                return self.of_jobs(path.removeprefix(f'/api/{version}/jobs/'), query)
        raise Refusal(404, {'error_code': 'ENDPOINT_NOT_FOUND', 'message': f"No API found for 'GET {path}'"})

    def hand_out(self, headers):
        given = base64.b64decode(headers.get('Authorization', '').removeprefix('Basic ')).decode()
        client, _, secret = given.partition(':')
        if self.applications.get(client) != secret or not secret:
            raise Refusal(401, {'error': 'invalid_client', 'error_description': 'Client authentication failed'})
        token = f'eyJ-{next(self.numbers)}'
        self.tokens.add(token)
        return {'access_token': token, 'token_type': 'Bearer', 'expires_in': 3600, 'scope': 'all-apis'}

    def secret(self, query):
        found = self.secrets.get((query['scope'], query['key']))
        if found is None:
            raise Refusal(404, {'error_code': 'RESOURCE_DOES_NOT_EXIST',
                                'message': f"Failed to get secret {query['key']} for scope {query['scope']}."})
        return {'key': query['key'], 'value': base64.b64encode(found.encode()).decode()}

    def of_jobs(self, what, query):
        if what == 'list':
            named = [job for job in self.jobs.values()
                     if query.get('name', job['settings']['name']).lower() == job['settings']['name'].lower()]
            return page_of('jobs', [{key: job[key] for key in job} for job in named], query)
        if what == 'get':
            job = self.jobs.get(int(query['job_id']))
            if job is None:
                raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE',
                                    'message': f"Job {query['job_id']} does not exist."})
            return job
        if what == 'runs/get':
            run = self.runs.get(int(query['run_id']))
            if run is None:
                raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE',
                                    'message': f"Run {query['run_id']} does not exist."})
            return run
        runs = [run for run in self.runs.values() if run['job_id'] == int(query['job_id'])
                and run['start_time'] >= int(query.get('start_time_from', 0))
                and run['start_time'] <= int(query.get('start_time_to', now_ms() * 2))
                and not (query.get('active_only') == 'true' and run['end_time'])]
        return page_of('runs', sorted(runs, key=lambda run: -run['start_time']), query)


def page_of(name, entries, query):
    limit = int(query.get('limit', 20))
    if not 0 < limit <= PAGE_MAX:
        raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE', 'message': f'limit must be at most {PAGE_MAX}'})
    begin = int(query.get('page_token', '0').removeprefix('page-') or 0)
    more = begin + limit < len(entries)
    page = {'has_more': more} | ({name: entries[begin:begin + limit]} if entries else {})
    return page | ({'next_page_token': f'page-{begin + limit}'} if more else {})
