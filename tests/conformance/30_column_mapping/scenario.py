"""Column mapping: data files, statistics and partition values go by physical names. A rename, a drop, a column of an
old name added again: whoever goes by the shown names reads nulls, or prunes files that hold the rows."""


def test_rename_drop_and_add_again(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT, amount BIGINT, part STRING) USING delta PARTITIONED BY (part)"
                " TBLPROPERTIES ('delta.columnMapping.mode' = 'name')",
                "INSERT INTO {t} SELECT id, id * 10, if(id % 2 = 0, 'even', 'odd') FROM range(10)")
    lab.ship()
    with lab.run():
        lab.sql('ALTER TABLE {t} RENAME COLUMN amount TO `total, in € = all`',
                'ALTER TABLE {t} RENAME COLUMN part TO half',
                'ALTER TABLE {t} DROP COLUMN id', 'ALTER TABLE {t} ADD COLUMN id STRING',
                "INSERT INTO {t} SELECT 1000 + id, 'even', concat('n', id) FROM range(3)")
    lab.ship()
    for predicate in ('`total, in € = all` >= 1000', "half = 'odd' AND `total, in € = all` < 30", "id = 'n2'",
                      'id IS NULL'):
        asked = f'SELECT * FROM {{t}} WHERE {predicate} ORDER BY ALL'
        found = lab.sql(asked, at=lab.target)
        assert found == lab.sql(asked) and found, predicate


def test_table_that_gets_column_mapping_later(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT, name STRING) USING delta', "INSERT INTO {t} VALUES (1, 'a')")
    lab.ship()
    with lab.run():
        lab.sql("ALTER TABLE {t} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name',"
                " 'delta.minReaderVersion' = '2', 'delta.minWriterVersion' = '5')",
                'ALTER TABLE {t} RENAME COLUMN name TO label', "INSERT INTO {t} VALUES (2, 'b')")
    lab.ship()
    assert lab.rows() == {'{"id": 1, "label": "a"}': 1, '{"id": 2, "label": "b"}': 1}
