"""A multi-part checkpoint without one of its parts, and two sets of parts of one version that are each incomplete.
Whoever takes the parts there are, or mixes the sets, sees a smaller table."""
import shutil

from delta_tables import orders, write
from lab import forget_commits, without_hadoop_checksum


def create(lab):
    """Several files in one version and a checkpoint of it in two parts."""
    for number in range(4):
        write(lab.source, orders(number * 10, 10))
    lab.forget()
    lab.spark.conf.set('spark.databricks.delta.checkpoint.partSize', '2')
    try:
        lab.checkpoint()
    finally:
        lab.spark.conf.unset('spark.databricks.delta.checkpoint.partSize')
    found = parts(lab.source)
    assert len(found) >= 2
    return found


def parts(table):
    return sorted((table / '_delta_log').glob('[0-9]*.checkpoint.*.parquet'))


def two_incomplete_sets(found):
    """Besides the set of Spark's n parts one of n + 1, each without one of its parts."""
    count = len(found)
    version = found[0].name[:20]
    for number in range(1, count + 2):
        if number != 2:
            shutil.copy(found[min(number, count) - 1],
                        found[0].with_name(f'{version}.checkpoint.{number:010d}.{count + 1:010d}.parquet'))
    without_hadoop_checksum(found[-1]).unlink()


def test_one_part_missing(lab):
    with lab.run():
        found = create(lab)
        without_hadoop_checksum(found[1]).unlink()
    lab.ship(delta_rs='replica')  # delta-rs refuses a table whose hint names what is not there
    assert sum(lab.rows().values()) == 40
    if lab.mode == 'mirror':
        assert not parts(lab.target)


def test_two_sets_each_missing_one(lab):
    with lab.run():
        two_incomplete_sets(create(lab))
    lab.ship(delta_rs='replica')
    assert sum(lab.rows().values()) == 40


def test_nothing_goes_over_when_the_commits_are_gone_too(lab):
    with lab.run():
        two_incomplete_sets(create(lab))
        forget_commits(lab.source, 3)
    lab.refused('table')
    assert not any(lab.target.rglob('*.json'))


def test_a_complete_set_is_used(lab):
    with lab.run():
        create(lab)
        forget_commits(lab.source, 3)
    lab.ship()
    assert sum(lab.rows().values()) == 40
    if lab.mode == 'mirror':
        assert [file.name for file in parts(lab.target)] == [file.name for file in parts(lab.source)]
