"""A shallow clone names its files by absolute paths into another table. A replica that keeps those names reads the
primary region, and is empty when that region is gone.

In clone mode paths below the table's own root are made relative, and files elsewhere are imported under the replica's
own root if they lie below the source of another table or a root that the configuration allows; all others are refused
by name, for a log that anybody may write must not decide what a sender reads. A mirror refuses all absolute paths.
"""
import shutil

import pytest
from delta_tables import DeltaRs, assert_same_rows, orders, rows_of, write
from lab import bare_clone_only, bare_mirror_only, clone_only, edit_actions, of_kind
from lakeferry import USAGE


def make_absolute(lab):
    edit_actions(lab.source, 0, lambda kind, fields: fields | {'path': f'{lab.source.as_uri()}/{fields["path"]}'}
                 if kind == 'add' else fields)


@clone_only
def test_paths_below_the_own_root_become_relative(lab):
    with lab.run():
        write(lab.source, orders(0, 10))
        make_absolute(lab)
    lab.ship()
    truth = lab.rows(lab.target)
    (add,) = of_kind(lab.target, 'add', 0)
    assert ':' not in add['path'] and not add['path'].startswith('/')
    # And the removal of such a file finds its add.
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id = 3')
    lab.ship()
    assert sum(lab.rows().values()) == sum(truth.values()) - 1
    shutil.rmtree(lab.source)
    assert sum(rows_of(lab.target).values()) == 9


@clone_only
def test_a_file_that_comes_back_by_its_other_path_is_one_file(lab):
    """To Spark the relative and the absolute path are two files, which one commit may remove and add; in the clone they
    are one, and a commit that removes and adds it is read by each engine in its own way."""
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} SELECT id FROM range(0, 10, 1, 1)')
    lab.ship()
    backup = lab.folder / 'backup'
    with lab.run():
        lab.sql(f'CREATE TABLE {{t}} SHALLOW CLONE delta.`{lab.source}`', at=backup)
        lab.sql('DELETE FROM {t}')
        lab.sql(f'CREATE OR REPLACE TABLE {{t}} SHALLOW CLONE delta.`{backup}`')
    assert [add for add in of_kind(lab.source, 'add') if add['path'].startswith('file:')], 'the scenario needs one'
    lab.ship(delta_rs='replica')
    assert sum(rows_of(lab.target).values()) == 10
    assert not of_kind(lab.target, 'remove', lab.newest(lab.target))


@bare_mirror_only
def test_a_mirror_refuses_absolute_paths(bare):
    with bare.run():
        write(bare.source, orders(0, 10))
        make_absolute(bare)
    bare.refused('table', 'absolute path', 'mode: clone')
    assert not any(bare.target.rglob('*'))


def make_shallow_clone(lab, origin):
    """Version 0 is the clone, with deletion vectors of the origin and of the clone."""
    lab.source.parent.mkdir(exist_ok=True)
    lab.sql("CREATE TABLE {t} (id BIGINT, day STRING) USING delta PARTITIONED BY (day)"
            " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
            "INSERT INTO {t} SELECT id, 'a b' FROM range(0, 40, 1, 1)",
            "INSERT INTO {t} SELECT id, 'c' FROM range(40, 80, 1, 1)",
            'DELETE FROM {t} WHERE id % 10 = 3', at=origin)
    lab.sql(f'CREATE TABLE {{t}} SHALLOW CLONE delta.`{origin}`',
            "INSERT INTO {t} SELECT id, 'c' FROM range(100, 120, 1, 1)",
            'DELETE FROM {t} WHERE id % 10 = 5')
    adds = of_kind(lab.source, 'add', 0)
    assert all(add['path'].startswith('file:') for add in adds), adds
    assert {add['deletionVector']['storageType'] for add in adds} == {'p'}, 'the scenario needs absolute vectors'


