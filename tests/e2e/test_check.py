"""What `check` finds beside what each feature's own tests look at: many groups on a page, regions that differ, secrets
and certificates that end, each with a way out."""
import base64
import json
import time

import pytest
from delta_tables import orders, write
from deltalake import DeltaTable
from far_regions import FarRegions
from lakeferry import FAILED, Regions, Run


def check(regions, role='sender', code=0, **options):
    return regions.run(role, 'check', code=code, **options)


def said(done, severity, text):
    """The findings of that severity that say so; each that is no mere information has a way out."""
    for finding in done.document['findings']:
        assert finding['severity'] == 'info' or finding['remedy'], finding
    return [finding for finding in done.document['findings']
            if finding['severity'] == severity and text in finding['what']]


def write_to(regions, table, rows, **options):
    if isinstance(regions, FarRegions):
        regions.write(table, rows, **options)
    else:
        write(regions.source(table), rows, **options)


def run_once(regions, number=0):
    with Run(regions, f'run-{number}'):
        for table in regions.tables:
            write_to(regions, table, orders(number * 100, 10), run_id=f'run-{number}')
    regions.sync()


def test_a_hundred_groups_fit_on_a_page(tmp_path):
    regions = Regions(tmp_path, tables=[f't{number}' for number in range(100)], group=None, workflow=None)
    write_to(regions, 't0', orders(0, 10))
    done = check(regions, code=FAILED, as_json=False)
    assert len(done.stdout.splitlines()) <= 40, done
    assert 'error: source of table lake.t1' in done.text and 'and 98 like it, of t' in done.text, done
    assert 'not ok: 99 errors' in done.text
    every = check(regions, code=FAILED)
    assert len(said(every, 'error', 'source of table')) == 99
    assert len({finding['group'] for finding in every.document['findings']} - {None}) == 100
    wordy = regions.run('sender', 'check', '-v', code=FAILED, as_json=False)
    assert wordy.text.count('error: source of table') == 99


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_a_replica_that_is_not_what_was_applied_is_told_from_a_source_that_has_changed(tmp_path, mode):
    regions = Regions(tmp_path, tables=['bronze'], mode=mode)
    run_once(regions)
    done = check(regions)
    assert said(done, 'info', 'has changed at its source') == said(done, 'error', 'both regions') == []
    DeltaTable(regions.source('bronze')).alter.set_table_properties({'delta.logRetentionDuration': 'interval 60 days'})
    (finding,) = said(check(regions), 'info', 'has changed at its source since version 0 that was applied (now 1)')
    assert 'property delta.logRetentionDuration is at the source alone' in finding['what']
    DeltaTable(regions.target('bronze')).alter.set_table_properties({'delta.appendOnly': 'true'})
    (finding,) = said(check(regions, code=FAILED), 'error', 'is not the same in both regions')
    assert 'property delta.appendOnly is at the replica alone' in finding['what']
    assert 'When somebody wrote to a replica' in finding['remedy']


def token(ends):
    claims = base64.urlsafe_b64encode(json.dumps({'sub': 'x', 'exp': int(ends)}).encode()).rstrip(b'=').decode()
    return f'eyJhbGciOiJub25lIn0.{claims}.c2lnbmF0dXJl'


def test_a_token_and_a_signature_that_end_are_named(tmp_path):
    secrets = {'token': tmp_path / 'token', 'sas': tmp_path / 'sas'}
    secrets['sas'].write_text('sv=2024-11-04&se=2023-11-14T22:13:20Z&sig=c2VjcmV0')
    secrets['token'].write_text(token(time.time() + 86_400))
    regions = Regions(tmp_path / 'r', tables=['bronze'],
                      group_keys={'workflow_source': {'kind': 'databricks', 'url': 'https://127.0.0.1:1',
                                                      'token': {'file': str(secrets['token'])}}},
                      top={'credentials': {'dr': {'kind': 'azure', 'sas_token': {'file': str(secrets['sas'])}}}})
    write_to(regions, 'bronze', orders(0, 10))
    done = check(regions, code=FAILED)
    assert len(said(done, 'error', "the shared access signature of credential 'dr' ended 2023-11-14")) == 1
    assert len(said(done, 'warning', 'the token for the workflows at https://127.0.0.1:1 ends ')) == 1
    assert 'c2VjcmV0' not in done.stdout and 'c2lnbmF0dXJl' not in done.stdout


def test_clock_and_room_of_this_machine_are_told(tmp_path, seaweedfs):
    regions = FarRegions(tmp_path, seaweedfs, tables=['bronze'])
    run_once(regions)
    done = check(regions)
    assert len(said(done, 'info', "this machine's clock and those of 1 server that were asked are in step within")) == 1
    rooms = [finding for severity in ('info', 'warning', 'error')
             for finding in said(done, severity, ' room')]
    assert rooms, done


def test_a_server_whose_clock_is_another_is_named(tmp_path, seaweedfs, fault_proxy):
    proxy = fault_proxy(seaweedfs)
    regions = FarRegions(tmp_path, seaweedfs, endpoint=proxy.endpoint, tables=['bronze'])
    run_once(regions)
    proxy.add('answer', operation='GetBucketLifecycleConfiguration', status=404,
              headers={'Date': 'Tue, 14 Nov 2023 22:13:20 GMT'}, body='<Error><Code>None</Code></Error>')
    assert said(check(regions, code=FAILED), 'error', "this machine's clock is "), 'years behind'
