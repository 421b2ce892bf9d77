"""A table marked append-only may still shrink: by RESTORE or REPLACE, after the mark was lifted for a moment, and its
files change by compaction. The replica must follow, and writers of the replica must still be able to use it."""
from lab import of_kind

APPEND_ONLY = "ALTER TABLE {t} SET TBLPROPERTIES ('delta.appendOnly' = '%s')"


def create(lab):
    lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.appendOnly' = 'true')",
            'INSERT INTO {t} SELECT id FROM range(10)', 'INSERT INTO {t} SELECT id FROM range(10, 20)')


def test_append_and_compaction_in_one_window(lab):
    with lab.run():
        create(lab)
    lab.ship()
    with lab.run():
        lab.sql('INSERT INTO {t} SELECT id FROM range(20, 30)', 'OPTIMIZE {t}')
    lab.ship()
    if lab.mode == 'clone':
        removes = of_kind(lab.target, 'remove', lab.newest(lab.target))
        assert removes and not any(remove['dataChange'] for remove in removes), 'an append-only table lost data'
        assert all(add['dataChange'] for add in of_kind(lab.target, 'add', lab.newest(lab.target)))


def test_shrunk_by_delete_while_the_mark_was_lifted(lab):
    with lab.run():
        create(lab)
    lab.ship()
    with lab.run():
        lab.sql(APPEND_ONLY % 'false', 'DELETE FROM {t} WHERE id < 5', APPEND_ONLY % 'true')
    lab.ship()
    assert sum(lab.rows().values()) == 15
    lab.sql('INSERT INTO {t} VALUES (900)', at=lab.target)  # after a failover


def test_replaced_by_another_append_only_table(lab):
    with lab.run():
        create(lab)
    lab.ship()
    with lab.run():
        lab.sql(APPEND_ONLY % 'false')
        rows = lab.spark.range(1).selectExpr('id', '7 AS more')
        rows.write.format('delta').mode('overwrite').option('overwriteSchema', 'true').save(str(lab.source))
        lab.sql(APPEND_ONLY % 'true')
    lab.ship()
    assert lab.rows() == {'{"id": 0, "more": 7}': 1}
