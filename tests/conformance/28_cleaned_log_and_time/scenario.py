"""After log clean-up a moment before the oldest version that can be rebuilt has no answer. Whoever takes the oldest
file there is answers with a version that cannot be read, or with one of later."""
from delta_tables import orders, write
from lab import clone_only, forget_commits
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
