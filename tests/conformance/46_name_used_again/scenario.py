"""A writer that gives a file the name of one that it removed, against the protocol. Older versions of a replica read
the first file, so that it cannot be written over; who takes the second for the first keeps the old rows for good."""
import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lab import clone_only, mirror_only, of_kind

NAME = 'daily.parquet'


def write_file(lab, first, count):
    """Another file under the name; its add."""
    path = lab.source / NAME
    pq.write_table(pa.table({'id': pa.array(range(first, first + count), pa.int64())}), path, compression='none',
                   use_dictionary=False)
    return {'add': {'path': NAME, 'partitionValues': {}, 'size': path.stat().st_size, 'dataChange': True,
                    'modificationTime': int(time.time() * 1000), 'stats': json.dumps({'numRecords': count})}}


def remove_file():
    return {'remove': {'path': NAME, 'deletionTimestamp': int(time.time() * 1000), 'dataChange': True}}


def begin(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} SELECT id FROM range(0, 3, 1, 1)')
        lab.commit(write_file(lab, 100, 5))
    lab.ship()


def live_name(lab):
    """Where the clone has the file, by the newest add that names it."""
    return [add['path'] for add in of_kind(lab.target, 'add') if add['path'].endswith(NAME)][-1]


# The second file has the first one's size, or another.
@pytest.mark.parametrize('count', [5, 50])
@clone_only
def test_in_one_window(lab, count):
    begin(lab)
    first = (lab.source / NAME).stat().st_size
    with lab.run():
        lab.commit(remove_file())
        lab.commit(write_file(lab, 200, count))
    assert ((lab.source / NAME).stat().st_size == first) == (count == 5)
    lab.ship()
    assert live_name(lab) != NAME
    assert sum(lab.rows(version=0).values()) == 8, 'time travel reads the first file'
    with lab.run():
        lab.sql('INSERT INTO {t} VALUES (7)')
    lab.ship()
    with lab.run():
        lab.commit(remove_file())
    lab.ship()


@clone_only
def test_across_windows_and_three_times(lab):
    begin(lab)
    for first in (200, 300):
        with lab.run():
            lab.commit(remove_file())
        lab.ship()
        with lab.run():
            lab.commit(write_file(lab, first, 5))
        lab.ship()
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id = 301')
    lab.ship()


@clone_only
def test_vectors_on_the_second_file_and_a_failover(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'INSERT INTO {t} SELECT id FROM range(0, 3, 1, 1)')
        lab.commit(write_file(lab, 100, 5))
    lab.ship()
    with lab.run():
        lab.commit(remove_file())
        lab.commit(write_file(lab, 200, 5))
    lab.ship()
    for row in (201, 202):
        with lab.run():
            lab.forget()
            lab.sql(f'DELETE FROM {{t}} WHERE id = {row}')
        lab.ship(delta_rs=False)
    # The clone is a table like any other.
    lab.sql('UPDATE {t} SET id = 1000 WHERE id = 203', 'OPTIMIZE {t}', at=lab.target)
    assert sum(lab.rows().values()) == 6


@clone_only
def test_restore_of_the_first_file_is_no_use_of_its_name(lab):
    begin(lab)
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id >= 100', 'RESTORE TABLE {t} TO VERSION AS OF 2')
    lab.ship()
    assert live_name(lab) == NAME


@mirror_only
@pytest.mark.parametrize('count', [5, 50])
def test_mirror_is_held_with_the_reason(lab, count):
    begin(lab)
    with lab.run():
        lab.commit(remove_file())
        lab.commit(write_file(lab, 200, count))
    lab.regions.pass_once('sender')
    error = lab.refused(NAME, 'table', 'version 3', 'version 4', 'mode: clone',
                        role='receiver')
    assert error['kind'] == 'unsupported_table'
