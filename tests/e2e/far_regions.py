"""Two regions of which each place is a folder or below a bucket of an object store; tables there by delta-rs."""
import os
import re
import secrets

from delta_tables import multiset
from deltalake import CommitProperties, DeltaTable, write_deltalake
from lakeferry import Regions
from stores import Azurite, FakeGcs


class Place:
    """Something that a configuration names by a URI."""

    def __init__(self, uri):
        self.uri = uri

    def as_uri(self):
        return self.uri

    def __truediv__(self, name):
        return Place(f'{self.uri}/{name}')

    def __str__(self):
        return self.uri


def reach_of(server):
    """The scheme of a server's URIs, and what delta-rs needs to reach it: nothing for Google's, where no table of these
    tests lies."""
    if isinstance(server, FakeGcs):
        return 'gs', {}
    if isinstance(server, Azurite):
        return 'az', {'azure_storage_account_name': server.account, 'azure_storage_account_key': server.key,
                      'azure_storage_endpoint': f'{server.endpoint}/{server.account}', 'azure_allow_http': 'true'}
    return 's3', {'AWS_ENDPOINT_URL': server.endpoint, 'AWS_ALLOW_HTTP': 'true', 'AWS_REGION': server.region,
                  'AWS_ACCESS_KEY_ID': server.key, 'AWS_SECRET_ACCESS_KEY': server.secret,
                  'aws_conditional_put': 'etag'}


class FarRegions(Regions):
    """`server` is one of tests/servers; `far` says which of source, staging and target are in its bucket. All share one
    bucket of the server, each in a folder of its own: a bucket costs SeaweedFS several volumes."""

    buckets = {}

    def __init__(self, folder, server, far=('source', 'staging', 'target'), endpoint=None, **options):
        self.variables = server.variables(endpoint)
        bucket = self.buckets.setdefault(server.endpoint, None) or server.new_bucket()
        self.buckets[server.endpoint] = bucket
        scheme, self.storage = reach_of(server)
        self.bucket = Place(f'{scheme}://{bucket}/{secrets.token_hex(6)}')
        self.far = far
        super().__init__(folder, **options)

    def source(self, table):
        return self.bucket / 'lake' / table if 'source' in self.far else super().source(table)

    def target(self, table):
        return self.bucket / 'replica' / table if 'target' in self.far else super().target(table)

    def configuration(self, role):
        if 'staging' in self.far:
            self.staging = self.bucket / 'staging'
        return super().configuration(role)

    def run(self, role, command, *arguments, env=None, **options):
        return super().run(role, command, *arguments, env={**self.variables, **(env or {})}, **options)

    def options_of(self, place):
        return self.storage if isinstance(place, Place) else None

    def write(self, table, rows, mode='append', run_id=None, **options):
        place = self.source(table)
        if self.options_of(place) is None:
            place.parent.mkdir(parents=True, exist_ok=True)
        properties = CommitProperties(custom_metadata={'userMetadata': run_id}) if run_id else None
        write_deltalake(str(place), rows, mode=mode, commit_properties=properties,
                        storage_options=self.options_of(place), **options)

    def rows(self, place):
        return multiset(DeltaTable(str(place), storage_options=self.options_of(place)).to_pyarrow_table().to_pylist())

    def assert_equal(self):
        """Every replica has the rows of its source, as delta-rs reads both."""
        for table in self.tables:
            assert self.rows(self.source(table)) == self.rows(self.target(table)), table

    def environment(self):
        return {**os.environ, **self.variables}

    def staged_documents(self, client):
        """Names of manifests in staging."""
        return [name for name in self.staged_names(client) if 'manifest' in name]

    def staged_files(self, client):
        """Names of data files in staging, wherever that is."""
        names = self.staged_names(client) if 'staging' in self.far else map(str, self.staging.rglob('*'))
        return [name for name in names if name.endswith('.parquet') and '_delta_log' not in name]

    def staged_names(self, client):
        """Names of objects in a staging location that is far, of one page."""
        scheme, _, place = self.staging.uri.partition('://')
        bucket, _, folder = place.partition('/')
        if scheme == 'az':
            listing = client.request('GET', f'/{bucket}', {'restype': 'container', 'comp': 'list',
                                                           'prefix': folder})
        else:
            listing = client.list(bucket, prefix=folder)
        assert listing.status == 200, listing
        return re.findall('<(?:Key|Name)>([^<]*)<', listing.body.decode())
