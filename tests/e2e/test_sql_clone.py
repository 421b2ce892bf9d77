"""Managed tables that a warehouse clones from the replicas (apply: sql_clone): the real binary against a double of the
SQL Statement API, which makes real tables, read by delta-rs."""
import json
import threading

import pytest
from delta_tables import DeltaRs, assert_same_rows, orders, write
from lakeferry import FAILED, REFUSED, USAGE, Regions, Run, wait_until
from unity_catalog import UnityDouble
from warehouse_double import CLONE, Failure, WarehouseDouble

TABLES = ['bronze', 'silver', 'gold']
TOKEN = 'dapi-of-the-tests'


class ClonedRegions(Regions):
    """Regions whose receiver has `warehouse` clone every replica into the managed table of its name."""

    def __init__(self, folder, warehouse, url=None, **options):
        self.warehouse, self.url = warehouse, url or warehouse.url
        self.token = folder / 'token'
        folder.mkdir(parents=True)
        self.token.write_text(TOKEN)
        self.token.chmod(0o600)
        self.runs = 0
        super().__init__(folder, TABLES, **options)

    def group_entry(self, name, tables):
        entry = super().group_entry(name, tables)
        for table in entry['tables']:
            table['name'] = f"main.{table['name']}"
        return entry

    def configuration(self, role):
        document = super().configuration(role)
        document['workspaces'][0] |= {
            'primary_region': 'primary', 'secondary_region': 'secondary', 'apply': 'sql_clone',
            'catalog': {'secondary': {'kind': 'databricks', 'url': self.url, 'token': {'file': str(self.token)},
                                      'warehouse': self.warehouse.id}}}
        return document

    def next_run(self, tables=TABLES):
        self.runs += 1
        run_id = f'run-{self.runs}'
        with Run(self, run_id):
            for table in tables:
                write(self.source(table), orders(self.runs * 100, 5), run_id=run_id)
        self.pass_once('sender')

    def managed(self, table):
        return self.warehouse.managed(f'main.lake.{table}')

    def assert_cloned(self):
        """Every managed table holds what its source does, and is on record at the version that it has."""
        (newest,) = [epoch for epoch in self.history('receiver') if epoch['epoch'] == self.runs]
        assert newest['state'] == 'applied'
        for row in newest['tables']:
            table = row['table'].removeprefix('main.lake.')
            assert_same_rows(DeltaRs(self.source(table)), DeltaRs(self.managed(table)))
            assert_same_rows(DeltaRs(self.target(table)), DeltaRs(self.managed(table)))
            clones = [entry for entry in self.warehouse.tables[row['table']] if entry['operation'] == 'CLONE']
            assert row['managed_version'] == clones[-1]['version']
            assert clones[-1]['parameters']['sourceVersion'] == str(row['replica_version'])
        return newest


@pytest.fixture
def warehouse(tmp_path):
    with WarehouseDouble(tmp_path / 'managed') as running:
        yield running


@pytest.fixture
def regions(tmp_path, warehouse):
    return ClonedRegions(tmp_path / 'regions', warehouse)


def cloned_table(statement):
    found = CLONE.fullmatch(statement.text)
    return found and found.group(3)


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_managed_tables_are_what_the_epoch_is(tmp_path, warehouse, mode):
    regions = ClonedRegions(tmp_path / 'regions', warehouse, mode=mode)
    check = regions.run('receiver', 'check', code=None)
    told = ' '.join(finding['what'] for finding in check.document['findings'])
    assert check.document['ok'] and "('dr') was STOPPED and runs statements" in told
    assert 'reads 0 of 3 replicas' in told and 'not known: main.lake.bronze' in told
    assert not warehouse.clones()
    regions.next_run()
    regions.pass_once('receiver')
    regions.assert_cloned()
    (receipt,) = (json.loads(path.read_text().splitlines()[0]) for path in regions.staging.glob('orders/receipts/*'))
    assert [table['managed_version'] for table in receipt['tables']] == [0, 0, 0]

    regions.next_run(['bronze', 'silver'])
    regions.pass_once('receiver')
    newest = regions.assert_cloned()
    assert len(warehouse.clones()) == 5, 'gold is what it was'
    (group,) = regions.run('receiver', 'versions').document['groups']
    assert [table['managed_version'] for table in group['tables']] == [1, 1, 0]
    times = [warehouse.tables[f'main.lake.{table}'][-1]['time'] for table in ('bronze', 'silver')]
    assert newest['torn_seconds'] == pytest.approx(abs(times[0] - times[1]), abs=0.002)
    assert regions.status('receiver')['torn_since_ms'] is None
    regions.pass_once('sender')
    sent = next(epoch for epoch in regions.history('sender') if epoch['epoch'] == 2)
    assert [table['managed_version'] for table in sent['tables']] == [1, 1, 0], 'the sender knows it by the receipt'
    told = ' '.join(finding['what'] for finding in regions.run('receiver', 'check').document['findings'])
    assert 'reads 3 of 3 replicas' in told and 'not known' not in told


