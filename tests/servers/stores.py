"""The object stores that stand in for those of the vendors, one class each. README.md says what each is good for."""
import json
import os
import secrets
import urllib.parse
from pathlib import Path

from azure_client import AzureClient
from gcs_client import GcsClient
from process import LOOPBACK, ROOT, TOOLS, Server, status_of
from s3_client import REGION, S3Client

PYTHON_BIN = TOOLS / 'python' / 'bin'
GO_BIN = TOOLS / 'go_servers'


def new_name(prefix='lakeferry'):
    return f'{prefix}-{secrets.token_hex(6)}'


def wanted(answer, status, name):
    if answer.status != status:
        raise RuntimeError(f'no bucket {name}: {answer.status} {answer.body.decode(errors="replace")}')
    return name


class S3Server(Server):
    """What all that speak S3 have in common: one identity that may do everything."""

    key, secret, region = 'AKIALAKEFERRYTESTS00', 'secret/of+the/tests/and/of/nothing/else0', REGION

    def client(self, **changed):
        return S3Client(**{'endpoint': self.endpoint, 'key': self.key, 'secret': self.secret,
                           'region': self.region, **changed})

    def new_bucket(self, prefix='lakeferry'):
        """The name of a bucket that is there and empty."""
        name = new_name(prefix)
        return wanted(self.client().put(f'/{name}'), 200, name)

    def variables(self, endpoint=None):
        """What AWS's own tools take from the environment, to reach this server."""
        return {'AWS_ACCESS_KEY_ID': self.key, 'AWS_SECRET_ACCESS_KEY': self.secret, 'AWS_REGION': self.region,
                'AWS_DEFAULT_REGION': self.region, 'AWS_EC2_METADATA_DISABLED': 'true',
                'AWS_ENDPOINT_URL_S3': endpoint or self.endpoint, 'AWS_ENDPOINT_URL': endpoint or self.endpoint}

    def is_ready(self):
        # Some answer 200 before they can serve a request that is signed.
        if status_of(self.port) is None:
            return False
        return self.client().request('GET', '/').status == 200


class Seaweedfs(S3Server):
    """Beside the identity that may do everything there is one for each role, with the rights that a role has in buckets
    named walled-source-…, walled-staging-… and walled-target-…. Who may write there may delete."""

    ports_wanted = 8
    walled = {'sender': {'source': ('Read', 'List'), 'staging': ('Read', 'List', 'Write')},
              'receiver': {'staging': ('Read', 'List', 'Write'), 'target': ('Read', 'List', 'Write')},
              # A sender that places files itself. This server knows no right to add that is none to replace.
              'placer': {'source': ('Read', 'List'), 'staging': ('Read', 'List', 'Write'),
                         'target': ('Read', 'List', 'Write')}}

    def prepare(self):
        (self.folder / 'data').mkdir(exist_ok=True)
        everything = ['Admin', 'Read', 'Write', 'List', 'Tagging']
        walled = {role: [f'{action}:walled-{place}-*' for place, actions in places.items() for action in actions]
                  for role, places in self.walled.items()}
        (self.folder / 's3.json').write_text(json.dumps({'identities': [
            {'name': name, 'credentials': [{'accessKey': key, 'secretKey': self.secret}], 'actions': actions}
            for name, key, actions in [('tests', self.key, everything),
                                       *((role, f'AKIA{role.upper()}', of) for role, of in walled.items())]]}))

    def command(self):
        s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc = self.ports
        return [PYTHON_BIN / 'weed', 'server', f'-dir={self.folder / "data"}', f'-ip={LOOPBACK}',
                f'-ip.bind={LOOPBACK}', '-master.telemetry=false', '-master.volumeSizeLimitMB=1024',
                '-volume.max=400', f'-master.port={master}', f'-master.port.grpc={master_grpc}',
                f'-volume.port={volume}', f'-volume.port.grpc={volume_grpc}', '-filer', f'-filer.port={filer}',
                f'-filer.port.grpc={filer_grpc}', f'-filer.localSocket={self.folder / "filer.sock"}', '-s3',
                f'-s3.port={s3}', f'-s3.port.grpc={s3_grpc}', f'-s3.localSocket={self.folder / "s3.sock"}',
                f'-s3.config={self.folder / "s3.json"}', '-s3.port.iceberg=0', '-s3.port.lance=0',
                '-s3.iam=false', '-s3.domainName=localhost']


