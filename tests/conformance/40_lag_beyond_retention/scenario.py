"""Log clean-up at the source has overtaken the sender: the commit after the last one that was sent is gone. Whoever
goes on with the next that is there splices a hole into the replica."""
from delta_tables import orders, write
from lab import clone_only, forget_commits, log_file, mirror_only


def overtaken(lab):
    """Version 0 is replicated; 1 to 4 are cleaned away, 5 has a checkpoint, 6 is the newest."""
    with lab.run():
        write(lab.source, orders(0, 10))
    lab.ship()
    with lab.run():
        for number in range(1, 7):
            write(lab.source, orders(number * 10, 10), mode='overwrite' if number == 3 else 'append')
            if number == 5:
                lab.forget()
                lab.checkpoint()
        forget_commits(lab.source, 5)


@clone_only
def test_a_clone_is_compared_with_the_whole_table(lab):
    overtaken(lab)
    lab.ship()
    assert lab.newest(lab.target) == 1
    assert sum(lab.rows().values()) == 40
    assert sum(lab.rows(version=0).values()) == 10


@mirror_only
def test_a_mirror_begins_again_at_the_next_whole_checkpoint(lab):
    overtaken(lab)
    done = lab.regions.pass_once('sender')
    assert 'cleaned' in done.stderr, f'nobody tells of the gap:\n{done}'
    lab.regions.pass_once('receiver')
    lab.check()
    assert sum(lab.rows().values()) == 40
    assert sum(lab.rows(version=5).values()) == 30
    assert not log_file(lab.target, 3).exists()
    # And it goes on from there.
    with lab.run():
        write(lab.source, orders(70, 10))
    lab.ship()
    assert sum(lab.rows().values()) == 50
