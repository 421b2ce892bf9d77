"""What a scenario works with: one table in two regions, the real binary between them, and two engines that judge.

A scenario writes to `lab.source` inside `with lab.run():`, ships, and says what it expects of `lab.target`. After every
`lab.ship()` the replica is read by Spark and by delta-rs and compared with the source at the cut.
"""
import json

import delta_tables
import pytest
from delta_tables import DeltaRs, Spark, files_below
from lakeferry import FAILED, REFUSED, Regions, Run

TABLE = 'table'
GROUP = 'scenario'

clone_only = pytest.mark.parametrize('lab', ['clone'], indirect=True)
mirror_only = pytest.mark.parametrize('lab', ['mirror'], indirect=True)
bare_clone_only = pytest.mark.parametrize('bare', ['clone'], indirect=True)
bare_mirror_only = pytest.mark.parametrize('bare', ['mirror'], indirect=True)

# What a clone does not take over, and why: libsync/delta/table_features.h.
NOT_CLONED = ('delta.enableChangeDataFeed', 'delta.requireCheckpointProtectionBeforeVersion')


class Lab:
    def __init__(self, session, folder, mode):
        self.spark, self.folder, self.mode = session, folder, mode
        self.regions = Regions(folder, [TABLE], mode=mode, group=GROUP)
        self.source, self.target = self.regions.source(TABLE), self.regions.target(TABLE)
        self.runs = 0
        self.clone_id = None

    # Writing.

    def run(self):
        """A run of the workflow around what is written in the `with` block."""
        self.runs += 1
        return Run(self.regions, f'run-{self.runs}')

    def sql(self, *statements, at=None):
        """Statements by Spark, with {t} for the table at `at` (default: the source); the rows of the last."""
        frame = None
        for statement in statements:
            frame = self.spark.sql(statement.replace('{t}', f'delta.`{at or self.source}`'))
        return frame.collect()

    def import_from(self, *folders):
        """The sender may read files below these that its tables name by absolute paths."""
        self.regions.group_keys['import_roots'] = [folder.as_uri() for folder in folders]
        self.regions.write_configuration()

    def commit(self, *actions, at=None, version=None, info=None):
        """A commit by hand: a commitInfo and the actions, one a line."""
        table = at or self.source
        number = self.newest(table) + 1 if version is None else version
        lines = [{'commitInfo': {'timestamp': 1, 'operation': 'WRITE'} | (info or {})}, *actions]
        log_file(table, number).write_text(''.join(json.dumps(line) + '\n' for line in lines))
        return number

    def forget(self):
        """Makes Spark read tables anew that were changed behind its back."""
        self.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()

    def checkpoint(self, at=None):
        log = self.spark._jvm.org.apache.spark.sql.delta.DeltaLog
        log.forTable(self.spark._jsparkSession, str(at or self.source)).checkpoint()

    def newest(self, at=None):
        """The highest version whose commit is there; -1 for none."""
        return max(commit_versions(at or self.source), default=-1)

    # Replicating.

    def sync(self):
        self.regions.sync()

    def ship(self, **how):
        """One pass of each role, and the replica must equal the source's newest version."""
        self.sync()
        self.check(**how)

    def refused(self, *words, role='sender', code=None):
        """The role must fail, naming every one of `words`, and nothing may reach the replica. The error."""
        before = files_below(self.regions.secondary / 'lake')
        error = self.regions.failing_sync(role, code) if code else self.any_failure(role)
        assert error['kind'] and error['message'] and error['remedy'], error
        text = ' '.join(str(error[key]) for key in ('message', 'where', 'remedy'))
        for word in words:
            assert word in text, f'"{word}" is not in: {text}'
        if role == 'sender':
            self.regions.pass_once('receiver', code=None)
        assert files_below(self.regions.secondary / 'lake') == before, 'the replica was touched'
        assert self.regions.status(role)['last_error'], 'status does not tell'
        return error

    def any_failure(self, role):
        done = self.regions.run(role, 'sync', GROUP, code=None)
        assert done.code in (FAILED, REFUSED), f'a failure expected:\n{done}'
        return done.error

    # Judging.

    def check(self, delta_rs=True, ignore=()):
        """Spark and delta-rs see the same table on both sides, and `verify` agrees. `ignore`: properties that may
        differ; `delta_rs`: whether it can read the table, or 'replica' where it can read only that."""
        version = self.newest()
        row = self.regions.versions()[TABLE]
        assert row['applied_version'] == version, f'{row}, expected source version {version}'
        if self.mode == 'mirror':
            assert row['replica_version'] == version
            self.assert_mirrored()
        self.forget()
        self.assert_equal(Spark(self.spark, self.source), Spark(self.spark, self.target), ignore)
        if delta_rs is True:
            self.assert_equal(DeltaRs(self.source), DeltaRs(self.target), ignore)
        self.assert_rows(delta_rs)
        self.assert_identity()
        self.regions.run('receiver', 'verify', '--deep')

    def assert_equal(self, source, target, ignore):
        assert source.schema() == target.schema()
        assert source.partitioning() == target.partitioning()
        assert self.carried(source.properties(), ignore) == self.carried(target.properties(), ignore)

    def assert_rows(self, delta_rs):
        source, replica = Spark(self.spark, self.source), Spark(self.spark, self.target)
        if delta_rs is True:
            delta_tables.assert_same_rows(DeltaRs(self.source), DeltaRs(self.target))
            # Where the engines write rows alike, the source need not be read twice.
            if replica.rows() == DeltaRs(self.source).rows():
                return
        elif delta_rs == 'replica':
            delta_tables.assert_same_rows(source, DeltaRs(self.target))
        delta_tables.assert_same_rows(source, replica)

    def carried(self, properties, ignore):
        if self.mode == 'mirror':
            return {key: value for key, value in properties.items() if key not in ignore}
        return {key: value for key, value in delta_tables.carried_over(properties).items()
                if key not in (*NOT_CLONED, *ignore)}

    def assert_mirrored(self):
        """Every commit of the mirror is the source's, byte for byte and as old, as far as the source still has it."""
        there = commit_versions(self.target)
        assert there
        delta_tables.assert_same_commits(self.source, self.target, there & commit_versions(self.source))

    def assert_identity(self):
        """A mirror has the source's table id; a clone one of its own, the same for life."""
        source, target = (Spark(self.spark, path).metadata['id'] for path in (self.source, self.target))
        if self.mode == 'mirror':
            assert source == target
            return
        assert source != target
        assert target == (self.clone_id or target), 'the id of the clone changed'
        self.clone_id = target

    def spark_view(self, path):
        return Spark(self.spark, path)

    def rows(self, at=None, version=None):
        """What Spark reads, as a multiset."""
        self.forget()
        return Spark(self.spark, at or self.target, version).rows()


