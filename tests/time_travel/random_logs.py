"""Random logs for time travel: commits of a line or two, written by hand, with times as clocks and stores make them.

A log is a folder and what is known of it: the instants worth asking. Everything follows from the seed.
"""
import json
import os
import random
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow
import pyarrow.parquet

START_MS = 1_700_000_000_000
FEATURE = 'inCommitTimestamp'
PROTOCOL = {'minReaderVersion': 1, 'minWriterVersion': 7, 'writerFeatures': [FEATURE]}
ENABLED, SINCE_VERSION, SINCE_TIME = ('delta.enableInCommitTimestamps', 'delta.inCommitTimestampEnablementVersion',
                                      'delta.inCommitTimestampEnablementTimestamp')
STRING_MAP = pyarrow.map_(pyarrow.string(), pyarrow.string())
CHECKPOINT_SCHEMA = pyarrow.schema([
    ('protocol', pyarrow.struct([('minReaderVersion', pyarrow.int32()), ('minWriterVersion', pyarrow.int32()),
                                 ('writerFeatures', pyarrow.list_(pyarrow.string()))])),
    ('metaData', pyarrow.struct([
        ('id', pyarrow.string()),
        ('format', pyarrow.struct([('provider', pyarrow.string()), ('options', STRING_MAP)])),
        ('schemaString', pyarrow.string()), ('partitionColumns', pyarrow.list_(pyarrow.string())),
        ('configuration', STRING_MAP)])),
    ('add', pyarrow.struct([('path', pyarrow.string()), ('partitionValues', STRING_MAP), ('size', pyarrow.int64()),
                            ('modificationTime', pyarrow.int64()), ('dataChange', pyarrow.bool_())])),
])


@dataclass
class Log:
    """A table's log and its history: what each version's file time is, and its own time where it carries one."""

    folder: Path
    kind: str
    file_times: list
    own_times: dict = field(default_factory=dict)
    properties: dict = field(default_factory=dict)  # version -> table properties that it sets
    table_id: str = ''

    @property
    def log(self):
        return self.folder / '_delta_log'

    def commit_path(self, version):
        return self.log / f'{version:020}.json'

    def metadata(self, version):
        """The metaData action in force at a version."""
        properties = self.properties[max(v for v in self.properties if v <= version)]
        return {'id': self.table_id, 'format': {'provider': 'parquet', 'options': {}},
                'schemaString': json.dumps({'type': 'struct', 'fields': []}), 'partitionColumns': [],
                'configuration': properties}

    def write_commit(self, version):
        own = {'inCommitTimestamp': self.own_times[version]} if version in self.own_times else {}
        lines = [{'commitInfo': {**own, 'timestamp': 1, 'operation': 'WRITE', 'operationParameters': {}}}]
        if version == 0:
            lines.append({'protocol': PROTOCOL})
        if version in self.properties:
            lines.append({'metaData': self.metadata(version)})
        path = self.commit_path(version)
        path.write_text(''.join(json.dumps(line) + '\n' for line in lines))
        # Stores keep what is finer than a millisecond; engines cut it off.
        time_ns = self.file_times[version] * 1_000_000 + version * 7919 % 1_000_000
        os.utime(path, ns=(time_ns, time_ns))

    def write_checkpoint(self, version, parts=1, lose_part=False):
        """A classic checkpoint, in parts if asked for; one part may be missing."""
        def row(**action):
            return {**dict.fromkeys(CHECKPOINT_SCHEMA.names), **action}
        metadata = self.metadata(version)
        metadata['configuration'] = list(metadata['configuration'].items())
        metadata['format'] = {'provider': 'parquet', 'options': []}
        rows = [row(protocol=PROTOCOL), row(metaData=metadata)]
        for part in range(1, parts + 1):
            if lose_part and part == parts:
                continue
            name = f'.{part:010}.{parts:010}' if parts > 1 else ''
            mine = pyarrow.Table.from_pylist(rows if part == 1 else [], schema=CHECKPOINT_SCHEMA)
            pyarrow.parquet.write_table(mine, self.log / f'{version:020}.checkpoint{name}.parquet')

    def write_checksum(self):
        """The newest version's .crc, as every commit of Spark leaves one: saves Spark a job a log."""
        newest = len(self.file_times) - 1
        own = {'inCommitTimestampOpt': self.own_times[newest]} if newest in self.own_times else {}
        checksum = {'tableSizeBytes': 0, 'numFiles': 0, 'numMetadata': 1, 'numProtocol': 1, **own,
                    'metadata': self.metadata(newest), 'protocol': PROTOCOL}
        (self.log / f'{newest:020}.crc').write_text(json.dumps(checksum))

    def write(self):
        self.log.mkdir(parents=True)
        for version in range(len(self.file_times)):
            self.write_commit(version)

    def instants(self, rng, most):
        """Before the first, after the last, on a time, beside it and between."""
        times = sorted({*self.file_times, *self.own_times.values(), *self._enablement_times()})
        if len(times) > 1000:  # only where lists meet do answers differ
            middle = [time for border in range(1000, len(self.file_times), 1000)
                      for time in self.file_times[border - 45:border + 45]]
            times = sorted({times[0], times[-1], *middle})
        wanted = {times[0] - 1, times[0], times[-1], times[-1] + 1, times[-1] + 10_000_000}
        around = [time + step for time in times for step in (-1, 0, 1, 2)]
        wanted.update(rng.sample(around, min(len(around), most - len(wanted))))
        return sorted(wanted)

    def _enablement_times(self):
        return [int(properties[SINCE_TIME]) for properties in self.properties.values() if SINCE_TIME in properties]


