"""As whom Azure is spoken to, and what is said where that is wrong; by the real binary against Azurite."""
import time

import pytest
from far_regions import FarRegions
from test_object_stores import next_run

WRONG_KEY = 'd3JvbmcgYXMgaXQgaXM='
UNSAID = {'AZURE_STORAGE_CONNECTION_STRING': '', 'AZURE_STORAGE_KEY': ''}


def container_of(regions):
    return regions.bucket.uri.removeprefix('az://').partition('/')[0]


WRONG = {
    'key': (dict(AZURE_STORAGE_KEY=WRONG_KEY), 'unauthorized', 'account key'),
    'key that is none': (dict(AZURE_STORAGE_KEY='?'), 'invalid_argument', 'no Base64'),
    'account': (dict(AZURE_STORAGE_ACCOUNT='another'), 'unauthorized', 'account key'),
    'endpoint': (dict(AZURE_STORAGE_BLOB_ENDPOINT='http://127.0.0.1:9/a'), 'unavailable', 'no connection'),
    'endpoint without TLS': (dict(AZURE_STORAGE_BLOB_ENDPOINT='http://192.0.2.1/a'), 'invalid_argument', 'allow_http'),
    'connection string': (dict(AZURE_STORAGE_CONNECTION_STRING='no'), 'invalid_argument', 'connection string'),
    'nothing': (dict(IDENTITY_ENDPOINT='http://127.0.0.1:9/', IDENTITY_HEADER='none', **UNSAID), 'unauthorized',
                'no credential for Azure was found'),
}


@pytest.mark.parametrize('what', WRONG)
def test_wrong_settings_are_said_by_name_and_leave_nothing(tmp_path, azurite, what):
    variables, kind, said = WRONG[what]
    regions = FarRegions(tmp_path, azurite)
    next_run(regions, 0)
    error = regions.failing_sync('sender', code=None, env=variables)
    assert error['kind'] == kind
    text = ' '.join(str(error.get(part, '')) for part in ('message', 'where', 'remedy'))
    assert said in text
    assert azurite.key not in text and WRONG_KEY not in text
    assert regions.staged_documents(azurite.client()) == []
    regions.sync()
    regions.assert_equal()


def test_container_that_is_not_there_is_said(tmp_path, azurite):
    regions = FarRegions(tmp_path, azurite)
    next_run(regions, 0)
    regions.bucket.uri = 'az://there-is-none/x'
    regions.write_configuration()
    error = regions.failing_sync('sender', code=None)
    assert 'container does not exist' in error['message']


def tried(regions, role='sender'):
    """What check says that was tried."""
    findings = regions.run(role, 'check', code=None).document['findings']
    return [finding['what'] for finding in findings if finding['what'].startswith('tried at ')]


def test_endpoint_that_is_not_azures_own_is_tried_once_a_day_and_check_tells_of_it(tmp_path, azurite, fault_proxy):
    proxy = fault_proxy(azurite, dialect='azure')
    regions = FarRegions(tmp_path, azurite, endpoint=proxy.endpoint)
    next_run(regions, 0)
    regions.sync()
    regions.assert_equal()
    assert any('_lakeferry_probe' in entry['target'] for entry in proxy.log)
    (found,) = tried(regions)
    assert f'azure {proxy.endpoint}/{azurite.account} {container_of(regions)}' in found
    assert 'a second put is refused' in found and 'a wrong signature is refused' in found
    proxy.clear()
    next_run(regions, 1)
    regions.sync()
    assert not any('_lakeferry_probe' in entry['target'] for entry in proxy.log)
    polls = [finding['what'] for finding in regions.run('sender', 'check', code=None).document['findings']
             if 'staging is asked every 5s' in finding['what']]
    assert len(polls) == 1 and '17280 requests' in polls[0]


def test_endpoint_that_does_not_keep_what_it_took_gets_nothing_written(tmp_path, azurite, fault_proxy):
    proxy = fault_proxy(azurite, dialect='azure')
    regions = FarRegions(tmp_path, azurite, endpoint=proxy.endpoint)
    next_run(regions, 0)
    # It says that it has created, whatever is there.
    proxy.add('answer', status=201, operation='Put Blob', path='_lakeferry_probe', headers={'ETag': '"1"'})
    error = regions.failing_sync('sender', code=None)
    assert error['kind'] == 'refused'
    assert 'A SECOND PUT REPLACES THE FIRST' in error['message'] and 'NOT READ OR LISTED' in error['message']
    assert regions.staged_documents(azurite.client()) == []
    proxy.clear()
    regions.sync()
    regions.assert_equal()


def test_shared_access_signature_is_enough_until_it_ends(tmp_path, azurite):
    regions = FarRegions(tmp_path, azurite)
    next_run(regions, 0)
    client, now = azurite.client(), time.time()

    def with_signature(container, ends):
        return {**UNSAID, 'AZURE_STORAGE_SAS_TOKEN': client.shared_access_signature(container, ends)}

    ended = regions.failing_sync('sender', code=None, env=with_signature(container_of(regions), now - 3600))
    assert ended['kind'] == 'unauthorized' and 'shared access signature has ended at' in ended['message']
    # The service's own word, as long as this machine's clock may be wrong.
    just_ended = regions.failing_sync('sender', code=None, env=with_signature(container_of(regions), now - 60))
    assert just_ended['kind'] == 'unauthorized' and 'shared access signature' in just_ended['remedy']
    other = regions.failing_sync('sender', code=None, env=with_signature(azurite.new_bucket(), now + 3600))
    assert other['kind'] == 'unauthorized' and 'shared access signature' in other['remedy']
    assert regions.staged_documents(client) == []
    good = with_signature(container_of(regions), now + 3600)
    for role in ('sender', 'receiver'):
        done = regions.pass_once(role, env=good)
        assert 'sig=' not in done.stdout + done.stderr
    regions.assert_equal()


def test_configured_credential_and_endpoint_need_no_variable(tmp_path, azurite):
    regions = FarRegions(tmp_path, azurite)
    next_run(regions, 0)
    key = tmp_path / 'key'
    key.write_text(azurite.key + '\n')
    regions.top_keys = {
        'credentials': {'emulator': {'kind': 'azure', 'account': azurite.account, 'account_key': {'file': str(key)}}},
        'stores': [{'prefix': f'az://{container_of(regions)}/', 'endpoint': f'{azurite.endpoint}/{azurite.account}',
                    'credential': 'emulator'}]}
    regions.write_configuration()
    regions.variables = {}
    regions.sync()
    regions.assert_equal()
    key.write_text(WRONG_KEY)
    assert 'account key' in regions.failing_sync('sender', code=None)['remedy']