def assert_stands_alone(lab, *gone):
    """Spark and delta-rs read the replica after VACUUM and without everything it was made of."""
    truth = lab.rows(lab.source)
    lab.spark.conf.set('spark.databricks.delta.retentionDurationCheck.enabled', 'false')
    try:
        lab.sql('VACUUM {t} RETAIN 0 HOURS', at=lab.target)
    finally:
        lab.spark.conf.unset('spark.databricks.delta.retentionDurationCheck.enabled')
    for folder in gone:
        shutil.rmtree(folder)
    assert lab.rows(lab.target) == truth
    assert_same_rows(lab.spark_view(lab.target), DeltaRs(lab.target))
    adds = of_kind(lab.target, 'add')
    assert not [add for add in adds if ':' in add['path'] or add['path'].startswith('/')]
    assert {add['deletionVector']['storageType'] for add in adds if 'deletionVector' in add} <= {'u'}


@clone_only
@pytest.mark.parametrize('allowed', ['import root', 'source of another table'])
def test_the_replica_of_a_shallow_clone_stands_alone(lab, allowed):
    origin = lab.regions.source('origin') if allowed == 'source of another table' else lab.folder / 'origin'
    if allowed == 'source of another table':
        lab.regions.tables.append('origin')
        lab.regions.write_configuration()
    else:
        lab.import_from(origin)
    with lab.run():
        make_shallow_clone(lab, origin)
    lab.ship(delta_rs='replica')
    # Vectors on imported files, and files that leave.
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id % 10 = 7', "UPDATE {t} SET id = id + 1000 WHERE id = 8")
    lab.ship(delta_rs='replica')
    with lab.run():
        lab.sql("DELETE FROM {t} WHERE day = 'c'", "INSERT INTO {t} VALUES (500, 'd')")
    lab.ship(delta_rs='replica')
    # And come back.
    with lab.run():
        lab.sql('RESTORE TABLE {t} TO VERSION AS OF 1')
    lab.ship(delta_rs='replica')
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id = 1', "OPTIMIZE {t} WHERE day = 'c'")
    lab.ship(delta_rs='replica')
    assert_stands_alone(lab, lab.source.parent, *([origin] if origin.exists() and origin.parent != lab.source.parent
                                                  else []))


@clone_only
def test_a_shallow_clone_elsewhere_is_refused_until_its_root_is_named(lab):
    origin = lab.folder / 'origin'
    with lab.run():
        make_shallow_clone(lab, origin)
    lab.refused('table', origin.as_uri()[len('file://'):], 'import_roots')
    assert not any(lab.target.rglob('*'))
    lab.import_from(origin)
    lab.ship(delta_rs='replica')


@bare_clone_only
def test_no_log_makes_a_sender_read_what_was_not_named(bare):
    allowed, secret = bare.folder / 'allowed', bare.folder / 'secret'
    for folder in (allowed, secret):
        folder.mkdir()
        (folder / 'key').write_bytes(b'0123456789')
    (allowed / 'link').symlink_to(secret / 'key')
    bare.import_from(allowed)
    with bare.run():
        write(bare.source, orders(0, 10))
        (add,) = of_kind(bare.source, 'add', 0)
    for path, words, code in ((f'{secret.as_uri()}/key', ('table', 'import_roots'), None),
                              (f'{allowed.as_uri()}/../secret/key', ('table', 'import_roots'), None),
                              (f'{allowed.as_uri()}/%2e%2e/secret/key', ('table', "'.' or '..'"), USAGE),
                              (f'{allowed.as_uri()}/link', ('symbolic link', 'allowed/link'), None),
                              ('/etc/passwd', ('table', '/etc/passwd', 'import_roots'), None)):
        with bare.run():
            number = bare.commit({'add': add | {'path': path, 'size': 10}})
        bare.refused(*words, code=code)
        staged = [file for file in bare.regions.staging.rglob('*') if file.is_file()]
        assert not [file for file in staged if b'0123456789' in file.read_bytes()], path
        (bare.source / '_delta_log' / f'{number:020d}.json').unlink()
