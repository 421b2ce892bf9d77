"""One DELETE writes the vectors of many files into one .bin. After a purge of some, the others still need it: whoever
deletes it with the first, or names it in a way VACUUM does not protect, loses deletions or the table."""
from lab import of_kind


def vectors(table):
    return sorted(file.name for file in table.rglob('deletion_vector_*.bin'))


def test_the_vectors_left_stay_readable(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT, part INT) USING delta PARTITIONED BY (part)"
                " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'INSERT INTO {t} SELECT id, cast(id % 4 AS INT) FROM range(80)',
                'DELETE FROM {t} WHERE id < 12')
    lab.ship()
    assert len(vectors(lab.source)) == 1, 'the scenario needs one .bin for all files'
    assert vectors(lab.target) == vectors(lab.source)

    with lab.run():
        lab.sql('REORG TABLE {t} WHERE part = 0 APPLY (PURGE)')
    lab.ship()
    assert sum(lab.rows().values()) == 68
    kinds = {add['deletionVector']['storageType'] for add in of_kind(lab.target, 'add') if 'deletionVector' in add}
    assert kinds == {'u'}, 'VACUUM protects vectors of kind u only'
    if lab.mode == 'mirror':
        return
    lab.spark.conf.set('spark.databricks.delta.retentionDurationCheck.enabled', 'false')
    try:
        lab.sql('VACUUM {t} RETAIN 0 HOURS', at=lab.target)
    finally:
        lab.spark.conf.unset('spark.databricks.delta.retentionDurationCheck.enabled')
    assert vectors(lab.target) == vectors(lab.source)
    lab.check()
