"""A checkpoint without the commit of its version, and gaps. Spark and we must agree on what can be read; a version
number that cannot be proved must not become a cut."""
import pytest
from delta_tables import orders, write
from lab import clone_only, log_file, mirror_only


def create(lab, versions=6, at=3):
    for number in range(versions):
        write(lab.source, orders(number * 10, 10))
        if number == at:
            lab.forget()
            lab.checkpoint()


def spark_reads(lab):
    try:
        return sum(lab.rows(lab.source).values())
    except Exception:  # whatever it is called, it is no table
        return None


def test_gap_before_the_checkpoint(lab):
    with lab.run():
        create(lab)
        log_file(lab.source, 1).unlink()
    assert spark_reads(lab) == 60
    lab.ship()
    assert sum(lab.rows().values()) == 60


def test_commit_of_the_checkpoint_is_gone(lab):
    """Its snapshot is whole, and the commits after it are there: a clone can be made; a mirror has no whole
    history that begins there."""
    with lab.run():
        create(lab)
        for number in range(4):
            log_file(lab.source, number).unlink()
    assert spark_reads(lab) == 60
    if lab.mode == 'mirror':
        lab.refused('table')
        return
    lab.ship()
    assert sum(lab.rows().values()) == 60


def test_nothing_but_a_checkpoint(lab):
    with lab.run():
        create(lab, versions=4, at=3)
        for number in range(4):
            log_file(lab.source, number).unlink()
    assert spark_reads(lab) is None
    lab.refused('table')
    assert not any(lab.target.rglob('*.json'))


@pytest.mark.parametrize('gone', [4, 5])
def test_gap_after_the_checkpoint(lab, gone):
    """A listing that shows version 6 and not the one before is a race or damage: never skipped."""
    with lab.run():
        create(lab, versions=7)
        log_file(lab.source, gone).unlink()
    assert spark_reads(lab) is None
    lab.refused('table', f'{gone:020d}.json')


@mirror_only
def test_mirror_begins_at_the_earliest_whole_checkpoint(lab):
    with lab.run():
        create(lab)
        for number in range(3):
            log_file(lab.source, number).unlink()
    lab.ship()
    assert sum(lab.rows(version=3).values()) == 40
    assert log_file(lab.target, 3).exists() and not log_file(lab.target, 2).exists()


@clone_only
def test_clone_of_the_same_begins_anywhere(lab):
    with lab.run():
        create(lab)
        for number in range(3):
            log_file(lab.source, number).unlink()
    lab.ship()
    assert lab.newest(lab.target) == 0
