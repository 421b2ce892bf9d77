"""Groups whose runs a program of the operator prints."""
import json
import time

from delta_tables import DeltaRs, assert_same_rows, orders, write
from lakeferry import FAILED, Regions, utc


def regions_with(folder, script):
    program = folder / 'runs'
    program.write_text('#!/bin/sh\n' + script)
    program.chmod(0o755)
    source = {'kind': 'command', 'command': [str(program)], 'timeout': '5s'}
    return Regions(folder / 'regions', ['bronze'], workspace={'workflow_source': source})


def test_a_run_that_it_prints_is_cut(tmp_path):
    regions = regions_with(tmp_path, f'test "$LAKEFERRY_WORKFLOW" = nightly && cat {tmp_path}/runs.json')
    begun = time.time()
    write(regions.source('bronze'), orders(0, 5))
    run = {'run_id': 'r-1', 'start': utc(begun), 'end': utc(time.time()), 'state': 'success'}
    (tmp_path / 'runs.json').write_text(json.dumps({'runs': [run]}))
    regions.sync()
    assert_same_rows(DeltaRs(regions.source('bronze')), DeltaRs(regions.target('bronze')))
    assert regions.history('receiver')[0]['run_ids'] == ['r-1']


def test_what_it_does_wrong_is_said_and_no_secret_of_ours_reaches_it(tmp_path):
    regions = regions_with(tmp_path, 'env >&2; echo no such scheduler >&2; exit 3')
    write(regions.source('bronze'), orders(0, 5))
    done = regions.run('sender', 'check', code=FAILED, env={'AWS_SECRET_ACCESS_KEY': 'key-of-ours'})
    (finding,) = [one for one in done.document['findings'] if one['what'].startswith('workflow ')]
    assert 'exit code 3' in finding['what'] and 'no such scheduler' in finding['what']
    assert 'key-of-ours' not in done.stdout + done.stderr and 'AWS_SECRET' not in finding['what']
