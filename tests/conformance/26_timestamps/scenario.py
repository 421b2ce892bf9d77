"""Commit times are file times: equal, falling back, the newest older than the one before. What TIMESTAMP AS OF answers
has rules for each; an answer that is one version off cuts a table at another state than the rest of its group."""
import time
from datetime import datetime, timezone

import pytest
from delta_tables import orders, write
from deltalake import DeltaTable
from lab import clone_only, mirror_only
from time_travel import Oracle, assert_agree, our_version_at, set_times

T = 1_700_000_000_000
DAY = 24 * 3600 * 1000
# Days after the first commit: two are equal, the next is older than both.
DAYS = [0, 1, 1, 0.5, 3, 4.25]

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


def delta_rs_version_at(table, time_ms):
    opened = DeltaTable(str(table))
    opened.load_as_version(datetime.fromtimestamp(time_ms / 1000, timezone.utc))
    return opened.version()


def moments_around(times):
    """Each version's time as readers level it, and a moment between it and the next."""
    level = []
    for moment in times:
        level.append(max(moment, level[-1] + 1) if level else moment)
    between = [(one + other) // 2 for one, other in zip(level, level[1:])]
    return sorted({*level, *between})


def versions_by_rows(lab, table, moments):
    """What SQL reads at each moment, where version n has n + 1 rows."""
    read = ('SELECT {0} AS moment, count(*) AS many FROM {{t}} TIMESTAMP AS OF CAST({1}.{2:03d} AS TIMESTAMP)'
            .format(moment, *divmod(moment, 1000)) for moment in moments)
    return {row.moment: row.many - 1 for row in lab.sql(' UNION ALL '.join(read), at=table)}


@mirror_only
@pytest.mark.parametrize('history', ['full', 'cuts-only'])
def test_a_mirror_answers_as_its_source(lab, history):
    lab.regions.group_keys['history'] = history
    lab.regions.write_configuration()
    times = [int(time.time() * 1000) - 6 * DAY + int(days * DAY) for days in DAYS]
    # A first copy, and an epoch that builds upon it.
    for first, last in ((0, 3), (3, len(times))):
        with lab.run():
            for number in range(first, last):
                write(lab.source, orders(number, 1))
            set_times(lab.source, times[:last])
        lab.ship()

    source, target = Oracle(lab), Oracle(lab, lab.target)
    answers = {moment: source.version_at(moment) for moment in moments_around(times)}
    assert set(answers.values()) == set(range(len(times))), 'every version has its moments'
    for moment, version in answers.items():
        assert target.version_at(moment) == our_version_at(lab.target, moment) == version, moment
        assert delta_rs_version_at(lab.target, moment) == delta_rs_version_at(lab.source, moment), moment
    for side in (lab.source, lab.target):
        assert versions_by_rows(lab, side, answers) == answers
    for moment in (times[0] - 1, times[-1] + DAY):
        assert target.version_at(moment) == source.version_at(moment)
    told = [[(row.version, row.timestamp) for row in lab.sql('DESCRIBE HISTORY {t}', at=side)]
            for side in (lab.source, lab.target)]
    assert told[0] == told[1]
