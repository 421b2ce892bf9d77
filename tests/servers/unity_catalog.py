"""A real Unity Catalog server, in memory; `scripts/install unity` brings it. And a double of it, which the same tests
run against: tables and credentials of the REST API 2.1 as its public description has them, with pages, rate limits
and error bodies, whose `error_code` the real one spells `errorCode`."""
import http.client
import itertools
import json
import time
import urllib.parse

from process import LOOPBACK, TOOLS, Server, status_of
from service_double import Refusal, ServiceDouble

UC_SERVER = TOOLS / 'unity' / 'bin' / 'uc-server'
API = '/api/2.1/unity-catalog'
PAGE_MAX = 50
LIFE_SECONDS = 3600
# By the word of a question: whether what is handed out is to write with.
OF_TABLE = {'READ': False, 'READ_WRITE': True}
OF_PATH = {'PATH_READ': False, 'PATH_READ_WRITE': True, 'PATH_CREATE_TABLE': True}


def entry(name, location, kind='EXTERNAL', source_format='DELTA', **more):
    """The document that creates a table."""
    catalog, schema, table = name.split('.')
    return {'name': table, 'catalog_name': catalog, 'schema_name': schema, 'table_type': kind,
            'data_source_format': source_format, 'storage_location': location, 'columns': []} | more


def end_of_life():
    """In milliseconds."""
    return round((time.time() + LIFE_SECONDS) * 1000)


def signature_for(uri, write):
    """What a catalog hands out for a folder of Azure's storage."""
    token = f'sv=2023-11-03&sp={"racwdl" if write else "rl"}&sr=d&sig=bm9uZQ%3D%3D'
    return {'azure_user_delegation_sas': {'sas_token': token}, 'expiration_time': end_of_life(), 'url': uri}


def request(port, method, path, document=None):
    """Status and document of an answer."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        connection.request(method, API + path, json.dumps(document) if document is not None else None,
                           {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or 'null')
    finally:
        connection.close()


class UnityServer(Server):
    """`uc-server` with tables anywhere below `folder`."""

    ports_wanted = 1
    installed_by = 'scripts/install unity'

    def prepare(self):
        (self.folder / 'tables').mkdir(exist_ok=True)
        (self.folder / 'uc.yaml').write_text(json.dumps({
            'host': LOOPBACK, 'port': self.port, 'backend': {'engine': 'sqlite', 'path': ':memory:'},
            'encryption': {'active': {'id': 'tests', 'key': 'A' * 43 + '='}},
            'local_storage': {'allowed-roots': [str(self.folder)]}, 'ui': {'base_path': '', 'serve': False},
            'managed_storage_root': (self.folder / 'tables').as_uri()}))

    def command(self):
        return [UC_SERVER, 'serve', '--config', self.folder / 'uc.yaml', '--host', LOOPBACK, '--port', str(self.port),
                '--no-ui']

    @property
    def url(self):
        return self.endpoint

    @property
    def tables_folder(self):
        return self.folder

    def is_ready(self):
        return status_of(self.port, '/health') == 200

    def request(self, *question):
        return request(self.port, *question)

    def ask(self, method, path, document=None):
        status, answer = self.request(method, path, document)
        assert status < 300, (path, status, answer)
        return answer

    def add_schema(self, name):
        """With its catalog; tables may lie anywhere below the server's folder."""
        catalog, schema = name.split('.')
        if self.request('GET', f'/catalogs/{catalog}')[0] == 404:
            self.ask('POST', '/catalogs', {'name': catalog})
            self.ask('POST', '/credentials', {'name': f'{catalog}_files', 'purpose': 'STORAGE', 'aws_iam_role': {
                'role_arn': 'arn:aws:iam::123456789012:role/tests'}})
            self.ask('POST', '/external-locations', {'name': f'{catalog}_files', 'url': self.folder.as_uri(),
                                                     'credential_name': f'{catalog}_files'})
        self.ask('POST', '/schemas', {'name': schema, 'catalog_name': catalog})

    def add_container(self, uri):
        """So that tables may lie in a container of Azure's storage; nothing is asked of that."""
        account = urllib.parse.urlsplit(uri).hostname.partition('.')[0]
        self.ask('POST', '/credentials', {'name': account, 'purpose': 'STORAGE', 'azure_storage_key': {
            'account_name': account, 'account_key': 'A' * 86 + '=='}})
        self.ask('POST', '/external-locations', {'name': account, 'url': uri, 'credential_name': account})

    def add(self, name, location, **more):
        return self.ask('POST', '/tables', entry(name, location, **more))

    def drop(self, name):
        self.ask('DELETE', f'/tables/{urllib.parse.quote(name)}')

    def table(self, name):
        status, answer = self.request('GET', f'/tables/{urllib.parse.quote(name)}')
        return answer if status == 200 else None


