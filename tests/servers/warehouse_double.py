"""A SQL warehouse of a Databricks workspace, of ours: the SQL Statement Execution API and the Warehouses API as their
public description has them, with states, chunks, rate limits and error bodies. It really makes a clone: delta-rs copies
the replica, as it is at the version that the statement names, into a managed table below a folder of its own."""
import itertools
import json
import re
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from pathlib import Path

from deltalake import DeltaTable, write_deltalake
from service_double import Refusal, ServiceDouble

API = '/api/2.0/sql'
QUOTED = r'`((?:[^`]|``)+)`'
CLONE = re.compile(rf'CREATE OR REPLACE TABLE {QUOTED}\.{QUOTED}\.{QUOTED} DEEP CLONE delta\.{QUOTED} '
                   r'VERSION AS OF (\d+)')
HISTORY = re.compile(rf'DESCRIBE HISTORY {QUOTED}\.{QUOTED}\.{QUOTED} LIMIT (\d+)')
OF_PLACE = re.compile(rf'DESCRIBE HISTORY delta\.{QUOTED} LIMIT (\d+)')
COLUMNS = ['version', 'timestamp', 'userId', 'userName', 'operation', 'operationParameters', 'readVersion']


class Failure(Exception):
    """Why a statement fails: as the service says it."""

    def __init__(self, message, code='BAD_REQUEST'):
        super().__init__(message)
        self.error = {'error_code': code, 'message': message}


def folder_of(uri):
    return Path(urllib.parse.unquote(urllib.parse.urlsplit(uri).path))


class Statement:
    def __init__(self, number, text):
        self.id, self.text, self.state, self.error = f'01f0-{number}', text, 'PENDING', None
        self.columns, self.rows = [], []
        self.cancelled = threading.Event()


