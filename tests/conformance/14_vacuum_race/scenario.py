"""VACUUM at the source takes files of the chosen version before they are copied. Whoever commits what could be copied
has lost rows; whoever stops for good has lost the table."""
from delta_tables import orders, write
from deltalake import DeltaTable
from lab import of_kind


def test_nothing_is_committed_and_the_next_version_recovers(lab):
    with lab.run():
        write(lab.source, orders(0, 10))
    lab.ship()
    with lab.run():
        write(lab.source, orders(10, 10))
        write(lab.source, orders(20, 10))
    (vanished,) = of_kind(lab.source, 'add', 2)
    (lab.source / vanished['path']).unlink()
    error = lab.refused(vanished['path'])
    assert 'VACUUM' in error['remedy']

    with lab.run():
        write(lab.source, orders(100, 7), mode='overwrite')
        DeltaTable(str(lab.source)).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    lab.ship()
    assert sum(lab.rows().values()) == 7


def test_files_of_versions_in_between_may_be_gone(lab):
    """Only live files of the cut are needed; a mirror carries on without the others."""
    with lab.run():
        write(lab.source, orders(0, 10))
    lab.ship()
    with lab.run():
        write(lab.source, orders(10, 10))
        write(lab.source, orders(100, 7), mode='overwrite')
    (vanished,) = of_kind(lab.source, 'add', 1)
    (lab.source / vanished['path']).unlink()
    lab.ship()
    assert sum(lab.rows().values()) == 7
    assert not (lab.target / vanished['path']).exists()
