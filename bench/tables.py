"""Delta tables by hand, in any size and in bounded memory: what the parts of bench/run measure.

As a program (`tables.py log FOLDER ADDS COMMITS`, `tables.py shared FOLDER FILES OBJECTS COMMITS`, `tables.py
checkpoint FILES FOLDER…`) it makes one in a process of its own, so that bench/run stays small: a child's peak memory
counts from its parent's size.
"""
import json
import os
import sys
import time
import uuid
from pathlib import Path

COLUMNS = {'id': 'long', 'amount': 'double'}
SCHEMA = json.dumps({'type': 'struct', 'fields': [
    {'name': name, 'type': kind, 'nullable': True, 'metadata': {}} for name, kind in COLUMNS.items()]},
    separators=(',', ':'))
MODIFIED = 1_700_000_000_000
ROWS = 1_000  # of every data file, say its statistics
BATCH = 100_000  # files in memory at a time: one row group of a checkpoint


def commit_name(version):
    return f'{version:020d}.json'


def lines(actions):
    return ''.join(json.dumps(action, separators=(',', ':')) + '\n' for action in actions)


def head():
    """Protocol and metadata of a new table."""
    return [{'protocol': {'minReaderVersion': 1, 'minWriterVersion': 2}},
            {'metaData': {'id': str(uuid.uuid4()), 'format': {'provider': 'parquet', 'options': {}},
                          'schemaString': SCHEMA, 'partitionColumns': [], 'configuration': {},
                          'createdTime': MODIFIED}}]


def add_of(path, size):
    """Of a file that is written now, as writers say it: one that says an older time may be a file that the table held
    before, and costs a look at all of them."""
    return {'add': {'path': path, 'partitionValues': {}, 'size': size, 'modificationTime': time.time_ns() // 1_000_000,
                    'dataChange': True}}


def write_commit(table, version, files, file_bytes, actions=()):
    """A commit of new data files, which are noise of the right size."""
    log = table / '_delta_log'
    log.mkdir(parents=True, exist_ok=True)
    actions = list(actions)
    for file in range(files):
        name = f'part-{version:05d}-{file:05d}.parquet'
        (table / name).write_bytes(os.urandom(file_bytes))
        actions.append(add_of(name, file_bytes))
    (log / commit_name(version)).write_text(lines(actions))


def write_table(table, files, file_bytes):
    write_commit(table, 0, files, file_bytes, head())


def paths(count):
    """Names as Spark draws them: nothing that a table of common prefixes could make small."""
    digits = os.urandom(16 * count).hex()
    for i in range(0, 32 * count, 32):
        u = digits[i:i + 32]
        yield f'part-{i // 32:05d}-{u[:8]}-{u[8:12]}-{u[12:16]}-{u[16:20]}-{u[20:]}-c000.snappy.parquet'


def stats_of(number):
    low = number * ROWS
    return (f'{{"numRecords":{ROWS},"minValues":{{"id":{low},"amount":0.25}},'
            f'"maxValues":{{"id":{low + ROWS - 1},"amount":999.75}},"nullCount":{{"id":0,"amount":0}}}}')


def write_log(table, adds, commits):
    """So many adds of 330 to 350 bytes a line, spread evenly over the commits; no data files."""
    log = table / '_delta_log'
    log.mkdir(parents=True)
    for version in range(commits):
        first, last = adds * version // commits, adds * (version + 1) // commits
        with (log / commit_name(version)).open('w') as commit:
            commit.write(lines(head() if version == 0 else []))
            for number, path in zip(range(first, last), paths(last - first)):
                stats = stats_of(number).replace('"', '\\"')
                commit.write(f'{{"add":{{"path":"{path}","partitionValues":{{}},"size":{40_000 + number % 1_000},'
                             f'"modificationTime":{MODIFIED},"dataChange":true,"stats":"{stats}"}}}}\n')


