"""What lakeferry reads of a log is what Spark or delta-rs reads of it, with the same files and properties; what neither
reads is refused by name. Each table here has one field that is not as the protocol says.

Spark's verdict on the text comes from its JSON reader with Delta's own schema, all lines in one job, which is how it
loads a log; where that gives nulls for what it needs, whole tables are read."""
import json
from concurrent.futures import ThreadPoolExecutor

import pyarrow
import pyarrow.parquet
import pytest
from deltalake import DeltaTable
from lakeferry import BINARY, Regions, Run, call
from mutations import Mutation, commits, lines, mutations

pytestmark = pytest.mark.xdist_group('readers')

# Without these Spark may not be able to go on from what its reader gave.
NEEDED = {
    'protocol': ['minReaderVersion', 'minWriterVersion', 'writerFeatures'],
    # Not the schema: without one Spark has a snapshot, and says of rows that there are no columns.
    'metaData': ['id', 'format', 'partitionColumns', 'configuration'],
    'add': ['path', 'partitionValues', 'size', 'modificationTime', 'dataChange', 'deletionVector'],
    'remove': ['path', 'dataChange', 'deletionVector'],
    'txn': ['appId', 'version'],
    'domainMetadata': ['domain', 'configuration', 'removed'],
}
# delta-rs does not look at these: that it reads a table says nothing about them.
UNSEEN_BY_DELTA_RS = ('domainMetadata',)
# To Spark such a remove is one of another file, so that its own stays live; to a replica that is damage.
REFUSED_ALL_THE_SAME = ['object in remove.deletionVector', 'object of one in remove.deletionVector']
# Read by the tables' tests below as well, in both modes.
CARRIED = [
    'number for a text in add.partitionValues', 'true for a text in add.partitionValues',
    'object for a text in add.partitionValues', 'long fraction for a text in add.partitionValues',
    'exponent for a text in add.tags', 'list for a text in add.tags', 'true for a text in metaData.configuration',
    'number for a text in metaData.configuration', 'null for a text in metaData.configuration',
    'absent in add.partitionValues', 'null in add.partitionValues', 'absent in add.dataChange',
    'null in add.modificationTime', 'object of one in add.stats', 'object in add.unknown', 'list in metaData.name',
    'number as text in metaData.createdTime', 'fraction in add.modificationTime', 'absent in remove.dataChange',
    'absent in txn.version', 'absent in domainMetadata.removed', 'list in cdc.size', 'list in commitInfo.job',
    'list in commitInfo.operationParameters', 'absent in metaData.schemaString',
    'absent for provider in metaData.format',
    'a byte-order mark before commit 0', 'a byte-order mark before commit 1',
]


class Table:
    def __init__(self, mutation, path):
        self.name, self.action, self.field, self.texts = mutation.name, mutation.action, mutation.field, mutation.texts
        self.path = path

    def write(self, parquet):
        (self.path / '_delta_log').mkdir(parents=True)
        for name in 'abc':
            (self.path / f'{name}.parquet').hardlink_to(parquet)
        (self.path / '_change_data').mkdir()
        (self.path / '_change_data' / 'c.parquet').write_bytes(b'12345')
        for version, text in enumerate(self.texts):
            (self.path / '_delta_log' / f'{version:020d}.json').write_text(text)

    @property
    def nulls_what_spark_needs(self):
        """A null there, a structure that holds nothing, or a path that is none."""
        kind = self.name.split(' in ')[0]
        empty = self.field in ('deletionVector', 'format') and kind in ('object', 'object of one')
        no_path = self.field == 'path' and kind.startswith(('list', 'object'))
        return ('null' in kind or empty or no_path) and self.field in NEEDED.get(self.action, [])


@pytest.fixture(scope='module')
def parquet(tmp_path_factory):
    path = tmp_path_factory.mktemp('readers') / 'rows.parquet'
    pyarrow.parquet.write_table(pyarrow.table({'k': pyarrow.array([1, 2, 3], pyarrow.int64())}), path)
    return path


