"""The replica's protocol may be higher than the source's: after a downgrade, or after a table was replaced. Lowering it
makes the replica's older versions unreadable; mixing the old numbers with lists of features loses implied ones."""
from lab import clone_only, of_kind


def protocol(lab, path):
    found = lab.spark_view(path).protocol
    return (found['minReaderVersion'], found['minWriterVersion'], set(found.get('readerFeatures', [])),
            set(found.get('writerFeatures', [])))


@clone_only
def test_protocol_is_never_lowered(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'INSERT INTO {t} SELECT /*+ COALESCE(1) */ id FROM range(10)', 'DELETE FROM {t} WHERE id = 1')
    lab.ship()
    high = protocol(lab, lab.target)
    with lab.run():
        lab.spark.range(3).write.format('delta').mode('overwrite').save(str(lab.source))
        metadata = of_kind(lab.source, 'metaData')[-1]
        lab.commit({'protocol': {'minReaderVersion': 1, 'minWriterVersion': 2}},
                   {'metaData': metadata | {'configuration': {}}})
        lab.forget()
    assert protocol(lab, lab.source)[:2] == (1, 2)
    lab.ship()
    low = protocol(lab, lab.target)
    assert low[0] >= high[0] and low[1] >= high[1] and low[2] >= high[2] and low[3] >= high[3]
    assert sum(lab.rows(version=0).values()) == 9


@clone_only
def test_old_numbers_become_lists_with_all_they_stand_for(lab):
    """(2, 5) implies seven features; the first feature with a list must not lose them."""
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT, name STRING) USING delta TBLPROPERTIES ("
                "'delta.columnMapping.mode' = 'name',"
                " 'delta.minReaderVersion' = '2', 'delta.minWriterVersion' = '5')", "INSERT INTO {t} VALUES (1, 'a')")
    assert protocol(lab, lab.source)[:2] == (2, 5)
    lab.ship()
    assert protocol(lab, lab.target) == protocol(lab, lab.source)
    with lab.run():
        lab.sql("ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'DELETE FROM {t} WHERE id = 1')
    lab.ship()
    reader, writer, readers, writers = protocol(lab, lab.target)
    assert (reader, writer) == (3, 7)
    assert readers == {'columnMapping', 'deletionVectors'}
    assert writers == {'appendOnly', 'invariants', 'checkConstraints', 'changeDataFeed', 'generatedColumns',
                       'columnMapping', 'deletionVectors'}
