"""Partition values with blanks, colons, percent signs, slashes, letters beyond ASCII: encoded once by Hive's rules and
once more in the log. Whoever decodes too often or too seldom copies the wrong object, or none."""
import delta_tables
import pyarrow
from delta_tables import DeltaRs
from spark_scenarios import AWKWARD


def data_files(table):
    return sorted(name for name in delta_tables.files_below(table)
                  if name.endswith('.parquet') and not name.startswith('_delta_log/'))


def test_written_by_spark(lab):
    rows = lab.spark.createDataFrame([(number, text) for number, text in enumerate(AWKWARD)], 'id bigint, p string')
    with lab.run():
        rows.coalesce(1).write.format('delta').partitionBy('p').save(str(lab.source))
    lab.ship()
    assert data_files(lab.target) == data_files(lab.source)
    assert len(data_files(lab.target)) >= len(set(AWKWARD)) - 1  # "" and null are one partition
    with lab.run():
        lab.sql("DELETE FROM {t} WHERE p IN ('10:45', 'é')", "INSERT INTO {t} VALUES (100, '50%'), (101, 'x/y')")
    lab.ship()
    assert set(data_files(lab.target)) == set(data_files(lab.source))


def test_written_by_delta_rs(lab):
    with lab.run():
        delta_tables.write(lab.source, pyarrow.table({'id': list(range(len(AWKWARD))), 'p': AWKWARD}),
                           partition_by=['p'])
    lab.ship()
    assert data_files(lab.target) == data_files(lab.source)
    with lab.run():
        delta_tables.DeltaTable(str(lab.source)).delete("p = 'a b'")
        delta_tables.write(lab.source, pyarrow.table({'id': [100, 101], 'p': ['10:45', None]}))
    lab.ship()
    assert set(data_files(lab.target)) == set(data_files(lab.source))
    assert sum(DeltaRs(lab.target).rows().values()) == len(AWKWARD) + 1