@pytest.fixture(scope='module')
def tables(parquet):
    found = [Table(mutation, parquet.parent / 'tables' / f'{number:04d}')
             for number, mutation in enumerate(mutations(parquet.stat().st_size))]
    assert len(found) > 500
    for table in found:
        table.write(parquet)
    return found


def logged(path):
    return call([BINARY, 'log', path, '--files', '--json'])


def files_of(document):
    return {file['path']: (file['size'], file['partition_values']) for file in document['files']}


class SparkLines:
    """The lines of all tables as Spark's reader gives them: None for a table of which it refuses one."""

    def __init__(self, spark, tables, folder):
        from pyspark.sql import functions, types
        folder.mkdir()
        for number, table in enumerate(tables):
            for version, text in enumerate(table.texts):
                (folder / f'{number:04d}-{version}.json').write_text(text)
        actions = spark._jvm.org.apache.spark.sql.delta.actions.Action.logSchema()
        schema = types.StructType.fromJson(json.loads(actions.json())).add('_corrupt_record', 'string')
        lines = spark.read.schema(schema).option('mode', 'PERMISSIVE').json(str(folder)).withColumn(
            'file', functions.input_file_name()).collect()
        self.of_table = [[] for _ in tables]
        self.refused = set()
        for line in sorted(lines, key=lambda line: line['file']):
            number = int(line['file'].rpartition('/')[2][:4])
            self.of_table[number].append(line.asDict(recursive=True))
            if line['_corrupt_record'] is not None:
                self.refused.add(number)

    def reads(self, number):
        return number not in self.refused

    def files(self, number):
        live = {}
        for line in self.of_table[number]:
            add, remove = line['add'] or {}, line['remove'] or {}
            if remove.get('path'):
                live.pop(remove['path'], None)
            if add.get('path'):
                live[add['path']] = (add['size'] or 0, add['partitionValues'] or {})
        return live

    def properties(self, number):
        (metadata,) = [line['metaData'] for line in self.of_table[number] if line['metaData']]
        return {key: value for key, value in metadata['configuration'].items() if value is not None}


def spark_reads_rows(spark, path):
    try:
        spark.read.format('delta').load(str(path)).collect()
    except Exception:  # of whatever kind: what counts is that there are no rows
        return False
    return True


def delta_rs_files(path):
    """The files that delta-rs sees; None where it cannot read the table or its transactions."""
    try:
        table = DeltaTable(str(path))
        table.transaction_version('app')
        adds = pyarrow.table(table.get_add_actions()).to_pylist()
    except Exception:  # as above
        return None
    return {add['path']: (add['size_bytes'], add.get('partition') or {}) for add in adds}


def problem_of(table, done, spark, number, delta_rs):
    """What is wrong with lakeferry's answer; None for nothing."""
    by_delta_rs = delta_rs is not None and table.action not in UNSEEN_BY_DELTA_RS
    if table.name in REFUSED_ALL_THE_SAME or not (spark.reads(number) or by_delta_rs):
        if done.code == 0:
            return None if done.document['unsupported'] else 'neither engine reads it, and it is read'
        words = done.stderr
        named = f"'{table.field}'" in words or f"'{table.action}'" in words
        return None if named and 'line ' in words else f'the error does not name the field: {words}'
    if done.code != 0:
        return f'an engine reads it (Spark: {spark.reads(number)}), and it is refused: {done.stderr}'
    found = files_of(done.document)
    expected = spark.files(number) if spark.reads(number) else delta_rs
    if found != expected:
        return f'files {found}, expected {expected}'
    if spark.reads(number) and done.document['properties'] != spark.properties(number):
        return f'properties {done.document["properties"]}, expected {spark.properties(number)}'
    return None


