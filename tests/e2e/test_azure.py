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
