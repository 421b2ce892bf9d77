"""Delta tables by engines that are not ours: written and read with delta-rs, and with Spark where delta-rs cannot.

Two tables are equal when their rows are, as multisets, and their schema, partitioning and properties.
"""
import json
from collections import Counter
from functools import cached_property

import pyarrow
from deltalake import CommitProperties, DeltaTable, QueryBuilder, write_deltalake

# Properties a replica has values of its own for (clone mode); everything else carries over.
OWN_PROPERTIES = ('delta.inCommitTimestampEnablementVersion', 'delta.inCommitTimestampEnablementTimestamp',
                  'delta.rowTracking.materialized')


def orders(first, count, region='west'):
    """Rows of the story: ids from `first`, a region to partition by, an amount."""
    ids = list(range(first, first + count))
    return pyarrow.table({'id': pyarrow.array(ids, pyarrow.int64()), 'region': [region] * count,
                          'amount': pyarrow.array([(number * 37) % 1000 / 4 for number in ids], pyarrow.float64())})


def write(path, rows, mode='append', run_id=None, **options):
    """One commit by delta-rs; `run_id` goes where writers put the run's id, commitInfo.userMetadata."""
    properties = CommitProperties(custom_metadata={'userMetadata': run_id}) if run_id else None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_deltalake(str(path), rows, mode=mode, commit_properties=properties, **options)
    return version(path)


def version(path):
    return DeltaTable(str(path)).version()


def has_log(path):
    return any((path / '_delta_log').glob('*.json'))


def multiset(rows):
    """Rows (dictionaries) as a multiset, whatever they hold."""
    return Counter(json.dumps(row, sort_keys=True, default=repr) for row in rows)


class DeltaRs:
    """How delta-rs sees a table."""

    def __init__(self, path, at=None):
        self.table = DeltaTable(str(path), version=at)

    def rows(self):
        # A query, because the plain export knows neither deletion vectors nor column mapping.
        found = QueryBuilder().register('t', self.table).execute('SELECT * FROM t')
        return multiset(pyarrow.table(found).to_pylist())

    def schema(self):
        return json.loads(self.table.schema().to_json())

    def partitioning(self):
        return list(self.table.metadata().partition_columns)

    def properties(self):
        return dict(self.table.metadata().configuration)


class Spark:
    """How Spark sees a table."""

    def __init__(self, session, path, at=None):
        self.session, self.path, self.at = session, path, at

    @cached_property
    def frame(self):
        reader = self.session.read.format('delta')
        return (reader if self.at is None else reader.option('versionAsOf', self.at)).load(str(self.path))

    def rows(self):
        return multiset(row.asDict(recursive=True) for row in self.frame.collect())

    def schema(self):
        return json.loads(self.metadata['schemaString'])

    @cached_property
    def snapshot(self):
        delta = self.session._jvm.org.apache.spark.sql.delta
        log = delta.DeltaLog.forTable(self.session._jsparkSession, str(self.path))
        if self.at is None:
            return log.update(False, *[getattr(log, f'update$default${number}')() for number in (2, 3)])
        return log.getSnapshotAt(self.at, *[getattr(log, f'getSnapshotAt$default${number}')() for number in (2, 3, 4)])

    @cached_property
    def metadata(self):
        """The metaData action as Spark holds it."""
        return json.loads(self.snapshot.metadata().json())['metaData']

    @cached_property
    def protocol(self):
        return json.loads(self.snapshot.protocol().json())['protocol']

    def partitioning(self):
        return list(self.metadata['partitionColumns'])

    def properties(self):
        return dict(self.metadata['configuration'])


def carried_over(properties):
    return {key: value for key, value in properties.items() if not key.startswith(OWN_PROPERTIES)}


def assert_equal(source, target):
    """Both are readers (DeltaRs or Spark) of one kind."""
    assert source.schema() == target.schema()
    assert source.partitioning() == target.partitioning()
    assert carried_over(source.properties()) == carried_over(target.properties())
    assert_same_rows(source, target)


def assert_same_rows(source, target):
    ours, theirs = target.rows(), source.rows()
    missing, too_many = list((theirs - ours).items())[:5], list((ours - theirs).items())[:5]
    assert ours == theirs, f"missing: {missing}, too many: {too_many}"


def assert_tables_equal(source, source_version, target, target_version=None, spark=None):
    """The replica (at `target_version`, newest by default) equals the source at `source_version`, for delta-rs, or
    for Spark where a session is given."""
    if spark is None:
        assert_equal(DeltaRs(source, source_version), DeltaRs(target, target_version))
    else:
        assert_equal(Spark(spark, source, source_version), Spark(spark, target, target_version))


def rows_of(path, at=None):
    return DeltaRs(path, at).rows()


def assert_same_commits(source, target, versions):
    """Mirror mode: the replica's commits are the source's, byte for byte, and as old."""
    for number in versions:
        name = f'_delta_log/{number:020d}.json'
        assert (target / name).read_bytes() == (source / name).read_bytes(), name
        assert listed_ms(target / name) == listed_ms(source / name), name


def listed_ms(file):
    """The modification time as a store lists it: whole milliseconds."""
    return file.stat().st_mtime_ns // 1_000_000


def files_below(folder):
    """Relative path to bytes of every file below a folder: what 'untouched' is compared by."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob('*'))
            if path.is_file()}
