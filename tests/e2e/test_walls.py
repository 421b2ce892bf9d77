"""Roles whose rights a real server keeps apart: they suffice for whole epochs, and `check --walls` tries them."""
import json

import pytest
from delta_tables import orders
from far_regions import FarRegions, Place
from lakeferry import FAILED, Run

ROLES = ('sender', 'receiver')


class WalledRegions(FarRegions):
    """Source, staging and target in buckets of their own; each role with an identity of the server that has its rights
    there and no others."""

    def __init__(self, folder, server, **options):
        self.places = {place: Place(f's3://{server.new_bucket(f"walled-{place}")}')
                       for place in ('source', 'staging', 'target')}
        self.server = server
        super().__init__(folder, server, **options)

    def source(self, table):
        return self.places['source'] / 'lake' / table

    def target(self, table):
        return self.places['target'] / 'replica' / table

    def configuration(self, role):
        self.staging = self.places['staging'] / 'dr'
        return super(FarRegions, self).configuration(role)

    def run(self, role, command, *arguments, env=None, **options):
        mine = {'AWS_ACCESS_KEY_ID': f'AKIA{role.upper()}'}
        return super().run(role, command, *arguments, env=mine | (env or {}), **options)


def first_run(regions):
    with Run(regions, 'run-1'):
        for table in regions.tables:
            regions.write(table, orders(0, 5), run_id='run-1')


@pytest.fixture
def regions(tmp_path, seaweedfs):
    regions = WalledRegions(tmp_path, seaweedfs)
    first_run(regions)
    regions.sync()
    regions.assert_equal()
    return regions


def walls(regions, role, code=None, **options):
    """What `check --walls` says of each, by severity."""
    done = regions.run(role, 'check', '--walls', '--role', role, code=code, **options)
    said = {}
    for finding in done.document['findings']:
        if f'the {role} can' in finding['what']:
            said.setdefault(finding['severity'], []).append(finding['what'])
    return said


def test_rights_of_its_own_are_enough_for_each_role_and_the_walls_hold(regions):
    sender = walls(regions, 'sender', code=0)
    assert set(sender) == {'info'} and len(sender['info']) == 4 * len(regions.tables)
    receiver = walls(regions, 'receiver', code=FAILED)
    # This server knows no right to write that is none to delete.
    assert all('can delete the target' in what for what in receiver['error'])
    assert len(receiver['info']) == 3 * len(regions.tables)


def test_walls_that_are_not_there_are_named(regions):
    everything = {'AWS_ACCESS_KEY_ID': regions.server.key}
    for role in ROLES:
        said = walls(regions, role, code=FAILED, env=everything)
        assert set(said) == {'error'} and len(said['error']) == 4 * len(regions.tables)
    for place in ('source', 'target'):
        listing = regions.server.client().list(regions.places[place].uri.removeprefix('s3://'))
        assert listing.status == 200 and b'_lakeferry_check' not in listing.body, 'what was tried is gone again'


def test_a_credential_of_the_other_side_within_reach_is_found(regions):
    credential = dict(kind='s3', access_key_id={'env': 'OTHER_KEY'}, secret_access_key={'env': 'OTHER_SECRET'})
    regions.top_keys = {'credentials': {'of_the_receiver': credential}}
    regions.write_configuration()
    assert set(walls(regions, 'sender')) == {'info'}, 'its secret is not here'
    within_reach = {'OTHER_KEY': 'AKIARECEIVER', 'OTHER_SECRET': regions.server.secret}
    said = walls(regions, 'sender', code=FAILED, env=within_reach)
    assert said['error'] and all('as credential of_the_receiver' in what for what in said['error'])


def test_a_sender_that_places_files_needs_the_right_and_is_told_so(tmp_path, seaweedfs):
    regions = WalledRegions(tmp_path, seaweedfs, group_keys={'staging': 'direct'})
    first_run(regions)
    target = regions.places['target'].uri
    error = regions.failing_sync('sender')
    assert error['kind'] == 'unauthorized' and target in str(error['where'])
    findings = regions.run('sender', 'check', code=FAILED).document['findings']
    assert any('placing files at the target' in one['what'] for one in findings if one['severity'] == 'error')

    placer = {'AWS_ACCESS_KEY_ID': 'AKIAPLACER'}
    assert regions.run('sender', 'check', env=placer).document['ok']
    regions.pass_once('sender', env=placer)
    client = regions.server.client()
    assert regions.staged_files(client) == [] and regions.staged_documents(client) != []
    assert regions.run('receiver', 'check').document['ok']
    regions.pass_once('receiver')
    regions.assert_equal()
    said = walls(regions, 'sender', code=FAILED, env=placer)
    assert any('can write the log of the target' in what for what in said['error'])


def test_a_host_that_is_both_has_no_walls(regions):
    regions.top_keys = {'role': 'both'}
    regions.write_configuration()
    error = json.loads(regions.run('sender', 'check', '--walls', code=None).stderr)['error']
    assert error['kind'] == 'invalid_argument' and '--role' in error['remedy']
