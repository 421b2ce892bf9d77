"""Files of one name in two foreign folders. Imported by name alone, one would take the other's place.

Files outside the table's root are refused (scenario 12), so that none is imported under any name; what this checks is
that files of one name in two folders of the table itself stay two."""
import shutil

from delta_tables import orders, write
from lab import edit_actions, of_kind


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


def test_two_foreign_folders_hold_files_of_one_name(bare):
    with bare.run():
        write(bare.source, orders(0, 10))
        (add,) = of_kind(bare.source, 'add', 0)
        adds = []
        for number in range(2):
            folder = bare.folder / f'foreign{number}'
            folder.mkdir()
            shutil.copy(bare.source / add['path'], folder / 'same.parquet')
            adds.append({'add': add | {'path': f'{folder.as_uri()}/same.parquet'}})
        bare.commit(*adds)
    bare.refused('table', 'absolute path')
    assert not any(bare.target.rglob('*'))