def test_logs_are_read_as_spark_or_delta_rs_reads_them(spark, tables, tmp_path):
    lines = SparkLines(spark, tables, tmp_path / 'lines')
    spark.sparkContext.setLogLevel('OFF')
    asked = [number for number, table in enumerate(tables) if table.nulls_what_spark_needs and lines.reads(number)]
    assert len(asked) > 20
    lines.refused |= {number for number in asked if not spark_reads_rows(spark, tables[number].path)}
    for number, table in enumerate(tables):  # what is absent is to Spark what is null
        if table.name.startswith('absent') and number + 1 in lines.refused:
            lines.refused.add(number)
    with ThreadPoolExecutor(2) as pool:
        logs = list(pool.map(lambda table: logged(table.path), tables))
    problems = {}
    for number, (table, done) in enumerate(zip(tables, logs, strict=True)):
        if problem := problem_of(table, done, lines, number, delta_rs_files(table.path)):
            problems[table.name] = problem
    report = '\n'.join(f'{name}: {problem}' for name, problem in problems.items())
    assert not problems, f'{len(problems)} of {len(tables)}:\n{report}'


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_what_an_engine_reads_is_replicated(mode, parquet, tmp_path):
    chosen = [mutation for mutation in mutations(parquet.stat().st_size) if mutation.name in CARRIED]
    assert sorted(mutation.name for mutation in chosen) == sorted(CARRIED)
    names = [f't{number}' for number in range(len(chosen))]
    regions = Regions(tmp_path, names, mode=mode)
    with Run(regions, 'run-1'):
        tables = [Table(mutation, regions.source(name)) for name, mutation in zip(names, chosen, strict=True)]
        for table in tables:
            table.write(parquet)
    regions.sync()
    for name, table in zip(names, tables, strict=True):
        source, target = logged(table.path).document, logged(regions.target(name)).document
        assert files_of(target) == files_of(source), table.name
        assert target['schema_string'] == source['schema_string'], table.name
        assert target['properties'].items() >= source['properties'].items(), table.name
        if mode == 'mirror':
            for commit in (table.path / '_delta_log').glob('*.json'):
                mirrored = regions.target(name) / '_delta_log' / commit.name
                assert mirrored.read_bytes() == commit.read_bytes(), table.name
        elif source['schema_string']:
            # A clone is written as the protocol asks, so that every engine reads it.
            rows = DeltaTable(str(regions.target(name))).to_pyarrow_table().to_pylist()
            assert sorted(row['k'] for row in rows) == [1, 1, 2, 2, 3, 3], table.name


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_a_long_line_and_a_first_metadata_without_schema_are_replicated(mode, parquet, tmp_path):
    first, second = lines(commits(parquet.stat().st_size, partitioned=False))
    commit_info, protocol, metadata, *adds = first.splitlines()
    without_schema = json.loads(metadata)
    del without_schema['metaData']['schemaString']
    predicate = 'k IN (' + ','.join(str(10**9 + number) for number in range(1_700_000)) + ')'
    long_info = {'commitInfo': {'timestamp': 2, 'operation': 'DELETE', 'operationParameters': {'predicate': predicate}}}
    # delta-rs looks no further back than to the newest protocol and metaData.
    commits_of = [[commit_info, protocol, json.dumps(without_schema)], [commit_info, protocol, metadata, *adds],
                  [json.dumps(long_info), *second.splitlines()[1:]]]
    texts = ['\n'.join(commit) for commit in commits_of]
    regions = Regions(tmp_path, ['t'], mode=mode)
    with Run(regions, 'run-1'):
        Table(Mutation('long', texts, 'commitInfo', 'operationParameters'), regions.source('t')).write(parquet)
    regions.sync()
    source, replica = (DeltaTable(str(path)) for path in (regions.source('t'), regions.target('t')))
    assert replica.schema() == source.schema() and len(source.schema().fields) == 1
    assert sorted(replica.to_pyarrow_table().column('k').to_pylist()) == [1, 1, 2, 2, 3, 3]