def test_a_warehouse_that_fails_once_holds_the_receipt_until_all_are_cloned(regions, warehouse):
    regions.next_run()
    regions.pass_once('receiver')
    regions.next_run()

    def fail_silver(statement):
        if cloned_table(statement) == 'silver':
            raise Failure('the cluster is gone', 'TEMPORARILY_UNAVAILABLE')
    warehouse.before = fail_silver
    error = regions.failing_sync('receiver')
    assert error['kind'] == 'unavailable' and "'main.lake.silver'" in error['message']
    assert 'epoch 2 is in the replicas, and 1 of 3 managed tables are not cloned' in error['message']
    assert [epoch['epoch'] for epoch in regions.history('receiver')] == [1]
    assert not (regions.staging / 'orders' / 'receipts' / '2').exists()
    status = regions.status('receiver')
    assert status['epoch'] == 1 and status['torn_since_ms'] is not None
    assert_same_rows(DeltaRs(regions.source('gold')), DeltaRs(regions.managed('gold')))

    warehouse.before = None
    before = len(warehouse.clones())
    regions.pass_once('receiver')
    newest = regions.assert_cloned()
    assert [cloned_table(one) for one in warehouse.clones()[before:]] == ['silver'], 'the others are there, and known'
    assert newest['torn_seconds'] > 0 and regions.status('receiver')['torn_since_ms'] is None


def test_a_kill_between_two_clones_is_rolled_forward(regions, warehouse):
    regions.next_run()
    regions.pass_once('receiver')
    regions.next_run()
    go_on = threading.Event()

    def hold_gold(statement):
        if cloned_table(statement) == 'gold':
            go_on.wait(60)
    warehouse.before = hold_gold
    with regions.start('receiver') as receiver:
        wait_until(lambda: {cloned_table(one): one.state for one in warehouse.clones()[3:]} ==
                   {'bronze': 'SUCCEEDED', 'silver': 'SUCCEEDED', 'gold': 'RUNNING'}, 'two clones of three')
        receiver.kill()
    # It goes on without us, and ends.
    go_on.set()
    wait_until(lambda: warehouse.clones()[-1].state == 'SUCCEEDED', 'the third')
    assert [epoch['epoch'] for epoch in regions.history('receiver')] == [1]
    regions.next_run()
    with regions.start('receiver') as receiver:
        wait_until(lambda: regions.status('receiver')['epoch'] == 3, 'the epoch behind it')
        assert receiver.stop() == 0
    regions.assert_cloned()
    assert len(warehouse.clones()) == 9, 'each once: the histories tell'


def test_a_stop_cancels_what_is_under_way(regions, warehouse):
    regions.next_run()
    release = threading.Event()

    def hold(statement):
        if cloned_table(statement):
            while not statement.cancelled.wait(0.05) and not release.is_set():
                pass
    warehouse.before = hold
    with regions.start('receiver') as receiver:
        wait_until(lambda: len(warehouse.clones()) == 3, 'clones under way')
        assert receiver.stop() == 0
    wait_until(lambda: {one.state for one in warehouse.clones()} == {'CANCELED'}, 'all cancelled')
    release.set()
    regions.pass_once('receiver')
    regions.assert_cloned()


def test_what_somebody_wrote_into_a_managed_table_is_kept(regions, warehouse):
    regions.next_run()
    regions.pass_once('receiver')
    warehouse.write_by_somebody('main.lake.silver', orders(9000, 3))
    kept = DeltaRs(regions.managed('silver')).rows()
    regions.next_run()
    error = regions.failing_sync('receiver', code=REFUSED)
    assert error['kind'] == 'diverged' and "version 1 of the managed table 'main.lake.silver'" in error['message']
    assert 'WRITE by somebody@example.org' in error['message']
    assert len(warehouse.clones()) == 3, 'no table of the group is cloned'
    assert DeltaRs(regions.managed('silver')).rows() == kept
    findings = regions.run('receiver', 'check', code=FAILED).document['findings']
    assert any("managed table 'main.lake.silver'" in finding['what'] for finding in findings)


