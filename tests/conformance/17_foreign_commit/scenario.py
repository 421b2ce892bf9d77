"""Somebody writes to the replica. The next versions of the source would overwrite, or be put on top of, rows that are
not the source's."""
import pytest
from delta_tables import orders, write

WRITES = {
    'insert': lambda lab: lab.sql("INSERT INTO {t} VALUES (900, 'x', 1.0)", at=lab.target),
    'delete': lambda lab: lab.sql('DELETE FROM {t} WHERE id = 3', at=lab.target),
    'optimize': lambda lab: lab.sql('OPTIMIZE {t}', at=lab.target),
    'property': lambda lab: lab.sql("ALTER TABLE {t} SET TBLPROPERTIES ('who' = 'me')", at=lab.target),
}


def replicated(lab):
    with lab.run():
        write(lab.source, orders(0, 10))
        write(lab.source, orders(10, 10))
    lab.ship()


@pytest.mark.parametrize('what', WRITES)
def test_a_foreign_write_stops_the_table(lab, what):
    replicated(lab)
    WRITES[what](lab)
    foreign = lab.rows()
    with lab.run():
        write(lab.source, orders(20, 10))
    lab.regions.pass_once('sender')
    error = lab.refused('table', 'somebody else', f'version {lab.newest(lab.target)}', role='receiver')
    assert error['kind'] == 'diverged'
    assert lab.rows() == foreign, 'the foreign rows were overwritten'


def test_vacuum_on_the_replica(lab):
    """VACUUM writes two entries of its own: harmless on a clone, a fork on a mirror."""
    replicated(lab)
    lab.sql('VACUUM {t}', at=lab.target)
    with lab.run():
        write(lab.source, orders(20, 10))
    lab.regions.pass_once('sender')
    if lab.mode == 'clone':
        lab.regions.pass_once('receiver')
        lab.check()
        return
    lab.refused('somebody else', 'VACUUM', role='receiver')
