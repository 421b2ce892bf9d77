"""A table that was dropped and created anew has grown past the version that was replicated. Version numbers alone look
fine; whoever goes on from there splices two tables into one."""
import shutil

from delta_tables import orders, write


def test_table_created_anew_is_named_and_the_replica_stays(lab):
    with lab.run():
        for number in range(6):
            write(lab.source, orders(number * 10, 10))
    lab.ship()
    before = lab.rows()

    shutil.rmtree(lab.source)
    with lab.run():
        for number in range(9):
            write(lab.source, orders(1000 + number * 10, 10, 'other'))
    lab.refused('table', 'not the table of the last cut', 'version 5 has another content', 'move', 'anew')
    assert lab.rows() == before


def test_a_table_created_anew_with_fewer_versions_is_named_too(lab):
    with lab.run():
        for number in range(3):
            write(lab.source, orders(number * 10, 10))
    lab.ship()
    shutil.rmtree(lab.source)
    with lab.run():
        write(lab.source, orders(1000, 10, 'other'))
    lab.refused('table', 'not the table of the last cut')


def test_the_log_of_the_new_table_was_cleaned_beyond_the_old_version(lab):
    """Its commits cannot be compared any more: only the table's id tells."""
    with lab.run():
        write(lab.source, orders(0, 10))
    lab.ship()
    shutil.rmtree(lab.source)
    with lab.run():
        for number in range(4):
            write(lab.source, orders(1000 + number * 10, 10, 'other'))
        lab.forget()
        lab.checkpoint()
        for number in range(3):
            (lab.source / '_delta_log' / f'{number:020d}.json').unlink()
    lab.refused('table', 'its id is another')
