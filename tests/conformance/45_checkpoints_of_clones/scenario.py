"""The receiver writes checkpoints on its clones. One that lacks a tombstone lets VACUUM delete what readers read;
one that lacks a file, a vector or a transaction changes the table once the commits before it are cleaned away."""
import json

from lab import clone_only, commit_versions, log_file, of_kind

INTERVAL = 4


def checkpoint(lab, version):
    return log_file(lab.target, version, 'checkpoint.parquet')


def grow(lab, epochs):
    """As many epochs: appends, deletes by vectors, a transaction each."""
    for number in range(epochs):
        with lab.run():
            lab.sql(f"INSERT INTO {{t}} SELECT id, id % 3 FROM range({number * 100}, {number * 100 + 60})",
                    f'DELETE FROM {{t}} WHERE id % 100 = {number + 1}')
            lab.commit({'txn': {'appId': 'loader', 'version': number, 'lastUpdated': 1}})
        lab.ship()


def clean_log(lab, version):
    """What log clean-up may take: everything before the checkpoint."""
    for old in commit_versions(lab.target):
        if old < version:
            log_file(lab.target, old).unlink()
    lab.forget()


@clone_only
def test_readers_and_the_receiver_go_on_from_it_alone(lab):
    with lab.run():
        lab.sql(f"CREATE TABLE {{t}} (id BIGINT, part BIGINT) USING delta PARTITIONED BY (part) TBLPROPERTIES "
                f"('delta.enableDeletionVectors' = 'true', 'delta.checkpointInterval' = '{INTERVAL}')")
    lab.ship()
    grow(lab, INTERVAL)
    version = lab.newest(lab.target)
    assert version == INTERVAL and checkpoint(lab, version).exists()
    hint = json.loads((lab.target / '_delta_log' / '_last_checkpoint').read_text())
    assert hint['version'] == version and hint['sizeInBytes'] == checkpoint(lab, version).stat().st_size
    clean_log(lab, version)
    lab.check()
    tracked = lab.spark_view(lab.target)
    assert tracked.rows(), 'a table without rows shows nothing'
    lab.regions.store('receiver').unlink()
    grow(lab, INTERVAL)
    assert checkpoint(lab, 2 * INTERVAL).exists(), 'and the next is due four versions later'


@clone_only
def test_vacuum_spares_what_its_tombstones_name(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.checkpointInterval' = '2')",
                'INSERT INTO {t} SELECT id FROM range(50)')
    lab.ship()
    (old,) = [add['path'] for add in of_kind(lab.target, 'add')]
    for _ in range(2):
        with lab.run():
            lab.sql('INSERT OVERWRITE {t} SELECT id FROM range(70)')
        lab.ship()
    assert checkpoint(lab, 2).exists()
    clean_log(lab, 2)
    lab.sql('VACUUM {t}', at=lab.target)
    assert (lab.target / old).exists(), 'a removed file outlives its readers by a week'
    lab.check()
