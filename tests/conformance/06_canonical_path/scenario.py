"""A writer names a file `a//b.parquet`; Spark's checkpoint calls it `a/b.parquet`; its removal says `a//b.parquet`
again. Whoever compares the texts brings the file back to life."""
from delta_tables import multiset, orders, write
from lab import edit_actions, forget_commits, of_kind


def doubled(path):
    return path.replace('/', '//', 1)


def remove_of(add, path):
    return {'remove': {'path': path, 'deletionTimestamp': 1, 'dataChange': True, 'extendedFileMetadata': True,
                       'partitionValues': add['partitionValues'], 'size': add['size']}}


def rows_as_written(*tables):
    return sum((multiset(table.to_pylist()) for table in tables), multiset([]))


def test_a_file_removed_under_its_other_name_stays_removed(lab):
    west, east = orders(0, 10), orders(10, 10, 'east')
    with lab.run():
        write(lab.source, west, partition_by=['region'])
        edit_actions(lab.source, 0, lambda kind, fields: fields | {'path': doubled(fields['path'])}
                     if kind == 'add' else fields)
        write(lab.source, east)
        lab.forget()
        lab.checkpoint()
        (add,) = of_kind(lab.source, 'add', 0)
        assert '//' in add['path']
        lab.commit(remove_of(add, add['path']))
        forget_commits(lab.source, 1)
    lab.sync()
    assert lab.rows(lab.source) == rows_as_written(east), 'Spark itself must see it so'
    assert lab.rows(lab.target) == rows_as_written(east)
    # delta-rs does not read such a path; of a clone it must.
    lab.check(delta_rs='replica' if lab.mode == 'clone' else False)


def test_removal_in_a_later_cut_under_the_canonical_name(lab):
    west, east = orders(0, 10), orders(10, 10, 'east')
    with lab.run():
        write(lab.source, west, partition_by=['region'])
        write(lab.source, east)
        edit_actions(lab.source, 0, lambda kind, fields: fields | {'path': doubled(fields['path'])}
                     if kind == 'add' else fields)
    lab.ship(delta_rs='replica' if lab.mode == 'clone' else False)
    with lab.run():
        (add,) = of_kind(lab.source, 'add', 0)
        lab.commit(remove_of(add, add['path'].replace('//', '/')))
    lab.ship(delta_rs='replica' if lab.mode == 'clone' else False)
    assert lab.rows() == rows_as_written(east)