def log_file(table, version, suffix='json'):
    return table / '_delta_log' / f'{version:020d}.{suffix}'


def commit_versions(table):
    return {int(file.name[:20]) for file in (table / '_delta_log').glob('*.json')
            if file.name[20:] == '.json' and file.name[:20].isdigit()}


def actions(table, version=None):
    """The actions of one commit, or of all: (kind, fields) in the order of the log."""
    versions = sorted(commit_versions(table)) if version is None else [version]
    found = []
    for number in versions:
        for line in log_file(table, number).read_text().splitlines():
            if line.strip():
                found += json.loads(line).items()
    return found


def of_kind(table, kind, version=None):
    return [fields for name, fields in actions(table, version) if name == kind]


def newest_checkpoint(table):
    """The checkpoint files of the newest version that has any."""
    files = sorted((table / '_delta_log').glob('[0-9]*.checkpoint*'))
    return [file for file in files if file.name[:20] == files[-1].name[:20]]


def forget_commits(table, before):
    """What log clean-up does in time: the commits before a version are gone."""
    for number in commit_versions(table):
        if number < before:
            for name in (f'{number:020d}.json', f'{number:020d}.crc'):
                (table / '_delta_log' / name).unlink(missing_ok=True)
                (table / '_delta_log' / f'.{name}.crc').unlink(missing_ok=True)


def without_hadoop_checksum(file):
    """Hadoop's local file system keeps a checksum beside each file; a file edited by hand must lose it."""
    (file.parent / f'.{file.name}.crc').unlink(missing_ok=True)
    return file


def edit(file, change):
    """Rewrites a file of the log: change(bytes) -> bytes."""
    without_hadoop_checksum(file).write_bytes(change(file.read_bytes()))


def edit_actions(table, version, change):
    """Rewrites a commit action by action: change(kind, fields) -> fields, or None to drop the line. The checksum file
    of that version goes, because it would tell another story."""
    lines = []
    for kind, fields in actions(table, version):
        changed = change(kind, fields)
        if changed is not None:
            lines.append(json.dumps({kind: changed}) + '\n')
    file = without_hadoop_checksum(log_file(table, version))
    file.write_text(''.join(lines))
    without_hadoop_checksum(log_file(table, version, 'crc')).unlink(missing_ok=True)
