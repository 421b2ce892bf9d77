"""REPLACE TABLE changes schema, partitioning and the table's id at once, a plain overwrite only the schema. A replica
that keeps an old partitioning, or takes over the id, gives readers and streams another table."""
from lab import of_kind


def test_schema_partitioning_and_id_change_between_cuts(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT, region STRING) USING delta PARTITIONED BY (region)',
                "INSERT INTO {t} VALUES (1, 'west'), (2, 'east')")
    lab.ship()
    first_id = of_kind(lab.source, 'metaData')[-1]['id']
    with lab.run():
        lab.sql("REPLACE TABLE {t} (word STRING, part INT, more DOUBLE) USING delta PARTITIONED BY (part)"
                " TBLPROPERTIES ('team' = 'data')", "INSERT INTO {t} VALUES ('a', 1, 0.5), ('b', 2, NULL)")
    assert of_kind(lab.source, 'metaData')[-1]['id'] != first_id, 'the scenario needs an id that changes'
    lab.ship()
    with lab.run():
        rows = lab.spark.range(5).selectExpr('id AS number', "'x' AS text")
        rows.write.format('delta').mode('overwrite').option('overwriteSchema', 'true').save(str(lab.source))
    lab.ship()
    if lab.mode == 'clone':
        assert len({metadata['id'] for metadata in of_kind(lab.target, 'metaData')}) == 1


def test_replaced_twice_within_one_window(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (a INT) USING delta', 'INSERT INTO {t} VALUES (1)')
    lab.ship()
    with lab.run():
        lab.sql('REPLACE TABLE {t} (b INT, c INT) USING delta PARTITIONED BY (c)',
                'INSERT INTO {t} VALUES (1, 2)', 'REPLACE TABLE {t} (a INT) USING delta',
                'INSERT INTO {t} VALUES (7)')
    lab.ship()
    assert lab.rows() == {'{"a": 7}': 1}