def file_times(rng, count, skewed=True):
    """Times of files as a store lists them: rising, of one second, going back now and then."""
    times, now = [], START_MS + rng.randrange(1000)
    step = rng.choice([1, 3, 1000])
    for _ in range(count):
        now += rng.choice([0, 0, step, step, 2 * step, -step, -3 * step] if skewed else [step, 2 * step])
        times.append(now)
    return times


def own_times(rng, versions, first_ms):
    """In-commit timestamps: they rise, whatever the files say."""
    now, times = first_ms, {}
    for version in versions:
        now += rng.choice([1, 2, 5, 1000])
        times[version] = now
    return times


def _plain(rng, log):
    log.properties = {0: {}}


def _from_the_beginning(rng, log):
    log.properties = {0: {ENABLED: 'true'}}
    log.own_times = own_times(rng, range(len(log.file_times)), log.file_times[0] + rng.randrange(-5000, 5000))


def _switched_on(rng, log, at, before=None, until=None):
    until = until or len(log.file_times)
    log.properties.setdefault(0, before or {})
    times = own_times(rng, range(at, until), log.file_times[at] + rng.choice([-4, -1, 0, 1, 3, 2000]))
    log.own_times.update(times)
    log.properties[at] = {ENABLED: 'true', SINCE_VERSION: str(at), SINCE_TIME: str(times[at])}


def _midway(rng, log):
    _switched_on(rng, log, rng.randrange(1, len(log.file_times)))


def _off_again(rng, log):
    on, off = sorted(rng.sample(range(1, len(log.file_times)), 2))
    _switched_on(rng, log, on, until=off)
    log.properties[off] = {ENABLED: 'false'}


def _on_off_on(rng, log):
    on, off, again = sorted(rng.sample(range(1, len(log.file_times)), 3))
    _switched_on(rng, log, on, until=off)
    log.properties[off] = {ENABLED: 'false'}
    _switched_on(rng, log, again)


def _half_of_the_properties(rng, log):
    _midway(rng, log)
    del log.properties[max(log.properties)][rng.choice([SINCE_VERSION, SINCE_TIME])]


def _own_times_without_a_beginning(rng, log):
    """On since version 1, but the two properties are gone, as after a REPLACE TABLE by an older engine."""
    _switched_on(rng, log, 1)
    log.properties[1] = {ENABLED: 'true'}


KINDS = {'plain': _plain, 'from_the_beginning': _from_the_beginning, 'midway': _midway, 'off_again': _off_again,
         'on_off_on': _on_off_on, 'half_of_the_properties': _half_of_the_properties,
         'own_times_without_a_beginning': _own_times_without_a_beginning}


def clean_up(rng, log):
    """Checkpoints here and there, then the oldest commits gone, as after log clean-up by one engine or another."""
    count = len(log.file_times)
    kept = rng.randrange(1, count - 1)
    # The newest checkpoint that clean-up counts on, and others that may mislead.
    for version in {max(0, kept - 1) if rng.random() < 0.3 else rng.randrange(kept, count - 1),
                    *rng.sample(range(count - 1), rng.randrange(3))}:
        log.write_checkpoint(version, parts=rng.choice([1, 1, 2]))
    if rng.random() < 0.4:
        log.write_checkpoint(rng.randrange(count - 1), parts=3, lose_part=True)
    for version in range(kept):
        log.commit_path(version).unlink()


def make_logs(folder, seed, count, cleaned=True):
    """`count` small logs of every kind, half of them cleaned up if `cleaned`."""
    rng = random.Random(seed)
    logs = []
    for number in range(count):
        kind = rng.choice(list(KINDS))
        log = Log(folder / f'log_{number:04}', kind, file_times(rng, rng.randrange(5, 14)),
                  table_id=str(uuid.UUID(int=rng.getrandbits(128))))
        KINDS[kind](rng, log)
        log.write()
        if cleaned and rng.random() < 0.5:
            log.kind += ', cleaned'
            clean_up(rng, log)
        if rng.random() < 0.97:
            log.write_checksum()
        logs.append(log)
    return logs


def make_long_log(folder, rng, kind, count, first=0):
    """More commits than Delta lists at once, written by a clock that goes back where its lists meet."""
    times = file_times(rng, count, skewed=False)
    for border in range(first + 1000, count, 1000):
        back = rng.choice([1, 7, 40]) * (times[1] - times[0])
        for version in range(border - rng.choice([0, 0, 2]), count):
            times[version] -= back
    log = Log(folder, kind, times, properties={0: {}}, table_id=str(uuid.UUID(int=rng.getrandbits(128))))
    if kind.startswith('long, midway'):
        _switched_on(rng, log, count - 50)
    log.write()
    if first:
        log.write_checkpoint(first)
        for version in range(first):
            log.commit_path(version).unlink()
    else:
        log.write_checkpoint(count - 60)
    log.write_checksum()
    return log