def write_shared(table, files, objects, commits):
    """A table of so many live files that share a few data files of no bytes: each has a deletion vector of its own,
    which needs no object."""
    log = table / '_delta_log'
    log.mkdir(parents=True)
    for number in range(objects):
        (table / f'part-{number:05d}.parquet').touch()
    for version in range(commits):
        first, last = files * version // commits, files * (version + 1) // commits
        with (log / commit_name(version)).open('w') as commit:
            commit.write(lines(head() if version == 0 else []))
            for number in range(first, last):
                stats = stats_of(number).replace('"', '\\"')
                commit.write(f'{{"add":{{"path":"part-{number % objects:05d}.parquet","partitionValues":{{}},"size":0,'
                             f'"modificationTime":{MODIFIED},"dataChange":true,"stats":"{stats}","deletionVector":'
                             f'{json.dumps(vector_of(number))}}}}}\n')


def vector_of(number):
    """One that stands in the action itself: its text is all that tells it from others."""
    return {'storageType': 'i', 'pathOrInlineDv': f'wi5b=000010000siXQKl0rr91000f55c{number:016d}', 'sizeInBytes': 40,
            'cardinality': 6}


def give_another_vector(table, version, number):
    """A commit by which a file that is there already gets another deletion vector."""
    with (table / '_delta_log' / commit_name(0)).open() as commit:
        add = next(line['add'] for line in map(json.loads, commit) if 'add' in line)
    gone = {'path': add['path'], 'deletionTimestamp': MODIFIED, 'dataChange': True, 'size': add['size'],
            'deletionVector': add['deletionVector']}
    (table / '_delta_log' / commit_name(version)).write_text(
        lines([{'remove': gone}, {'add': add | {'deletionVector': vector_of(number)}}]))
    return add['path']


def checkpoint_schema():
    """The columns of a classic checkpoint of delta-spark 4.4, statistics both as text and as columns."""
    import pyarrow as pa
    text, long, integer = pa.string(), pa.int64(), pa.int32()
    options = pa.map_(text, text)
    vector = pa.struct([('storageType', text), ('pathOrInlineDv', text), ('offset', integer), ('sizeInBytes', integer),
                        ('cardinality', long), ('maxRowIndex', long)])
    values = pa.struct([('id', long), ('amount', pa.float64())])
    parsed = pa.struct([('numRecords', long), ('minValues', values), ('maxValues', values),
                        ('nullCount', pa.struct([('id', long), ('amount', long)]))])
    row_ids = [('baseRowId', long), ('defaultRowCommitVersion', long)]
    add = [('path', text), ('partitionValues', options), ('size', long), ('modificationTime', long),
           ('dataChange', pa.bool_()), ('tags', options), ('deletionVector', vector), *row_ids,
           ('clusteringProvider', text), ('stats', text), ('stats_parsed', parsed)]
    remove = [('path', text), ('deletionTimestamp', long), ('dataChange', pa.bool_()),
              ('extendedFileMetadata', pa.bool_()), ('partitionValues', options), ('size', long),
              ('deletionVector', vector), *row_ids]
    metadata = [('id', text), ('name', text), ('description', text),
                ('format', pa.struct([('provider', text), ('options', options)])), ('schemaString', text),
                ('partitionColumns', pa.list_(text)), ('configuration', options), ('createdTime', long)]
    protocol = [('minReaderVersion', integer), ('minWriterVersion', integer), ('readerFeatures', pa.list_(text)),
                ('writerFeatures', pa.list_(text))]
    domain = [('domain', text), ('configuration', text), ('removed', pa.bool_())]
    txn = [('appId', text), ('version', long), ('lastUpdated', long)]
    return pa.schema([(name, pa.struct(fields)) for name, fields in [
        ('txn', txn), ('add', add), ('remove', remove), ('metaData', metadata), ('protocol', protocol),
        ('domainMetadata', domain)]])


