"""The change data feed reads a version that has change files from these alone: one that is missing loses all changes
of its version. They are in no snapshot and no checkpoint."""
from collections import Counter

from lab import clone_only, mirror_only, of_kind


def create(lab):
    lab.sql("CREATE TABLE {t} (id BIGINT, name STRING) USING delta "
            "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')",
            "INSERT INTO {t} SELECT id, concat('n', id) FROM range(20)")


def change(lab):
    lab.spark.range(18, 24).selectExpr('id', "'merged' AS name").createOrReplaceTempView('news')
    lab.sql("UPDATE {t} SET name = 'updated' WHERE id < 3", 'DELETE FROM {t} WHERE id = 5',
            'MERGE INTO {t} AS t USING news ON t.id = news.id WHEN MATCHED THEN UPDATE SET name = news.name'
            ' WHEN NOT MATCHED THEN INSERT *')


def changes(lab, table):
    rows = lab.sql(f"SELECT id, name, _change_type, _commit_version FROM table_changes_by_path('{table}', 1)")
    return Counter(map(tuple, rows))


@mirror_only
def test_mirror_tells_the_same_changes(lab):
    with lab.run():
        create(lab)
    lab.ship()
    with lab.run():
        change(lab)
    lab.ship()
    lab.forget()
    told = changes(lab, lab.target)
    assert told == changes(lab, lab.source)
    assert {row[2] for row in told} == {'insert', 'delete', 'update_preimage', 'update_postimage'}
    for cdc in of_kind(lab.source, 'cdc'):
        assert (lab.target / cdc['path']).read_bytes() == (lab.source / cdc['path']).read_bytes()


@mirror_only
def test_a_change_file_that_is_gone_is_reported(lab):
    with lab.run():
        create(lab)
        change(lab)
    gone = of_kind(lab.source, 'cdc')[0]['path']
    (lab.source / gone).unlink()
    done = lab.regions.pass_once('sender')
    assert gone in done.stderr + done.stdout, f'nobody tells that {gone} is missing:\n{done}'
    lab.regions.pass_once('receiver')
    lab.check()


@clone_only
def test_a_clone_does_not_promise_changes(lab):
    """A net difference of files cannot be told as changes of rows."""
    with lab.run():
        create(lab)
        change(lab)
    lab.ship()
    assert 'delta.enableChangeDataFeed' not in lab.spark_view(lab.target).properties()
    assert not of_kind(lab.target, 'cdc')