def test_rate_limits_and_a_token_that_ends_are_outlasted(regions, warehouse):
    regions.next_run()

    def replace_token(statement):
        if cloned_table(statement) == 'silver':
            regions.token.write_text('dapi-of-the-next-day')
            warehouse.tokens = {'dapi-of-the-next-day'}
    warehouse.before = replace_token
    warehouse.busy_for(3)
    regions.pass_once('receiver')
    regions.assert_cloned()
    for path in regions.folder.rglob('*'):
        if path.is_file() and path != regions.token:
            assert b'dapi-of-the' not in path.read_bytes(), path


def test_a_page_in_the_place_of_an_answer_clones_nothing(regions, warehouse):
    regions.next_run()
    warehouse.mischief = lambda path: b'<html>log in</html>' if '/sql/statements/' in path else None
    error = regions.failing_sync('receiver')
    assert error['kind'] == 'unavailable' and 'a web page' in error['message']
    assert not list(regions.staging.glob('orders/receipts/*'))
    warehouse.mischief = None
    regions.pass_once('receiver')
    regions.assert_cloned()


def test_a_group_that_is_cloned_from_now_on_needs_no_new_epoch(regions, warehouse):
    path = regions.config('receiver')
    with_clones = path.read_text()
    document = json.loads(with_clones)
    del document['workspaces'][0]['apply']
    path.write_text(json.dumps(document))
    regions.next_run()
    regions.pass_once('receiver')
    assert not warehouse.statements
    (applied,) = regions.history('receiver')
    path.write_text(with_clones)
    regions.pass_once('receiver')
    newest = regions.assert_cloned()
    assert newest['ended_ms'] == applied['ended_ms'] and newest['torn_seconds'] == applied['torn_seconds']
    assert len(warehouse.clones()) == 3 and regions.status('receiver')['torn_since_ms'] is None
    regions.pass_once('sender')
    (sent,) = regions.history('sender')
    assert [table['managed_version'] for table in sent['tables']] == [0, 0, 0], 'the receipt has them since'
    regions.pass_once('receiver')
    assert len(warehouse.clones()) == 3, 'once'


def test_permissions_name_what_cloning_takes(regions, warehouse):
    policies = {one['name']: one for one in regions.run('receiver', 'permissions').document['policies']}
    grants = policies['lakeferry-receiver-catalog']
    assert grants['service'] == 'databricks' and warehouse.url in grants['note']
    assert grants['policy'].splitlines()[:2] == [
        'GRANT USE CATALOG ON CATALOG `main` TO `PRINCIPAL`;',
        'GRANT CREATE TABLE, USE SCHEMA ON SCHEMA `main`.`lake` TO `PRINCIPAL`;']
    assert all(line.startswith('GRANT READ FILES ON EXTERNAL LOCATION `LOCATION` ') and str(regions.secondary) in line
               for line in grants['policy'].splitlines()[2:])
    use = policies['lakeferry-receiver-warehouse']
    assert json.loads(use['policy'])['access_control_list'][0]['permission_level'] == 'CAN_USE'
    assert f'warehouses {warehouse.id} ' in use['note']
    assert not warehouse.statements, 'nobody is asked'
    assert regions.run('sender', 'permissions').document == {'policies': [], 'untold': []}


def test_what_has_no_sql_is_refused_with_the_reason(tmp_path, warehouse):
    with UnityDouble(token=TOKEN) as catalog:
        regions = ClonedRegions(tmp_path / 'regions', warehouse, url=catalog.url)
        findings = regions.run('receiver', 'check', code=FAILED).document['findings']
        (found,) = [finding for finding in findings if 'SQL warehouse' in finding['what']]
        assert 'it has no SQL Statement API' in found['what'] and 'Databricks workspace' in found['remedy']
        regions.next_run()
        error = regions.failing_sync('receiver')
        assert 'it has no SQL Statement API' in error['message']
        assert not list(regions.staging.glob('orders/receipts/*'))


def test_a_warehouse_that_is_not_there_and_one_that_is_not_named_are_said(regions, warehouse):
    warehouse.id, configured = 'fedcba9876543210', warehouse.id
    findings = regions.run('receiver', 'check', code=FAILED).document['findings']
    assert any(f'warehouse {configured}' in finding['what'] and 'does not exist' in finding['what']
               for finding in findings)
    document = json.loads(regions.config('receiver').read_text())
    del document['workspaces'][0]['catalog']['secondary']['warehouse']
    regions.config('receiver').write_text(json.dumps(document))
    told = regions.run('receiver', 'check', code=None)
    assert told.code in (USAGE, FAILED)
    assert 'apply: sql_clone takes a SQL warehouse' in told.stdout + told.stderr
