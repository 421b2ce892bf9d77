"""Groups whose tables catalogs know by name: against a double of Unity Catalog and, where it is installed
(`scripts/test --long`), against a real server."""
import json
import shutil
import time
import uuid

import pytest
from delta_tables import DeltaRs, assert_same_rows, orders, write
from lakeferry import DONE, FAILED, REFUSED, Regions, wait_until
from service_double import Refusal, ServiceDouble
from unity_catalog import UC_SERVER, UnityDouble, UnityServer

# What `scripts/test --long` installs is tried where it is.
KINDS = ['double'] + (['real'] if UC_SERVER.is_file() else [])
SCHEMA = 'main.raw'


class CatalogRegions(Regions):
    """`east` has the tables and a catalog that knows them; `west` a catalog of its own, and a root."""

    def __init__(self, folder, east, west, names, lake, register=True, exclude=(), credentials='own', **keys):
        self.east, self.west, self.names, self.credentials = east, west, names, credentials
        self.register, self.excluded = register, list(exclude)
        super().__init__(folder, [], workflow=None, lake=lake, **keys)

    def group_entry(self, name, tables):
        return {'group_name': name, 'mode': self.mode, 'tables': self.names, 'register': self.register,
                **({'exclude': self.excluded} if self.excluded else {})} | self.group_keys

    def configuration(self, role):
        document = super().configuration(role)
        document['region'] = 'east' if role == 'sender' else 'west'
        document['workspaces'][0] |= {
            'primary_region': 'east', 'secondary_region': 'west', 'roots': {'west': (self.secondary / 'lake').as_uri()},
            'catalog': {region: {'kind': 'unity', 'url': catalog.url, 'credentials': self.credentials}
                        for region, catalog in
                        (('east', self.east), ('west', self.west)) if catalog}}
        return document

    def pass_once(self, role, **options):
        if role == 'sender':
            time.sleep(1.1)  # a group without a workflow is cut once an interval, which is a second here
        return super().pass_once(role, **options)

    def replica(self, table):
        return self.secondary / 'lake' / 'main' / 'raw' / table


@pytest.fixture(params=KINDS)
def catalogs(request, tmp_path):
    """Two catalogs with the schema, and a folder that tables of the first may lie in."""
    kind = UnityServer if request.param == 'real' else UnityDouble
    if kind is UnityDouble:
        with UnityDouble() as east, UnityDouble() as west:
            yield prepared(east, west, tmp_path / 'regions', tmp_path / 'lake')
        return
    # The real one takes tables below its own folder only: so the regions lie in that of the second.
    (tmp_path / 'east').mkdir()
    (tmp_path / 'west').mkdir()
    with UnityServer(tmp_path / 'east') as east, UnityServer(tmp_path / 'west') as west:
        yield prepared(east, west, tmp_path / 'west' / 'regions', tmp_path / 'east' / 'lake')


def prepared(east, west, folder, lake):
    east.add_schema(SCHEMA)
    west.add_schema(SCHEMA)
    return east, west, folder, lake


@pytest.fixture
def doubles(tmp_path):
    with UnityDouble() as east, UnityDouble() as west:
        yield prepared(east, west, tmp_path / 'regions', tmp_path / 'lake')


def table(catalog, lake, name, first=0):
    path = lake / name
    write(path, orders(first, 5))
    catalog.add(f'{SCHEMA}.{name}', path.as_uri())
    return path


def findings(regions, role, **options):
    return [finding['what'] for finding in regions.run(role, 'check', **options).document['findings']]


def test_tables_are_found_by_name_replicated_and_registered(catalogs):
    """The contract that the double and the real one keep."""
    east, west, folder, lake = catalogs
    bronze, silver = table(east, lake, 'bronze'), table(east, lake, 'silver', 100)
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze', f'{SCHEMA}.silver'], lake)
    (group,) = regions.run('sender', 'plan').document['groups']
    assert [one['table'] for one in group['tables']] == [f'{SCHEMA}.bronze', f'{SCHEMA}.silver']
    regions.sync()
    assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))
    assert_same_rows(DeltaRs(silver), DeltaRs(regions.replica('silver')))
    registered = west.table(f'{SCHEMA}.bronze')
    assert registered['storage_location'].rstrip('/') == regions.replica('bronze').as_uri()
    assert registered['table_type'] == 'EXTERNAL' and registered['data_source_format'] == 'DELTA'
    assert [column['name'] for column in registered['columns']] == \
        [field.name for field in DeltaRs(bronze).table.schema().fields]

    # Found where it is registered now, and registered no second time.
    write(bronze, orders(10, 5))
    regions.sync()
    assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))
    assert west.table(f'{SCHEMA}.bronze') == registered
    for row in regions.versions().values():
        assert row['source_version'] == row['applied_version']
    assert regions.run('receiver', 'verify').document['groups'][0]['ok']


