"""After log clean-up a moment before the oldest version that can be rebuilt has no answer. Whoever takes the oldest
file there is answers with a version that cannot be read, or with one of later."""
import os
import time

from delta_tables import orders, write
from lab import clone_only, commit_versions, forget_commits, log_file, mirror_only
from time_travel import assert_agree, set_times

T = 1_700_000_000_000


@clone_only
def test_moments_around_the_clean_up(lab):
    for number in range(8):
        write(lab.source, orders(number * 10, 10))
        if number in (3, 6):
            lab.forget()
            lab.checkpoint()
    set_times(lab.source, [T + 100 * number for number in range(8)])
    moments = [T + 100 * number + off for number in range(8) for off in (-1, 0, 50)]
    forget_commits(lab.source, 2)  # version 2 is there, but cannot be rebuilt
    answers = dict(zip(moments, assert_agree(lab, moments)))
    assert answers[T + 250] is None and answers[T + 300] == 3
    forget_commits(lab.source, 6)
    answers = dict(zip(moments, assert_agree(lab, moments)))
    assert answers[T + 599] is None if T + 599 in answers else answers[T + 550] is None
    assert answers[T + 600] == 6


@mirror_only
def test_spark_cleans_the_log_of_a_mirror_as_that_of_its_source(lab):
    """After a fail-over the replica is written to: what its log keeps goes by the times of files, checkpoints too."""
    now, day = time.time(), 24 * 3600
    ages = {number: 50 - 4 * number for number in range(8)}
    with lab.run():
        for number in ages:
            write(lab.source, orders(number * 10, 10))
            if number in (1, 3):
                lab.forget()
                lab.checkpoint()
        set_times(lab.source, [int(now - age * day) * 1000 for age in ages.values()])
        for number in (1, 3):
            os.utime(log_file(lab.source, number, 'checkpoint.parquet'), (now - ages[number] * day + 60,) * 2)
    lab.ship()
    left = []
    for side in (lab.source, lab.target):
        lab.forget()
        lab.checkpoint(at=side)
        left.append((commit_versions(side), {file.name for file in (side / '_delta_log').glob('*.checkpoint.parquet')}))
    assert left[0] == left[1]
    commits, checkpoints = left[0]
    assert 0 not in commits and 7 in commits, left[0]
    assert sorted(name[:20] for name in checkpoints) == [f'{number:020d}' for number in (3, 7)]
