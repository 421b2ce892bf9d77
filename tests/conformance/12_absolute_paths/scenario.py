"""A shallow clone names its files by absolute paths into another table. A replica that keeps those names reads the
primary region, and is empty when that region is gone.

Paths that lie below the table's own root are made relative in clone mode. All others are refused by name in both modes:
a sender touches nothing outside the roots it is configured for."""
import shutil

from delta_tables import orders, rows_of, write
from lab import bare_mirror_only, clone_only, edit_actions, of_kind


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


@bare_mirror_only
def test_a_mirror_refuses_absolute_paths(bare):
    with bare.run():
        write(bare.source, orders(0, 10))
        make_absolute(bare)
    bare.refused('table', 'absolute path', 'mode: clone')
    assert not any(bare.target.rglob('*'))


def test_a_shallow_clone_is_refused(lab):
    origin = lab.folder / 'origin'
    with lab.run():
        write(origin, orders(0, 10))
        write(origin, orders(10, 10))
        lab.source.parent.mkdir(exist_ok=True)
        lab.sql(f'CREATE TABLE {{t}} SHALLOW CLONE delta.`{origin}`', "INSERT INTO {t} VALUES (100, 'x', 1.0)",
                'DELETE FROM {t} WHERE id = 3')
    lab.refused('table', 'absolute path', 'clone')
    assert not any(lab.target.rglob('*'))