def test_credentials_are_handed_out_for_a_table_and_for_a_place(catalogs):
    """Of folders both hand out a place and nothing for it."""
    east, west, folder, lake = catalogs
    bronze = table(east, lake, 'bronze')
    table_id = east.table(f'{SCHEMA}.bronze')['table_id']
    place = bronze.as_uri()
    for api, question in [('table', {'table_id': table_id, 'operation': 'READ'}),
                          ('table', {'table_id': table_id, 'operation': 'READ_WRITE'}),
                          ('path', {'url': place, 'operation': 'PATH_READ'}),
                          ('path', {'url': place, 'operation': 'PATH_CREATE_TABLE'})]:
        status, given = east.request('POST', f'/temporary-{api}-credentials', question)
        assert status == 200, given
        assert given['url'].rstrip('/') == place
        assert not {'aws_temp_credentials', 'azure_user_delegation_sas', 'gcp_oauth_token'} & set(given), given
    status, refusal = east.request('POST', '/temporary-table-credentials',
                                   {'table_id': str(uuid.uuid4()), 'operation': 'READ'})
    code = refusal.get('error_code') or refusal.get('errorCode')
    assert status == 404 and code.endswith(('NOT_FOUND', 'DOES_NOT_EXIST')), refusal

    # A folder is opened as the service's user, whatever its catalog would hand out.
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze'], lake, credentials='vended')
    regions.sync()
    assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))


class AzureDouble(ServiceDouble):
    """Refuses everything; `asked` has what it was asked with."""

    def answer(self, method, path, query, headers, body):
        raise Refusal(403, {})


def test_a_signature_that_is_handed_out_is_sent_to_the_store(catalogs):
    east, west, folder, lake = catalogs
    container = 'abfss://lake@account.dfs.core.windows.net'
    east.add_container(f'{container}/')
    east.add(f'{SCHEMA}.far', f'{container}/far')
    question = {'table_id': east.table(f'{SCHEMA}.far')['table_id'], 'operation': 'READ'}
    status, given = east.request('POST', '/temporary-table-credentials', question)
    assert status == 200 and given['url'].rstrip('/') == f'{container}/far', given
    assert 'sig=' in given['azure_user_delegation_sas']['sas_token']
    assert time.time() < int(given['expiration_time']) / 1000 < time.time() + 7200
    with AzureDouble() as store:
        regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.far'], lake, credentials='vended', top={
            'stores': [{'prefix': f'{container}/', 'endpoint': f'{store.url}/account'}]})
        error = regions.failing_sync('sender')
        assert error['kind'] == 'unauthorized', error
        assert store.asked and all('sp=rl' in path and 'sig=' in path for path in store.asked), store.asked


def test_a_wildcard_takes_what_the_schema_has_and_misses_what_vanishes(catalogs):
    east, west, folder, lake = catalogs
    for name in ('bronze', 'gold', 'silver'):
        table(east, lake, name)
    table(east, lake, 'scratch')
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.*'], lake, exclude=[f'{SCHEMA}.scratch'])
    regions.sync()
    for name in ('bronze', 'gold', 'silver'):
        assert_same_rows(DeltaRs(lake / name), DeltaRs(regions.replica(name)))
    assert not regions.replica('scratch').exists() and west.table(f'{SCHEMA}.scratch') is None

    table(east, lake, 'late')
    regions.run('sender', 'resync', 'orders', f'{SCHEMA}.gold', '--why', 'it has no entry of its own')
    regions.sync()
    left = DeltaRs(regions.replica('gold')).table.version()
    assert left == 1
    assert_same_rows(DeltaRs(lake / 'late'), DeltaRs(regions.replica('late')))
    assert west.table(f'{SCHEMA}.late') is not None

    east.drop(f'{SCHEMA}.gold')
    error = regions.failing_sync('sender')
    assert f'{SCHEMA}.gold' in error['message'] and 'exclude' in error['remedy']
    (regions.primary / 'metadata.db').unlink()  # what is staged says it too
    assert f'{SCHEMA}.gold' in regions.failing_sync('sender')['message']
    regions.excluded.append(f'{SCHEMA}.gold')
    regions.write_configuration()
    write(lake / 'silver', orders(50, 5))
    regions.sync()
    assert_same_rows(DeltaRs(lake / 'silver'), DeltaRs(regions.replica('silver')))
    assert DeltaRs(regions.replica('gold')).table.version() == left


