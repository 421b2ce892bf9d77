"""`history` of a mirror, judged by Spark: with cuts-only every cut reads as at the source, for fewer bytes."""
import pytest
from delta_tables import Spark, assert_same_commits, assert_same_rows
from lakeferry import USAGE, Regions, Run

CREATE = ("CREATE TABLE {t} (id BIGINT, name STRING) USING delta "
          "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true', 'delta.enableDeletionVectors' = 'true')")
# What comes and goes between two cuts: a compaction, rewritten rows with their change files, vectors, an overwrite.
RUNS = [[CREATE, "INSERT INTO {t} SELECT id, concat('n', id) FROM range(0, 400)", 'DELETE FROM {t} WHERE id < 5'],
        ["INSERT INTO {t} SELECT id, 'between' FROM range(400, 2000)", "UPDATE {t} SET name = 'u' WHERE id % 2 = 0",
         'DELETE FROM {t} WHERE id BETWEEN 500 AND 1900', 'OPTIMIZE {t}'],
        ["INSERT OVERWRITE {t} SELECT id, 'gone again' FROM range(5000)",
         "INSERT OVERWRITE {t} SELECT id, 'kept' FROM range(100)", 'DELETE FROM {t} WHERE id = 7']]


def sql(spark, regions, *statements):
    for statement in statements:
        spark.sql(statement.replace('{t}', f'delta.`{regions.source("t")}`'))


def replicate(spark, folder, history):
    """Three cuts: the regions, the source's versions at them, and the bytes that were sent."""
    regions = Regions(folder / history, ['t'], mode='mirror', group_keys={'history': history})
    cuts = []
    for number, statements in enumerate(RUNS):
        with Run(regions, f'run-{number}'):
            sql(spark, regions, *statements)
        regions.sync()
        cuts.append(regions.versions()['t']['applied_version'])
    return regions, cuts, sum(epoch['bytes'] for epoch in regions.history('sender'))


def test_every_cut_reads_as_at_the_source_for_fewer_bytes(spark, tmp_path):
    regions, cuts, bytes_sent = replicate(spark, tmp_path, 'cuts-only')
    assert_same_commits(regions.source('t'), regions.target('t'), range(cuts[-1] + 1))
    for cut in cuts:
        source, target = (Spark(spark, side('t'), cut) for side in (regions.source, regions.target))
        assert_same_rows(source, target)
        assert source.metadata['id'] == target.metadata['id']
    regions.run('receiver', 'verify', '--deep')
    assert not list(regions.target('t').glob('_change_data/**/*.parquet'))
    with pytest.raises(Exception, match='FILE_NOT_EXIST|does not exist|FileNotFound'):
        Spark(spark, regions.target('t'), cuts[1] - 3).rows()
    findings = regions.run('sender', 'check').document['findings']
    assert any('history: cuts-only leaves change files behind' in finding['what'] for finding in findings)

    full, full_cuts, full_bytes = replicate(spark, tmp_path, 'full')
    for version in range(full_cuts[-1] + 1):
        assert_same_rows(Spark(spark, full.source('t'), version), Spark(spark, full.target('t'), version))
    assert bytes_sent < full_bytes * 0.8


def test_a_clone_has_no_choice_of_history(tmp_path):
    regions = Regions(tmp_path, ['t'], mode='clone', group_keys={'history': 'full'})
    done = regions.run('sender', 'check', code=USAGE)
    assert 'history is for a mirror' in done.stdout
