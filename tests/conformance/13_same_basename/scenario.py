"""Files of one name in two foreign folders. Imported by name alone, one would take the other's place.

A clone imports each under a name that follows from its whole path. Two folders of the table itself stay two as they
are.
"""
import shutil

from delta_tables import DeltaRs, assert_same_rows, orders, write
from lab import bare_mirror_only, clone_only, edit_actions, of_kind


def test_two_folders_of_the_table_hold_files_of_one_name(lab):
    with lab.run():
        write(lab.source, orders(0, 10))
        write(lab.source, orders(10, 10))
        for number in range(2):
            (add,) = of_kind(lab.source, 'add', number)
            folder = lab.source / f'part{number}'
            folder.mkdir()
            shutil.move(lab.source / add['path'], folder / 'same.parquet')
            path = f'part{number}/same.parquet'
            edit_actions(lab.source, number, lambda kind, fields, path=path: fields | {'path': path}
                         if kind == 'add' else fields)
    lab.ship()
    assert sum(lab.rows().values()) == 20


def name_foreign_files(lab):
    """The table's two files, moved to foreign folders under one name; the folders."""
    write(lab.source, orders(0, 10))
    write(lab.source, orders(10, 10))
    folders = []
    for number in range(2):
        folder = lab.folder / f'foreign{number}'
        folder.mkdir()
        folders.append(folder)
        (add,) = of_kind(lab.source, 'add', number)
        shutil.move(lab.source / add['path'], folder / 'same.parquet')
        path = f'{folder.as_uri()}/same.parquet'
        edit_actions(lab.source, number, lambda kind, fields, path=path: fields | {'path': path}
                     if kind == 'add' else fields)
    return folders


@clone_only
def test_two_foreign_folders_hold_files_of_one_name(lab):
    with lab.run():
        folders = name_foreign_files(lab)
    lab.import_from(*folders)
    lab.ship(delta_rs='replica')
    assert sum(lab.rows().values()) == 20
    # The one leaves, the other stays.
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id < 10')
    lab.ship(delta_rs='replica')
    for folder in (lab.source, *folders):
        shutil.rmtree(folder)
    assert sum(lab.rows().values()) == 10
    assert_same_rows(lab.spark_view(lab.target), DeltaRs(lab.target))


@bare_mirror_only
def test_a_mirror_refuses_them(bare):
    with bare.run():
        name_foreign_files(bare)
    bare.refused('table', 'absolute path', 'mode: clone')
    assert not any(bare.target.rglob('*'))
