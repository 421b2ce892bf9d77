"""Statistics only as structs in the checkpoint, and the commits that held them as JSON are gone. Wrong minima or
maxima make readers skip files that hold the rows they ask for, without a word."""
import pytest
from lab import forget_commits, of_kind

PREDICATES = ["moment = timestamp'2024-01-01 00:00:05.123456'", "moment < timestamp'1969-12-31 23:59:59'",
              'exact = cast(17.25 AS DECIMAL(20, 5))', 'exact < 0', "day = date'2024-01-18'", "name = 'n17'",
              'rough > 39.5', 'name IS NULL', "long > 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'", 'nested.a = 17']


def create(lab, vectors):
    lab.sql("CREATE TABLE {t} (id BIGINT, moment TIMESTAMP, exact DECIMAL(20, 5), day DATE, name STRING, rough DOUBLE,"
            " long STRING, nested STRUCT<a: INT, b: STRING>) USING delta TBLPROPERTIES ("
            "'delta.checkpoint.writeStatsAsJson' = 'false', 'delta.checkpoint.writeStatsAsStruct' = 'true',"
            f" 'delta.enableDeletionVectors' = '{str(vectors).lower()}')")
    lab.spark.range(0, 40, 1, 4).selectExpr(
        'id',
        "timestamp'2024-01-01 00:00:00.123456' + make_interval(0, 0, 0, 0, 0, 0, id - if(id = 3, 2e9, 0)) moment",
        'cast(id + 0.25 - if(id = 5, 100, 0) AS DECIMAL(20, 5)) exact',
        "date_add(date'2024-01-01', cast(id AS INT)) day",
        "if(id % 9 = 8, null, concat('n', id)) name", 'cast(id AS DOUBLE) + 0.75 rough',
        "concat(repeat('x', 40), id) long", "named_struct('a', cast(id AS INT), 'b', 'y') nested",
    ).write.format('delta').mode('append').save(str(lab.source))
    if vectors:
        lab.sql('DELETE FROM {t} WHERE id IN (17, 30)')
    lab.checkpoint()
    forget_commits(lab.source, lab.newest())


@pytest.mark.parametrize('vectors', [False, True])
def test_filtered_queries_agree(lab, vectors):
    with lab.run():
        create(lab, vectors)
    lab.ship(delta_rs=False)
    for predicate in PREDICATES:
        asked = f'SELECT id FROM {{t}} WHERE {predicate} ORDER BY id'
        assert lab.sql(asked, at=lab.target) == lab.sql(asked), predicate
    if lab.mode == 'clone':
        # A vector needs the number of records, and pruning needs statistics at all.
        assert all('"numRecords"' in add['stats'] for add in of_kind(lab.target, 'add'))