class UnityDouble(ServiceDouble):
    """The same of ours. `page` is how many tables it gives at once at most; `token` who may ask, None for anybody.
    `issue(uri, write)` makes what it hands out for a place that is no folder, as a document; `external_use`: whether
    the login may have any. `handed` is each place that something was handed out for, and whether to write."""

    def __init__(self, token=None, page=2, issue=None):
        super().__init__()
        self.token, self.page, self.issue = token, page, issue or signature_for
        self.external_use, self.handed = True, []
        self.schemas, self.tables = set(), {}
        self.numbers = itertools.count(1)

    def add_schema(self, name):
        self.schemas.add(name.lower())

    def add_container(self, uri):
        pass

    def add(self, name, location, **more):
        self.tables[name.lower()] = entry(name.lower(), location, **more) | {'table_id': f'table-{next(self.numbers)}'}
        return self.tables[name.lower()]

    def drop(self, name):
        del self.tables[name.lower()]

    def table(self, name):
        return self.tables.get(name.lower())

    def answer(self, method, path, query, headers, body):
        if self.token and headers.get('Authorization') != f'Bearer {self.token}':
            raise Refusal(401, {'error_code': 'UNAUTHENTICATED', 'message': 'No or invalid token provided.'})
        if method == 'POST' and path.endswith('-credentials'):
            return self.handed_out(path.removeprefix(f'{API}/'), json.loads(body))
        if path == f'{API}/tables':
            return self.create(json.loads(body)) if method == 'POST' else self.listed(query)
        if path.startswith(f'{API}/tables/'):
            found = self.table(path.removeprefix(f'{API}/tables/'))
            if found is None:
                raise Refusal(404, {'error_code': 'RESOURCE_NOT_FOUND', 'message': 'The table was not found.'})
            return found
        raise Refusal(404, {'error_code': 'ENDPOINT_NOT_FOUND', 'message': f"No API found for '{method} {path}'"})

    def request(self, *question):
        return request(self.port, *question)

    def handed_out(self, api, question):
        of_table = api == 'temporary-table-credentials'
        words = OF_TABLE if of_table else OF_PATH
        if question.get('operation') not in words:
            raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE', 'message': 'operation is no operation'})
        uri = self.place_of(question['table_id']) if of_table else question['url']
        if not self.external_use:
            raise Refusal(403, {'error_code': 'PERMISSION_DENIED',
                                'message': 'User does not have EXTERNAL USE SCHEMA on the schema.'})
        write = words[question['operation']]
        self.handed.append((uri, write))
        if uri.startswith('file:'):
            return {'expiration_time': end_of_life(), 'url': uri}
        return self.issue(uri, write)

    def place_of(self, table_id):
        for table in self.tables.values():
            if table['table_id'] == table_id:
                return table['storage_location']
        raise Refusal(404, {'error_code': 'RESOURCE_NOT_FOUND', 'message': 'The table was not found.'})

    def create(self, wanted):
        name = f"{wanted['catalog_name']}.{wanted['schema_name']}.{wanted['name']}"
        self.check_schema(wanted['catalog_name'], wanted['schema_name'])
        if self.table(name) is not None:
            raise Refusal(409, {'error_code': 'RESOURCE_ALREADY_EXISTS', 'message': f'Table {name} already exists.'})
        for key in ('table_type', 'data_source_format', 'storage_location'):
            if not wanted.get(key):
                raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE', 'message': f'{key} is missing'})
        self.tables[name.lower()] = wanted | {'table_id': f'table-{next(self.numbers)}'}
        return self.tables[name.lower()]

    def check_schema(self, catalog, schema):
        if f'{catalog}.{schema}'.lower() not in self.schemas:
            raise Refusal(404, {'error_code': 'RESOURCE_NOT_FOUND', 'message': 'The schema was not found.'})

    def listed(self, query):
        self.check_schema(query['catalog_name'], query['schema_name'])
        prefix = f"{query['catalog_name']}.{query['schema_name']}.".lower()
        entries = [table for name, table in sorted(self.tables.items()) if name.startswith(prefix)]
        limit = min(int(query.get('max_results', PAGE_MAX)), self.page)
        begin = int(query.get('page_token', 'from-0').removeprefix('from-'))
        page = {'tables': entries[begin:begin + limit]}
        if begin + limit < len(entries):
            page['next_page_token'] = f'from-{begin + limit}'
        return page
