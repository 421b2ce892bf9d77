"""A V2 checkpoint has lost one sidecar. Whoever reads what is left sees a smaller table, and a diff would remove the
rest from the replica."""
from lab import forget_commits, newest_checkpoint


def sidecars(table):
    return sorted((table / '_delta_log' / '_sidecars').glob('*.parquet'))


def create(lab):
    lab.spark.conf.set('spark.databricks.delta.checkpoint.partSize', '2')
    try:
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.checkpointPolicy' = 'v2')")
        lab.spark.range(0, 60, 1, 6).write.format('delta').mode('append').save(str(lab.source))
        lab.checkpoint()
    finally:
        lab.spark.conf.unset('spark.databricks.delta.checkpoint.partSize')
    assert len(sidecars(lab.source)) >= 2


def test_the_commits_are_there_and_tell_the_whole_table(lab):
    with lab.run():
        create(lab)
    sidecars(lab.source)[0].unlink()
    lab.sync()
    assert sum(lab.rows().values()) == 60
    if lab.mode == 'mirror':
        assert not newest_names(lab.target), 'a checkpoint without its sidecar was published'


def newest_names(table):
    return list((table / '_delta_log').glob('*.checkpoint*'))


def test_without_the_commits_nothing_goes_over(lab):
    with lab.run():
        create(lab)
        forget_commits(lab.source, 1)
    assert newest_checkpoint(lab.source)[0].name.startswith(f'{1:020d}')
    gone = sidecars(lab.source)[0]
    gone.unlink()
    lab.refused('table', gone.name)
    assert not lab.target.exists() or not any(lab.target.rglob('*.json'))


def test_whole_checkpoints_of_both_forms_are_read(lab):
    """The counterpart: nothing missing, old commits gone, top-level file in JSON and in Parquet."""
    lab.spark.conf.set('spark.databricks.delta.checkpointV2.topLevelFileFormat', 'json')
    try:
        with lab.run():
            create(lab)
            forget_commits(lab.source, 1)
    finally:
        lab.spark.conf.unset('spark.databricks.delta.checkpointV2.topLevelFileFormat')
    lab.ship(delta_rs=False)
    assert sum(lab.rows().values()) == 60
    with lab.run():
        lab.sql('INSERT INTO {t} VALUES (100)')
        lab.checkpoint()
    lab.ship(delta_rs=False)
    if lab.mode == 'mirror':
        for file in newest_checkpoint(lab.target):
            assert file.read_bytes() == (lab.source / '_delta_log' / file.name).read_bytes()