def test_what_is_missing_on_either_side_and_what_is_in_scope_is_said_by_name(doubles):
    east, west, folder, lake = doubles
    table(east, lake, 'bronze')
    table(east, lake, 'other')
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze', f'{SCHEMA}.gone', f'{SCHEMA}.lost'], lake)
    error = regions.failing_sync('sender')
    assert error['kind'] == 'not_found'
    assert f'{SCHEMA}.gone' in error['message'] and f'{SCHEMA}.lost' in error['message']
    assert any(f'{SCHEMA}.gone' in what for what in findings(regions, 'sender', code=FAILED))
    regions.names = [f'{SCHEMA}.bronze']
    regions.write_configuration()
    assert f'schema {SCHEMA}: in scope and not configured: {SCHEMA}.other' in findings(regions, 'sender')
    assert f'the receiving catalog does not have: {SCHEMA}.bronze; each is registered once its replica is there' in \
        findings(regions, 'receiver', code=None)
    regions.sync()
    assert west.table(f'{SCHEMA}.bronze') is not None


def test_rights_in_a_catalog_are_told_before_it_tells_anything(doubles):
    east, west, folder, lake = doubles
    table(east, lake, 'bronze')
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze'], lake)
    east.token = 'not-granted-yet'
    told = regions.run('sender', 'permissions', '--role', 'sender', code=FAILED).document
    (untold,) = told['untold']
    assert (untold['group'], untold['role'], untold['error']['kind']) == (regions.group, 'sender', 'unauthorized')
    (policy,) = told['policies']
    assert (policy['name'], policy['service']) == ('lakeferry-sender-catalog', 'unity')
    assert "--securable_type table --name 'main.raw.bronze' --privilege 'SELECT'" in policy['policy']
    east.token = None
    assert regions.run('sender', 'permissions', '--role', 'sender').document == {'policies': [policy], 'untold': []}
    text = regions.run('receiver', 'permissions', '--role', 'receiver', as_json=False).text
    assert "--name LOCATION --privilege 'CREATE EXTERNAL TABLE'" in text and str(regions.secondary / 'lake') in text
    # A table that it does not have yet belongs to whoever registers it.
    assert "--securable_type table" not in text


def test_a_managed_target_a_view_and_a_table_of_the_catalogs_commits_are_refused_by_name(doubles):
    east, west, folder, lake = doubles
    table(east, lake, 'bronze')
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze'], lake)
    west.add(f'{SCHEMA}.bronze', (lake / 'theirs').as_uri(), kind='MANAGED')
    regions.pass_once('sender')
    error = regions.failing_sync('receiver', code=REFUSED)
    assert f"'{SCHEMA}.bronze' is a managed table" in error['message']
    assert not (lake / 'theirs').exists()
    west.drop(f'{SCHEMA}.bronze')
    for wrong in ({'kind': 'VIEW'}, {'source_format': 'ICEBERG'},
                  {'properties': {'delta.feature.catalogManaged': 'supported'}}):
        east.add(f'{SCHEMA}.bronze', (lake / 'bronze').as_uri(), **wrong)
        error = regions.failing_sync('sender')
        assert error['kind'] == 'unsupported_table' and f'{SCHEMA}.bronze' in error['message'], wrong


def test_a_registration_that_fails_holds_nothing_up_and_is_tried_again(doubles):
    east, west, folder, lake = doubles
    bronze = table(east, lake, 'bronze')
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze'], lake)
    west.schemas.clear()
    regions.sync()
    assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))
    assert f"table '{SCHEMA}.bronze' is not registered" in regions.status('receiver')['reason']
    west.add_schema(SCHEMA)
    regions.pass_once('receiver')
    assert west.table(f'{SCHEMA}.bronze') is not None
    assert 'not registered' not in regions.status('receiver')['reason']


