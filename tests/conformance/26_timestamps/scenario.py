"""Commit times are file times: equal, falling back, the newest older than the one before. What TIMESTAMP AS OF answers
has rules for each; an answer that is one version off cuts a table at another state than the rest of its group."""
import pytest
from delta_tables import orders, write
from lab import clone_only
from time_travel import assert_agree, set_times

T = 1_700_000_000_000

TIMES = {
    'guide': [100, 100, 100, 90, 200],
    'equal': [100, 100, 100, 100],
    'falling': [500, 400, 300, 200],
    'newest is skewed': [100, 200, 300, 150],
    'whole seconds': [1000, 1000, 2000, 2000, 3000],
}


@clone_only
@pytest.mark.parametrize('name', TIMES)
def test_same_answer_as_spark(lab, name):
    times = TIMES[name]
    for number in range(len(times)):
        write(lab.source, orders(number, 1))
    set_times(lab.source, [T + time for time in times])
    moments = sorted({T + time + off for time in times for off in (-1, 0, 1, 2)} | {T - 10_000, T + 10_000_000})
    answers = assert_agree(lab, moments)
    assert answers[0] is None and answers[-1] == len(times) - 1
    if name == 'guide':
        assert [answer for time, answer in zip(moments, answers) if time == T + 102] == [2]


@clone_only
def test_skew_at_the_border_of_a_thousand_commits(lab):
    """Beyond 2000 commits Spark looks at pieces of 1000, and makes times monotonic within each only."""
    write(lab.source, orders(0, 1))
    line = '{"commitInfo":{"timestamp":1,"operation":"WRITE"}}\n'
    for number in range(1, 2050):
        (lab.source / '_delta_log' / f'{number:020d}.json').write_text(line)
    times = [T + number * 10 for number in range(2050)]
    times[999], times[1000], times[1001] = times[1005], times[998], times[999]
    set_times(lab.source, times)
    lab.forget()
    lab.checkpoint()
    moments = [T + number * 10 + off for number in (990, 997, 998, 999, 1000, 1001, 1003, 1005, 1006, 2000, 2048)
               for off in (-1, 0, 5)]
    assert_agree(lab, moments)
