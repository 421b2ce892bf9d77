"""Tables of two commits, of which one field of one action is another thing than the protocol says."""
import copy
import json

SCHEMA = json.dumps({'type': 'struct', 'fields': [
    {'name': name, 'type': kind, 'nullable': True, 'metadata': {}} for name, kind in [('k', 'long'), ('p', 'string')]]})
ABSENT = object()
VECTOR = {'storageType': 'i', 'pathOrInlineDv': 'wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L', 'sizeInBytes': 40,
          'cardinality': 6}
# What a field may hold instead, as it is written.
VALUES = {'absent': ABSENT, 'null': 'null', 'number': '7', 'fraction': '7.5', 'exponent': '1e3', 'text': '"x"',
          'number as text': '"7"', 'true': 'true', 'flag as text': '"true"', 'list': '[]', 'list of one': '[1]',
          'object': '{}', 'object of one': '{ "a": 1.0 }'}
# And a value in a map.
IN_MAPS = {'null': 'null', 'number': '7', 'fraction': '1.0', 'exponent': '1.50E+2', 'minus': '-0', 'true': 'true',
           'huge': '123456789012345678901234567890', 'long fraction': '0.12345678901234567890123', 'list': '[1, "a"]',
           'object': '{ "a": 1.0, "b" : "x\\u0041\\"" }'}
IN_LISTS = {'null': '[null]', 'number': '[1]', 'null last': '["p",null]'}


class Raw(str):
    """JSON that is to stand as it is."""


def text_of(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return '{' + ','.join(f'{json.dumps(key)}:{text_of(each)}' for key, each in value.items()) + '}'
    return json.dumps(value)


def commits(size, partitioned=True):
    """Two commits, each a list of actions; three files, of which the second is removed. `size`: of each."""
    def add(path):
        return {'add': {'path': path, 'partitionValues': {'p': 'x'} if partitioned else {}, 'size': size,
                        'modificationTime': 5, 'dataChange': True, 'stats': '{"numRecords":3}', 'tags': {'t': 'v'}}}

    schema = SCHEMA if partitioned else SCHEMA.replace(SCHEMA[SCHEMA.index(', {"name": "p"'):-2], '')
    return [[
        {'commitInfo': {'timestamp': 1, 'operation': 'WRITE', 'engineInfo': 'e', 'operationParameters': {'mode': 'A'}}},
        {'protocol': {'minReaderVersion': 1, 'minWriterVersion': 7,
                      'writerFeatures': ['domainMetadata', 'appendOnly']}},
        {'metaData': {'id': '11111111-1111-1111-1111-111111111111', 'name': 'n', 'description': 'd',
                      'format': {'provider': 'parquet', 'options': {}}, 'schemaString': schema,
                      'partitionColumns': ['p'] if partitioned else [], 'createdTime': 3, 'configuration': {'k': 'v'}}},
        add('a.parquet'), add('b.parquet'),
    ], [
        {'commitInfo': {'timestamp': 2, 'operation': 'WRITE'}},
        {'remove': {'path': 'b.parquet', 'deletionTimestamp': 1999999999999, 'dataChange': True,
                    'extendedFileMetadata': True, 'partitionValues': {'p': 'x'} if partitioned else {}, 'size': size,
                    'stats': '{"numRecords":3}', 'tags': {'t': 'v'}}},
        add('c.parquet'),
        {'txn': {'appId': 'app', 'version': 4, 'lastUpdated': 5}},
        {'domainMetadata': {'domain': 'my.domain', 'configuration': '{}', 'removed': False}},
        {'cdc': {'path': '_change_data/c.parquet', 'partitionValues': {'p': 'x'}, 'size': 5, 'dataChange': False,
                 'tags': {'t': 'v'}}},
    ]]


# Where the actions stand, and fields that they do not have above.
PLACES = {'commitInfo': (0, 0), 'protocol': (0, 1), 'metaData': (0, 2), 'add': (0, 3), 'remove': (1, 1), 'txn': (1, 3),
          'domainMetadata': (1, 4), 'cdc': (1, 5)}
MORE = {'add': ['deletionVector', 'baseRowId', 'defaultRowCommitVersion', 'clusteringProvider', 'unknown'],
        'remove': ['deletionVector', 'baseRowId', 'unknown'], 'protocol': ['readerFeatures', 'unknown'],
        'metaData': ['unknown'], 'commitInfo': ['inCommitTimestamp', 'txnId', 'userMetadata', 'job']}


class Mutation:
    def __init__(self, name, texts, action, field):
        self.name, self.texts, self.action, self.field = name, texts, action, field


def lines(table):
    return [''.join(text_of(action) + '\n' for action in commit) for commit in table]


def mutations(size):
    """All of them: each field of each action with each value, values in maps and lists, and a byte-order mark."""
    def put(name, action, field, change, partitioned=True):
        table = copy.deepcopy(commits(size, partitioned))
        commit, place = PLACES[action]
        change(table[commit][place][action])
        return Mutation(f'{name} in {action}.{field}', lines(table), action, field)

    def setter(field, value):
        def change(fields):
            fields.pop(field, None)
            if value is not ABSENT:
                fields[field] = Raw(value)
        return change

    for action, (commit, place) in PLACES.items():
        for field in [*commits(size)[commit][place][action], *MORE.get(action, [])]:
            values = VALUES if field != 'unknown' else {'object': VALUES['object of one']}
            for name, value in values.items():
                # Without a partition column nobody misses a value of it, and nobody the column.
                plain = (action, field) in [('add', 'partitionValues'), ('metaData', 'schemaString')] and (
                    name in ('absent', 'null'))
                yield put(name, action, field, setter(field, value), partitioned=not plain)
    for action, field, key in [('add', 'partitionValues', 'p'), ('add', 'tags', 't'),
                               ('metaData', 'configuration', 'k'), ('remove', 'partitionValues', 'p'),
                               ('remove', 'tags', 't'), ('cdc', 'tags', 't')]:
        for name, value in IN_MAPS.items():
            yield put(f'{name} for a text', action, field, setter(field, text_of({key: Raw(value)})))
    for action, field in [('metaData', 'partitionColumns'), ('protocol', 'writerFeatures')]:
        for name, value in IN_LISTS.items():
            yield put(f'list with {name}', action, field, setter(field, value))
    for field in ('provider', 'options'):
        for name, value in VALUES.items():
            parts = {'provider': 'parquet', 'options': {}} | ({} if value is ABSENT else {field: Raw(value)})
            if value is ABSENT:
                parts.pop(field)
            yield put(f'{name} for {field}', 'metaData', 'format', setter('format', text_of(parts)))
    for field in [*VECTOR, 'offset']:
        for name, value in VALUES.items():
            vector = {key: each for key, each in VECTOR.items() if key != field}
            vector |= {} if value is ABSENT else {field: Raw(value)}
            mutation = put(f'{name} for {field}', 'add', 'deletionVector', setter('deletionVector', text_of(vector)))
            mutation.texts[0] = mutation.texts[0].replace(
                '"minReaderVersion":1', '"readerFeatures":["deletionVectors"],"minReaderVersion":3').replace(
                '["domainMetadata", "appendOnly"]', '["domainMetadata","deletionVectors"]')
            yield mutation
    plain = lines(commits(size))
    for number in (0, 1):
        marked = [('\ufeff' if commit == number else '') + text for commit, text in enumerate(plain)]
        yield Mutation(f'a byte-order mark before commit {number}', marked, 'log', 'log')
