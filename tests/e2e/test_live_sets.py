"""An older commit that is replaced at the source after it was replicated: source and replica hold other rows, and no
pass looks there. `verify --source` finds it, and the sender by itself."""
import shutil
import time

import pytest
from delta_tables import DeltaRs, orders, write
from lakeferry import NOT_IN_SYNC, REFUSED, Regions, Run

SECOND = '_delta_log/00000000000000000001.json'


@pytest.fixture(params=['clone', 'mirror'])
def regions(request, tmp_path):
    """Three runs, three epochs."""
    regions = Regions(tmp_path, ['t', 'u'], mode=request.param, workspace={'verify_interval': '1s'})
    for number in range(3):
        with Run(regions, f'run-{number}'):
            for table in regions.tables:
                write(regions.source(table), orders(10 * number, 10), run_id=f'run-{number}')
        regions.sync()
    return regions


def replace_second_commit(regions, scratch):
    """What a late writer does to a store without mutual exclusion; the commit as it was."""
    source, late = regions.source('t'), scratch / 'late'
    (late / '_delta_log').mkdir(parents=True)
    shutil.copy(source / '_delta_log/00000000000000000000.json', late / '_delta_log')
    write(late, orders(500, 77))
    for file in late.glob('*.parquet'):
        shutil.copy(file, source)
    before = (source / SECOND).read_bytes()
    shutil.copy(late / SECOND, source / SECOND)
    return before


def verdicts(regions, role, *arguments, code=0):
    (group,) = regions.run(role, 'verify', *arguments, code=code).document['groups']
    assert group['ok'] == (code == 0)
    return group['side'], {table['table']: table['live_set'] for table in group['tables']}


def test_a_replaced_commit_is_found_at_the_source(regions, tmp_path):
    assert verdicts(regions, 'sender', '--source') == ('source', {'lake.t': 'same', 'lake.u': 'same'})
    replace_second_commit(regions, tmp_path)
    assert DeltaRs(regions.source('t')).rows() != DeltaRs(regions.target('t')).rows()
    assert verdicts(regions, 'receiver') == ('replica', {'lake.t': 'same', 'lake.u': 'same'})
    found = verdicts(regions, 'sender', '--source', code=NOT_IN_SYNC)
    assert found == ('source', {'lake.t': 'differs', 'lake.u': 'same'})
    text = regions.run('sender', 'verify', '--source', code=NOT_IN_SYNC, as_json=False).text
    assert 'the source is NOT known to hold what epoch 3 says' in text
    assert '97 files' not in text and '3 files' in text


def test_what_the_source_does_not_hold_any_more_is_not_said_to_be_the_same(regions):
    shutil.rmtree(regions.source('u'))
    found = verdicts(regions, 'sender', '--source', code=NOT_IN_SYNC)
    assert found == ('source', {'lake.t': 'same', 'lake.u': 'not_checked'})


def test_the_sender_finds_a_replaced_commit_by_itself_and_stops(regions, tmp_path):
    def compared():
        return {entry['table']: entry['result'] for entry in regions.status('sender')['live_sets']}

    time.sleep(1.1)
    for _ in regions.tables:
        regions.pass_once('sender')
    assert compared() == {'lake.t': 'same', 'lake.u': 'same'}
    before = replace_second_commit(regions, tmp_path)
    time.sleep(1.1)
    errors = [done for done in (regions.pass_once('sender', code=None) for _ in regions.tables) if done.code]
    assert errors and all(done.code == REFUSED for done in errors)
    assert 'live files of the source of table' in errors[0].stderr
    assert compared()['lake.t'] == 'differs'

    with Run(regions, 'run-3'):
        write(regions.source('t'), orders(100, 5), run_id='run-3')
    error = regions.failing_sync('sender', code=REFUSED)
    assert error['kind'] == 'diverged' and 'lake.t' in error['message']
    assert regions.history('sender')[0]['epoch'] == 3

    (regions.source('t') / SECOND).write_bytes(before)
    regions.sync()
    assert regions.history('receiver')[0]['epoch'] == 4