def add_rows(schema, first, count):
    """A batch of adds: file numbers first … first + count - 1."""
    import pyarrow as pa
    add = schema.field('add').type
    numbers = range(first, first + count)

    def constant(value, kind):
        return pa.repeat(pa.scalar(value, kind), count)

    low = pa.array([number * ROWS for number in numbers], pa.int64())
    high = pa.array([number * ROWS + ROWS - 1 for number in numbers], pa.int64())
    parsed = add.field('stats_parsed').type
    bounds = parsed.field('minValues').type
    zero = constant(0, pa.int64())
    columns = {
        'path': pa.array(paths(count), pa.string(), size=count),
        'partitionValues': pa.MapArray.from_arrays(pa.array([0] * (count + 1), pa.int32()), pa.array([], pa.string()),
                                                   pa.array([], pa.string())),
        'size': pa.array([40_000 + number % 1_000 for number in numbers], pa.int64()),
        'modificationTime': constant(MODIFIED, pa.int64()),
        'dataChange': constant(False, pa.bool_()),
        'stats': pa.array([stats_of(number) for number in numbers], pa.string()),
        'stats_parsed': pa.StructArray.from_arrays([
            constant(ROWS, pa.int64()),
            pa.StructArray.from_arrays([low, constant(0.25, pa.float64())], fields=list(bounds)),
            pa.StructArray.from_arrays([high, constant(999.75, pa.float64())], fields=list(bounds)),
            pa.StructArray.from_arrays([zero, zero], fields=list(parsed.field('nullCount').type))],
            fields=list(parsed))}
    filled = pa.StructArray.from_arrays([columns.get(field.name, pa.nulls(count, field.type)) for field in add],
                                        fields=list(add))
    return pa.Table.from_arrays([filled if field.name == 'add' else pa.nulls(count, field.type) for field in schema],
                                schema=schema)


def put_checkpoint(files, tables):
    """Puts a classic checkpoint at the newest version of each table: what its commits say, and so many files more,
    the same for all tables. The commits before it go, as log cleanup would have it: only the checkpoint tells of
    them. The tables so far may only have added files."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    schema = checkpoint_schema()
    writers = []
    for table in tables:
        log = table / '_delta_log'
        commits = sorted(log.glob('*.json'))
        told = {}  # the newest of each kind counts, and each file
        for commit in commits:
            for action in map(json.loads, commit.read_text().splitlines()):
                (kind, fields), = action.items()
                if kind in schema.names:
                    told[kind, fields.get('path') or fields.get('appId') or fields.get('domain')] = action
        newest = int(commits[-1].stem)
        writer = pq.ParquetWriter(log / f'{newest:020d}.checkpoint.parquet', schema, compression='snappy')
        writer.write_table(pa.Table.from_pylist([as_row(action) for action in told.values()], schema=schema))
        writers.append((writer, log, newest, len(told), commits[:-1]))
    for first in range(0, files, BATCH):
        batch = add_rows(schema, first, min(BATCH, files - first))
        for writer, *_ in writers:
            writer.write_table(batch)
    for writer, log, newest, actions, older in writers:
        writer.close()
        (log / '_last_checkpoint').write_text(json.dumps({'version': newest, 'size': actions + files}))
        for commit in older:
            commit.unlink()


def as_row(action):
    """An action as a checkpoint has it: maps as lists of pairs, nothing that changes data."""
    (kind, fields), = action.items()
    row = dict(fields)
    for key in ('partitionValues', 'configuration', 'tags'):
        if isinstance(row.get(key), dict):
            row[key] = list(row[key].items())
    if kind == 'metaData':
        row['format'] = row['format'] | {'options': list(row['format'].get('options', {}).items())}
    if kind == 'add':
        row['dataChange'] = False
    return {kind: row}


def main():
    what, *words = sys.argv[1:]
    if what == 'log':
        write_log(Path(words[0]), int(words[1]), int(words[2]))
    elif what == 'shared':
        write_shared(Path(words[0]), *map(int, words[1:]))
    else:
        put_checkpoint(int(words[0]), [Path(word) for word in words[1:]])


if __name__ == '__main__':
    main()
