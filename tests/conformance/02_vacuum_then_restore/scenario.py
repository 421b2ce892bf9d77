"""VACUUM on the clone has taken files that an overwrite had removed; RESTORE at the source makes them live again. They
were copied once, so whoever asks a ledger what is there publishes a commit that names files that are gone."""
from delta_tables import orders, write
from deltalake import DeltaTable
from lab import clone_only, of_kind


def vacuum_everything(lab):
    lab.forget()
    lab.spark.conf.set('spark.databricks.delta.retentionDurationCheck.enabled', 'false')
    try:
        lab.sql('VACUUM {t} RETAIN 0 HOURS', at=lab.target)
    finally:
        lab.spark.conf.unset('spark.databricks.delta.retentionDurationCheck.enabled')


@clone_only
def test_restored_files_are_copied_again(lab):
    with lab.run():
        write(lab.source, orders(0, 20), partition_by=['region'])
        write(lab.source, orders(20, 20, 'east'))
    lab.ship()
    with lab.run():
        write(lab.source, orders(100, 5), mode='overwrite')
    lab.ship()
    vacuum_everything(lab)
    old = [add['path'] for add in of_kind(lab.source, 'add', 0) + of_kind(lab.source, 'add', 1)]
    assert old and not any((lab.target / path).exists() for path in old), 'VACUUM left the old files'

    with lab.run():
        DeltaTable(str(lab.source)).restore(1)
    lab.ship()
    assert all((lab.target / path).exists() for path in old)
    assert sum(lab.rows().values()) == 40


@clone_only
def test_only_the_replica_lost_a_file_that_is_live(lab):
    """Not by VACUUM but by hand: the file is named, it is not believed to be there."""
    with lab.run():
        write(lab.source, orders(0, 20))
    lab.ship()
    (path,) = [add['path'] for add in of_kind(lab.source, 'add', 0)]
    (lab.target / path).unlink()
    (group,) = lab.regions.run('receiver', 'verify', code=4).document['groups']
    assert [problem['path'] for problem in group['problems']] == [path]