class WarehouseDouble(ServiceDouble):
    """`folder`: where managed tables lie. `before(text)` runs before each statement, in its own thread: it may wait, or
    raise Failure. `statements` has every one, in its order; `chunk` is how many rows one answer holds."""

    def __init__(self, folder, token='dapi-of-the-tests', warehouse='0123456789abcdef'):
        super().__init__()
        self.folder, self.tokens, self.id, self.state = Path(folder), {token}, warehouse, 'STOPPED'
        self.before, self.statements, self.chunk = None, [], 2
        self.tables = {}  # by name: entries of its history, oldest first
        self.numbers = itertools.count(1)
        self.writing = threading.Lock()

    def managed(self, name):
        return self.folder / name

    def clones(self):
        """The statements that made one, or would have."""
        return [one for one in self.statements if CLONE.fullmatch(one.text)]

    def note(self, name, operation, **parameters):
        entries = self.tables.setdefault(name, [])
        entries.append({'version': len(entries), 'time': time.time(), 'operation': operation,
                        'parameters': parameters})

    def write_by_somebody(self, name, rows):
        write_deltalake(str(self.managed(name)), rows, mode='append')
        self.note(name, 'WRITE', mode='Append')

    def answer(self, method, path, query, headers, body):
        if headers.get('Authorization', '').removeprefix('Bearer ') not in self.tokens:
            raise Refusal(401, {'error_code': 'UNAUTHENTICATED', 'message': 'Credential was not sent or was expired.'})
        words = path.removeprefix(f'{API}/').split('/')
        if path.startswith(f'{API}/warehouses/') and method == 'GET':
            return self.warehouse(words[1])
        if path == f'{API}/statements' and method == 'POST':
            return self.begin(json.loads(body))
        if path.startswith(f'{API}/statements/'):
            statement = next((one for one in self.statements if one.id == words[1]), None)
            if statement is None:
                raise Refusal(404, {'error_code': 'NOT_FOUND', 'message': f'Statement {words[1]} does not exist.'})
            if words[2:] == ['cancel'] and method == 'POST':
                statement.cancelled.set()
                return {}
            if words[2:4] == ['result', 'chunks']:
                return self.chunk_of(statement, int(words[4]))
            return self.told(statement)
        raise Refusal(404, {'error_code': 'ENDPOINT_NOT_FOUND', 'message': f"No API found for '{method} {path}'"})

    def warehouse(self, warehouse):
        if warehouse != self.id:
            raise Refusal(404, {'error_code': 'RESOURCE_DOES_NOT_EXIST',
                                'message': f'SQL warehouse {warehouse} does not exist.'})
        return {'id': self.id, 'name': 'dr', 'state': self.state, 'cluster_size': 'Small'}

    def begin(self, question):
        if question['warehouse_id'] != self.id:
            raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE',
                                'message': f"{question['warehouse_id']} is not a valid endpoint id."})
        if question.get('wait_timeout') != '0s' and not 5 <= int(question['wait_timeout'][:-1]) <= 50:
            raise Refusal(400, {'error_code': 'INVALID_PARAMETER_VALUE', 'message': 'wait_timeout is out of range'})
        self.state = 'RUNNING'
        statement = Statement(next(self.numbers), question['statement'])
        self.statements.append(statement)
        answer = self.told(statement)
        threading.Thread(target=self.run, args=(statement,), daemon=True).start()
        return answer

    def run(self, statement):
        statement.state = 'RUNNING'
        try:
            if self.before:
                self.before(statement)
            if statement.cancelled.is_set():
                statement.state = 'CANCELED'
                return
            with self.writing:
                self.do(statement)
            statement.state = 'SUCCEEDED'
        except Failure as failure:
            statement.error, statement.state = failure.error, 'FAILED'
        except Exception as failure:  # what the service would say of itself
            statement.error = {'error_code': 'INTERNAL_ERROR', 'message': str(failure)}
            statement.state = 'FAILED'

    def do(self, statement):
        if statement.text == 'SELECT 1':
            statement.columns, statement.rows = ['1'], [['1']]
        elif found := CLONE.fullmatch(statement.text):
            *name, place, version = found.groups()
            self.clone(self.name_of(name), place.replace('``', '`'), int(version))
        elif found := HISTORY.fullmatch(statement.text):
            *name, limit = found.groups()
            statement.columns, statement.rows = COLUMNS, self.history(self.name_of(name), int(limit))
        elif found := OF_PLACE.fullmatch(statement.text):
            place = found.group(1).replace('``', '`')
            if not DeltaTable.is_deltatable(str(folder_of(place))):
                raise Failure(f"[DELTA_TABLE_NOT_FOUND] Delta table `{place}` doesn't exist.")
            statement.columns = COLUMNS
        else:
            raise Failure(f'[PARSE_SYNTAX_ERROR] Syntax error at or near {statement.text[:40]!r}.')

    @staticmethod
    def name_of(parts):
        return '.'.join(part.replace('``', '`') for part in parts).lower()

    def clone(self, name, place, version):
        rows = DeltaTable(str(folder_of(place)), version=version).to_pyarrow_table()
        write_deltalake(str(self.managed(name)), rows, mode='overwrite', schema_mode='overwrite')
        self.note(name, 'CLONE', source=f'delta.`{place}`', sourceVersion=str(version), isShallow='false')

    def history(self, name, limit):
        if name not in self.tables:
            raise Failure(f'[TABLE_OR_VIEW_NOT_FOUND] The table or view `{name}` cannot be found. SQLSTATE: 42P01')
        return [[str(entry['version']), datetime.fromtimestamp(entry['time'], timezone.utc).isoformat(
                    timespec='milliseconds').replace('+00:00', 'Z'), '17', 'somebody@example.org', entry['operation'],
                 json.dumps(entry['parameters']), None] for entry in reversed(self.tables[name])][:limit]

    def told(self, statement):
        answer = {'statement_id': statement.id, 'status': {'state': statement.state}}
        if statement.state == 'FAILED':
            answer['status']['error'] = statement.error
        if statement.state != 'SUCCEEDED':
            return answer
        chunks = max(1, -(-len(statement.rows) // self.chunk))
        answer['manifest'] = {
            'format': 'JSON_ARRAY', 'schema': {'column_count': len(statement.columns), 'columns': [
                {'name': name, 'position': i, 'type_text': 'STRING'} for i, name in enumerate(statement.columns)]},
            'total_chunk_count': chunks, 'total_row_count': len(statement.rows), 'truncated': False}
        return answer | {'result': self.chunk_of(statement, 0)}

    def chunk_of(self, statement, index):
        begin = index * self.chunk
        rows = statement.rows[begin:begin + self.chunk]
        found = {'chunk_index': index, 'row_offset': begin, 'row_count': len(rows), 'data_array': rows}
        if begin + self.chunk < len(statement.rows):
            found |= {'next_chunk_index': index + 1,
                      'next_chunk_internal_link': f'{API}/statements/{statement.id}/result/chunks/{index + 1}'}
        return found
