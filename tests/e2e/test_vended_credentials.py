"""Tables in S3 that each role opens with nothing but what the tables' catalogs hand out: session keys that are good for
one folder, to read or to write, and for a time. A gate in front of the store takes no others."""
import secrets
import time

import pytest
from delta_tables import multiset, orders
from deltalake import DeltaTable, write_deltalake
from far_regions import reach_of
from lakeferry import FAILED, wait_until
from session_gate import SessionGate
from test_unity_catalog import SCHEMA, CatalogRegions
from unity_catalog import UnityDouble

LIFE_SECONDS = 3
# No credential comes from the machine.
ALONE = {'AWS_EC2_METADATA_DISABLED': 'true'}


class VendedRegions(CatalogRegions):
    """`place` is a folder of the bucket behind `gate`: the lake of the one region and the replicas of the other."""

    def __init__(self, folder, east, west, names, place, server, gate, **options):
        self.place, self.gate, self.storage = place, gate, reach_of(server)[1]
        super().__init__(folder, east, west, names, folder / 'nothing', credentials='vended', **options)

    def configuration(self, role):
        document = super().configuration(role)
        workspace = document['workspaces'][0]
        workspace['roots'] = {'west': f'{self.place}/replicas'}
        return document | {'stores': [{'prefix': f'{self.place}/', 'endpoint': self.gate.url}]}

    def run(self, role, command, *arguments, env=None, **options):
        return super().run(role, command, *arguments, env={**ALONE, **(env or {})}, **options)

    def source(self, table):
        return f'{self.place}/lake/{table}'

    def replica(self, table):
        return f'{self.place}/replicas/main/raw/{table}'

    def write(self, table, rows):
        write_deltalake(self.source(table), rows, mode='append', storage_options=self.storage)

    def rows(self, place):
        return multiset(DeltaTable(place, storage_options=self.storage).to_pyarrow_table().to_pylist())

    def are_equal(self, table):
        try:
            return self.rows(self.source(table)) == self.rows(self.replica(table))
        except Exception:  # not there yet
            return False


@pytest.fixture
def gate(seaweedfs):
    with SessionGate(seaweedfs) as running:
        yield running


@pytest.fixture
def world(tmp_path, seaweedfs, gate):
    """world('bronze', …): regions with tables of these names, which both catalogs hand out sessions of `gate` for."""
    place = f's3://{seaweedfs.new_bucket()}/{secrets.token_hex(4)}'
    with UnityDouble(issue=gate.issue) as east, UnityDouble(issue=gate.issue) as west:
        def make(*tables, **options):
            for catalog in (east, west):
                catalog.add_schema(SCHEMA)
            regions = VendedRegions(tmp_path / 'regions', east, west, [f'{SCHEMA}.{table}' for table in tables], place,
                                    seaweedfs, gate, **options)
            for number, table in enumerate(tables):
                regions.write(table, orders(number * 100, 5))
                east.add(f'{SCHEMA}.{table}', regions.source(table))
            return regions
        yield make


def assert_nowhere(regions, gate):
    """No secret that was handed out stands in anything that was written beside the tables."""
    handed = [text.encode() for session in gate.sessions.values() for text in (session.secret, session.token)]
    assert handed
    for path in regions.folder.rglob('*'):
        if path.is_file():
            content = path.read_bytes()
            assert not [text for text in handed if text in content], path


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_tables_are_read_and_written_with_what_their_catalogs_hand_out(world, gate, mode):
    regions = world('bronze', 'silver')
    regions.mode = mode
    regions.write_configuration()
    for role in ('sender', 'receiver'):
        assert regions.run(role, 'check', code=None).document['ok'], role
    regions.sync()
    assert regions.are_equal('bronze') and regions.are_equal('silver')
    assert {write for _, write in regions.east.handed} == {False}, 'a source is only read'
    assert {uri for uri, _ in regions.east.handed} == {regions.source('bronze'), regions.source('silver')}
    assert (regions.replica('bronze'), True) in regions.west.handed
    assert regions.west.table(f'{SCHEMA}.bronze') is not None

    # A table of the receiving catalog by now: asked for by its id.
    regions.west.asked.clear()
    regions.write('bronze', orders(50, 5))
    regions.sync()
    assert regions.are_equal('bronze') and regions.are_equal('silver')
    assert not [path for path in regions.west.asked if 'temporary-path-credentials' in path]
    assert [path for path in regions.west.asked if 'temporary-table-credentials' in path]
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []
    assert gate.denied() == set()
    assert_nowhere(regions, gate)


def test_sessions_that_end_in_time_or_before_are_followed_by_others(world, gate):
    gate.seconds = LIFE_SECONDS
    regions = world('bronze')
    with regions.start('sender', ALONE) as sender, regions.start('receiver', ALONE) as receiver:
        began = time.monotonic()
        number = 0
        while time.monotonic() < began + 3 * LIFE_SECONDS:
            number += 1
            regions.write('bronze', orders(number * 100, 5))
            wait_until(lambda: regions.are_equal('bronze'), f'epoch {number}')
        assert len(regions.east.handed) > 2, 'asked for again before the end'
        assert len([1 for _, write in regions.west.handed if write]) > 2
        assert gate.denied() == set(), 'none was used that had ended'

        # What ends before it said is replaced when it is refused.
        gate.seconds = 3600
        time.sleep(LIFE_SECONDS)
        regions.write('bronze', orders(9000, 5))
        wait_until(lambda: regions.are_equal('bronze'), 'an epoch with sessions that last')
        before = len(regions.east.handed)
        for session in gate.sessions.values():
            session.ends = 0
        regions.write('bronze', orders(9100, 5))
        wait_until(lambda: regions.are_equal('bronze'), 'an epoch after all sessions had ended')
        assert gate.denied() == {'ExpiredToken'} and len(regions.east.handed) > before
        assert sender.stop() == 0 and receiver.stop() == 0
    assert_nowhere(regions, gate)


def test_a_refusal_is_told_by_name_with_the_way_out(world, gate):
    regions = world('bronze')
    regions.east.external_use = False
    error = regions.failing_sync('sender', code=FAILED)
    assert error['kind'] == 'unauthorized' and f"'{SCHEMA}.bronze'" in error['message']
    assert 'EXTERNAL USE SCHEMA' in error['remedy']
    findings = regions.run('sender', 'check', code=FAILED).document['findings']
    assert any('EXTERNAL USE SCHEMA' in (finding['remedy'] or '') for finding in findings), findings
    regions.east.external_use = True
    regions.pass_once('sender')
    regions.west.external_use = False
    error = regions.failing_sync('receiver', code=FAILED)
    assert error['kind'] == 'unauthorized' and 'EXTERNAL USE LOCATION' in error['remedy']
    regions.west.external_use = True
    regions.pass_once('receiver')
    assert regions.are_equal('bronze')


def test_a_session_for_another_place_or_a_page_in_its_place_opens_nothing(world, gate):
    regions = world('bronze')
    regions.east.issue = lambda uri, write: gate.issue(f'{uri}_of_others', write)
    error = regions.failing_sync('sender', code=FAILED)
    assert error['kind'] == 'unauthorized' and f'{regions.source("bronze")}_of_others' in error['message']
    assert gate.asked == [], 'it was not tried'
    regions.east.issue = gate.issue
    regions.east.mischief = lambda path: b'<html>log in</html>' if 'credentials' in path else None
    error = regions.failing_sync('sender', code=FAILED)
    assert error['kind'] == 'unauthorized' and 'a web page' in error['message']
    regions.east.mischief = None
    regions.sync()
    assert regions.are_equal('bronze')