class Versitygw(S3Server):
    """S3 over a folder; what a file cannot hold stands in a folder beside it."""

    def prepare(self):
        (self.folder / 'data').mkdir(exist_ok=True)
        (self.folder / 'sidecar').mkdir(exist_ok=True)

    def environment(self):
        return {'ROOT_ACCESS_KEY': self.key, 'ROOT_SECRET_KEY': self.secret}

    def command(self):
        return [GO_BIN / 'versitygw', '--port', f'{LOOPBACK}:{self.port}', '--region', self.region, '--keep-alive',
                '--virtual-domain', 'localhost', '--quiet', 'posix', '--sidecar', self.folder / 'sidecar',
                self.folder / 'data']


class BenchStore(S3Server):
    """Ours: objects in memory, answers as AWS documents them (bench/store)."""

    installed_by = 'scripts/build'

    def environment(self):
        return {'AWS_ACCESS_KEY_ID': self.key, 'AWS_SECRET_ACCESS_KEY': self.secret, 'AWS_REGION': self.region}

    def command(self):
        build = Path(os.environ.get('LAKEFERRY_BUILD', ROOT / 'build' / 'release'))
        return [build / 'bench' / 'store' / 'bench_store', '--port', self.port]


class Moto(S3Server):
    """AWS around S3: STS, IAM. It checks neither checksums nor signatures."""

    def command(self):
        return [PYTHON_BIN / 'moto_server', '-H', LOOPBACK, '-p', self.port]

    def variables(self, endpoint=None):
        return {**super().variables(endpoint), 'AWS_ENDPOINT_URL_STS': endpoint or self.endpoint}


class Azurite(Server):
    """Blob storage of Azure; no DFS endpoint."""

    account = 'devstoreaccount1'
    # The key that every Azurite has, and that Microsoft documents: no secret.
    key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

    def command(self):
        node = TOOLS / 'azurite' / 'node'
        return [node, TOOLS / 'azurite' / 'node_modules' / 'azurite' / 'dist' / 'src' / 'blob' / 'main.js',
                '--blobHost', LOOPBACK, '--blobPort', self.port, '--location', self.folder,
                '--skipApiVersionCheck', '--disableTelemetry', '--silent']

    def client(self, **changed):
        return AzureClient(**{'endpoint': self.endpoint, 'account': self.account, 'key': self.key, **changed})

    def is_ready(self):
        return status_of(self.port) is not None and self.client().request('GET', '/', {'comp': 'list'}).status == 200

    def new_bucket(self):
        """The name of a container that is there and empty."""
        name = new_name()
        return wanted(self.client().request('PUT', f'/{name}', {'restype': 'container'}), 201, name)

    def variables(self, endpoint=None):
        blob = f'{endpoint or self.endpoint}/{self.account}'
        scheme = urllib.parse.urlsplit(blob).scheme
        return {'AZURE_STORAGE_ACCOUNT': self.account, 'AZURE_STORAGE_KEY': self.key,
                'AZURE_STORAGE_BLOB_ENDPOINT': blob,
                'AZURE_STORAGE_CONNECTION_STRING': f'DefaultEndpointsProtocol={scheme};AccountName={self.account};'
                                                   f'AccountKey={self.key};BlobEndpoint={blob};'}


class FakeGcs(Server):
    """Google's storage without rights: whoever comes may do everything."""

    def command(self):
        return [GO_BIN / 'fake-gcs-server', '-scheme', 'http', '-host', LOOPBACK, '-port', self.port,
                '-backend', 'memory', '-public-host', f'{LOOPBACK}:{self.port}',
                '-external-url', self.endpoint]

    def is_ready(self):
        return status_of(self.port, '/storage/v1/b?project=tests') == 200

    def client(self, **changed):
        return GcsClient(**{'endpoint': self.endpoint, **changed})

    def new_bucket(self):
        """The name of a bucket that is there and empty."""
        name = new_name()
        return wanted(self.client().json('POST', '/storage/v1/b', {'project': 'tests'}, {'name': name}), 200, name)

    def variables(self, endpoint=None):
        return {'STORAGE_EMULATOR_HOST': endpoint or self.endpoint}


SERVERS = {'seaweedfs': Seaweedfs, 'versitygw': Versitygw, 'bench-store': BenchStore, 'moto': Moto, 'azurite': Azurite,
           'fake-gcs': FakeGcs}
