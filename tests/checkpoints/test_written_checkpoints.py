"""Checkpoints that we write: by Spark's and delta-rs' own reading they hold the state that they were written from, and
the tables behind them have the same rows; their columns are those of Spark's own."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from delta_tables import DeltaRs, Spark, assert_same_rows
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'fixtures'))
from make_tables import Fixtures, expected_lines  # noqa: E402

BUILD = Path(os.environ.get('LAKEFERRY_BUILD', ROOT / 'build' / 'release'))
WRITE_CHECKPOINT = BUILD / 'tests' / 'checkpoints' / 'write_checkpoint'
# What Spark adds for its own use, and a field of deletion vectors that no reader uses.
ONLY_SPARKS = ('add.stats_parsed', 'add.partitionValues_parsed', 'add.deletionVector.maxRowIndex',
               'remove.deletionVector.maxRowIndex')
TABLES = ('spark_partitions', 'spark_features', 'spark_struct_stats', 'spark_no_stats', 'deltars')

# One worker makes each table, and once.
pytestmark = pytest.mark.xdist_group('written checkpoints')


class Rewritten:
    """A table made by an engine, checkpointed by Spark or delta-rs, and its copy that begins at our checkpoint."""

    def __init__(self, session, folder, name):
        fixtures = Fixtures(session, folder, folder / 'checkpoints')
        fixtures.checkpoints.mkdir(parents=True)
        getattr(fixtures, name)()
        self.table, self.copy = folder / name, folder / f'{name}_ours'
        (self.engines_file,) = (self.table / '_delta_log').glob('*.checkpoint.parquet')
        self.state = expected_lines(session, self.engines_file)
        self.file = self.copy / '_delta_log' / self.engines_file.name
        self.copy_behind_checkpoint()
        self.summary = write_checkpoint(self.file, self.state)
        self.hint = self.copy / '_delta_log' / '_last_checkpoint'
        self.hint.write_text(json.dumps({'version': int(self.file.name[:20]), **self.summary}))

    def copy_behind_checkpoint(self):
        """The table without what tells its history: the data and the newest commit are all there is."""
        shutil.copytree(self.table, self.copy, copy_function=os.link)
        for file in (self.copy / '_delta_log').iterdir():
            if file.name != self.engines_file.name[:20] + '.json':
                file.unlink() if file.is_file() else shutil.rmtree(file)


def write_checkpoint(file, state):
    """Our writer, given actions as JSON texts; what it says for _last_checkpoint."""
    lines = []
    for text in state:
        ((kind, fields),) = json.loads(text).items()
        if kind in ('add', 'remove'):
            fields['dataChange'] = True  # a checkpoint must say false all the same
        lines.append(json.dumps({kind: fields}) + '\n')
    done = subprocess.run([WRITE_CHECKPOINT, file], input=''.join(lines), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_removes_extras(text):
    """A checkpoint's remove has neither stats nor tags, though delta-rs keeps them."""
    ((kind, fields),) = json.loads(text).items()
    if kind == 'remove':
        fields.pop('stats', None), fields.pop('tags', None)
    return json.dumps({kind: fields}, sort_keys=True)


@pytest.fixture(scope='module', params=TABLES)
def rewritten(request, spark, tmp_path_factory):
    return Rewritten(spark, tmp_path_factory.mktemp('rewritten'), request.param)


def test_spark_reads_the_same_actions(rewritten, spark):
    ours = expected_lines(spark, rewritten.file)
    assert sorted(map(without_removes_extras, ours)) == sorted(map(without_removes_extras, rewritten.state))
    assert rewritten.summary['size'] == len(ours)
    assert rewritten.summary['numOfAddFiles'] == sum(line.startswith('{"add"') for line in ours)
    assert rewritten.summary['sizeInBytes'] == rewritten.file.stat().st_size


def test_every_add_and_remove_changes_no_data(rewritten):
    rows = pyarrow.parquet.read_table(rewritten.file)
    for kind in ('add', 'remove'):
        changes = [action['dataChange'] for action in rows[kind].to_pylist() if action]
        assert not any(changes) and None not in changes


def test_spark_reads_the_same_table(rewritten, spark):
    source, ours = Spark(spark, rewritten.table), Spark(spark, rewritten.copy)
    assert_same_rows(source, ours)
    assert source.rows(), 'a table without rows shows nothing'
    for part in ('schema', 'partitioning', 'properties'):
        assert getattr(source, part)() == getattr(ours, part)(), part
    assert source.protocol == ours.protocol


def test_delta_rs_reads_the_same_table(rewritten):
    source, ours = DeltaRs(rewritten.table), DeltaRs(rewritten.copy)
    assert_same_rows(source, ours)
    assert source.schema() == ours.schema()
    assert source.properties() == ours.properties()


def leaves(schema):
    """Dotted name to (type, may be null) of every field of a Parquet file, at every level."""
    found = {}

    def visit(field, name):
        if name in ONLY_SPARKS:
            return
        found[name] = (str(field.type) if not field.type.num_fields else field.type.id, field.nullable)
        if pyarrow.types.is_map(field.type):
            inner = [field.type.key_field, field.type.item_field]
        elif pyarrow.types.is_list(field.type):
            inner = [field.type.value_field]
        else:
            inner = [field.type.field(number) for number in range(field.type.num_fields)]
        for part in inner:
            visit(part, f'{name}.{part.name}')

    for field in schema:
        visit(field, field.name)
    return found


def annotations(schema):
    columns = [schema.column(number) for number in range(len(schema))]
    return {column.path: str(column.logical_type) for column in columns if not column.path.startswith(ONLY_SPARKS)}


def test_columns_are_those_of_spark(spark, tmp_path):
    rewritten = Rewritten(spark, tmp_path, 'spark_features')
    sparks, ours = (pyarrow.parquet.ParquetFile(file) for file in (rewritten.engines_file, rewritten.file))
    assert leaves(ours.schema_arrow) == leaves(sparks.schema_arrow)
    assert list(leaves(ours.schema_arrow)) == list(leaves(sparks.schema_arrow)), 'and in its order'
    # The annotations and the names between, such as key_value and list, which Arrow's own types do not show.
    assert annotations(ours.schema) == annotations(sparks.schema)


def test_engines_go_on_behind_our_checkpoint(spark, tmp_path):
    """Spark and delta-rs write commits and checkpoints of their own upon it."""
    rewritten = Rewritten(spark, tmp_path, 'spark_partitions')
    spark.sql(f"INSERT INTO delta.`{rewritten.copy}` VALUES (100, 'new', true)")
    spark.sql(f"DELETE FROM delta.`{rewritten.copy}` WHERE p = 'x=y'")
    log = spark._jvm.org.apache.spark.sql.delta.DeltaLog
    log.forTable(spark._jsparkSession, str(rewritten.copy)).checkpoint()
    DeltaTable(str(rewritten.copy)).delete("p = 'plain'")
    before, after = DeltaRs(rewritten.table).rows(), DeltaRs(rewritten.copy).rows()
    assert len(before - after) == 2 and len(after - before) == 1
    assert Spark(spark, rewritten.copy).rows() == after