def test_a_catalog_that_answers_nonsense_or_is_busy_or_away_stops_nothing_for_good(doubles):
    east, west, folder, lake = doubles
    bronze = table(east, lake, 'bronze')
    regions = CatalogRegions(folder, east, west, [f'{SCHEMA}.bronze'], lake)
    for nonsense in (b'<html>log in</html>', b'', b'{}', b'[' * 1000, {'tables': []}):
        east.mischief = lambda _, nonsense=nonsense: nonsense
        error = regions.failing_sync('sender')
        assert error['kind'] == 'corrupt_data' and f'{SCHEMA}.bronze' in error['message'], nonsense
    east.busy_for(2)
    regions.sync()
    assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))
    # The receiver needs its own catalog alone.
    write(bronze, orders(10, 5))
    regions.pass_once('sender')
    east.mischief = lambda _: b'gone'
    regions.pass_once('receiver')
    assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))


def test_a_table_that_moved_is_proven_to_be_the_same_and_a_token_is_read_anew(tmp_path):
    with UnityDouble(token='first-token') as east:
        east.add_schema(SCHEMA)
        lake = tmp_path / 'lake'
        bronze = table(east, lake, 'bronze')
        secret = tmp_path / 'token'
        secret.write_text('first-token\n')
        regions = CatalogRegions(tmp_path / 'regions', east, None, [f'{SCHEMA}.bronze'], lake, register=False)
        for role in ('sender', 'receiver'):
            document = regions.configuration(role)
            document['workspaces'][0]['catalog']['east']['token'] = {'file': str(secret)}
            regions.config(role).write_text(json.dumps(document))
        regions.sync()
        assert_same_rows(DeltaRs(bronze), DeltaRs(regions.replica('bronze')))
        east.token = 'second-token'
        error = regions.failing_sync('sender')
        assert error['kind'] == 'unauthorized' and str(secret) in error['remedy']
        secret.write_text('second-token\n')
        shutil.copytree(bronze, lake / 'elsewhere')
        east.add(f'{SCHEMA}.bronze', (lake / 'elsewhere').as_uri())
        error = regions.failing_sync('sender', code=REFUSED)
        assert 'changed from' in error['message'] and 'relocate' in error['remedy']
        regions.run('sender', 'relocate', 'orders', f'{SCHEMA}.bronze', '--role', 'sender', '--yes', code=DONE)
        write(lake / 'elsewhere', orders(10, 5))
        regions.sync()
        assert_same_rows(DeltaRs(lake / 'elsewhere'), DeltaRs(regions.replica('bronze')))


class TwoGroups(CatalogRegions):
    """A second group, of a table of its own, beside the first."""

    def configuration(self, role):
        document = super().configuration(role)
        groups = document['workspaces'][0]['sync_groups']
        groups.append(groups[0] | {'group_name': 'copies', 'tables': [f'{SCHEMA}.silver']})
        return document


def test_two_groups_whose_targets_the_catalog_has_at_one_place_do_not_both_write_there(doubles):
    east, west, folder, lake = doubles
    sources = {'orders': table(east, lake, 'bronze'), 'copies': table(east, lake, 'silver', 100)}
    names = {'orders': f'{SCHEMA}.bronze', 'copies': f'{SCHEMA}.silver'}
    regions = TwoGroups(folder, east, west, [f'{SCHEMA}.bronze'], lake, register=False)
    shared, other = folder / 'secondary' / 'shared', folder / 'secondary' / 'other'
    for name in names.values():
        west.add(name, shared.as_uri())
    regions.pass_once('sender')

    def states():
        return {group: regions.status('receiver', group) for group in names}

    def refused():
        return [group for group, state in states().items() if 'is the same place as' in str(state['last_error'])]

    with regions.start('receiver') as receiver:
        wait_until(lambda: len(refused()) == 1 and sum(state['epoch'] == 1 for state in states().values()) == 1,
                   'one of them writes, the other says why it does not')
        (second,) = refused()
        (first,) = set(names) - {second}
        said = str(states()[second]['last_error'])
        assert "'orders'" in said and "'copies'" in said and shared.as_uri() in said
        assert names['orders'] in said and names['copies'] in said
        assert_same_rows(DeltaRs(sources[first]), DeltaRs(shared))

        west.add(names[second], other.as_uri())
        wait_until(lambda: states()[second]['epoch'] == 1, 'it goes on at a place of its own')
        assert_same_rows(DeltaRs(sources[second]), DeltaRs(other))
        assert_same_rows(DeltaRs(sources[first]), DeltaRs(shared))
        assert receiver.stop() == DONE
