"""One table, written by delta-rs and by Spark in turn, with checkpoints and log clean-up of both: after each step both
engines read the same rows on both sides."""
import pyarrow
from delta_tables import DeltaRs, multiset, orders, write
from deltalake import DeltaTable
from lab import log_file


def test_engines_take_turns(lab):
    with lab.run():
        write(lab.source, orders(0, 30), partition_by=['region'])
        write(lab.source, orders(30, 10, 'north east'))
        DeltaTable(str(lab.source)).create_checkpoint()
    lab.ship()
    with lab.run():
        lab.sql("INSERT INTO {t} VALUES (500, 'by spark', 1.5)", 'DELETE FROM {t} WHERE id = 3',
                "UPDATE {t} SET amount = -1 WHERE id = 35")
        lab.checkpoint()
    lab.ship()
    with lab.run():
        table = DeltaTable(str(lab.source))
        table.delete('id = 500')
        table.optimize.compact()
        news = pyarrow.table({'id': [7, 900], 'region': ['west', 'new'], 'amount': [0.25, 9.0]})
        (table.merge(news, 't.id = s.id', source_alias='s', target_alias='t').when_matched_update_all()
         .when_not_matched_insert_all().execute())
    lab.ship()
    spark, delta_rs = lab.rows(lab.target), DeltaRs(lab.target).rows()
    assert spark == delta_rs
    assert sum(spark.values()) == 40


def test_cleaned_by_delta_rs(lab):
    """Its checkpoints lack columns that Spark's have, and it cleans the log in its own way."""
    with lab.run():
        write(lab.source, orders(0, 10), configuration={'delta.logRetentionDuration': 'interval 0 seconds'})
        for number in range(1, 4):
            write(lab.source, orders(number * 10, 10), mode='overwrite' if number == 2 else 'append')
        table = DeltaTable(str(lab.source))
        table.create_checkpoint()
        table.cleanup_metadata()
        write(lab.source, orders(100, 5))
    assert not log_file(lab.source, 0).exists(), 'the scenario needs a cleaned log'
    if lab.mode == 'mirror' and not log_file(lab.source, 3).exists():
        lab.refused('table')
        return
    lab.ship()
    assert sum(lab.rows().values()) == 25


def test_rows_of_both_engines_are_the_same_values(lab):
    rows = pyarrow.table({'id': [1, 2, None], 'text': ['a', '', None], 'amount': [0.1, -0.0, None]})
    with lab.run():
        write(lab.source, rows)
    lab.ship()
    assert lab.rows() == DeltaRs(lab.target).rows() == multiset(rows.to_pylist())
