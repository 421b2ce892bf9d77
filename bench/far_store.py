"""The store of bench/store, on a core of its own, and those who copy from and to it, on another."""
import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

from figures import BUILD, ROOT, measure

CORES = sorted(os.sched_getaffinity(0))
CLIENT_CORE, SERVER_CORE = str(CORES[0]), str(CORES[-1])
COPIERS = ROOT / 'build' / 'tools' / 'copiers'
KEYS = {'AWS_ACCESS_KEY_ID': 'AKIALAKEFERRYBENCH00', 'AWS_SECRET_ACCESS_KEY': 'of/nothing+else',
        'AWS_REGION': 'us-east-1'}
BUCKET = 'bench'


def peer(name):
    """A program of bench/peers/copiers; None where it has not been brought."""
    return COPIERS / name if (COPIERS / name).exists() else None


def make_certificate(folder):
    """Of localhost, signed by itself: certificate and key."""
    certificate, key = folder / 'localhost.pem', folder / 'localhost.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                    '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key,
                    '-out', certificate], check=True, capture_output=True)
    return certificate, key


class FarStore:
    """What is put below drop/ is summed and not kept. Use as a context."""

    def __init__(self, folder, tls=False, threads=1, delay_ms=0):
        self.options = ['--threads', threads, '--drop', 'drop/', '--delay-ms', delay_ms]
        self.certificate = None
        self.front_port = None  # of what clients speak to instead, which passes on to it
        if tls:
            self.certificate, key = make_certificate(folder)
            self.options += ['--certificate', self.certificate, '--key', key]

    def __enter__(self):
        command = ['taskset', '-c', SERVER_CORE, BUILD / 'bench' / 'store' / 'bench_store', *self.options]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **KEYS})
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def at(self, port):
        return f'https://localhost:{port}' if self.certificate else f'http://127.0.0.1:{port}'

    @property
    def endpoint(self):
        return self.at(self.front_port or self.port)

    def control(self, method, words):
        context = ssl.create_default_context(cafile=self.certificate) if self.certificate else None
        request = urllib.request.Request(f'{self.at(self.port)}/-/{words}', method=method)
        with urllib.request.urlopen(request, context=context) as answer:
            return answer.read()

    def add(self, key, count, size):
        """KEY0 … of so many bytes, which take no memory."""
        self.control('PUT', f'sparse/{BUCKET}/{key}?size={size}&count={count}')

    def counts(self):
        return json.loads(self.control('GET', 'counts'))

    def cpu_seconds(self):
        fields = Path(f'/proc/{self.process.pid}/stat').read_text().rsplit(') ', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def environment(self):
        """How clients find it: ours, s5cmd, and rclone. To that it is two stores: within one it has the store copy."""
        variables = {**os.environ, **KEYS, 'AWS_ENDPOINT_URL_S3': self.endpoint, 'AWS_EC2_METADATA_DISABLED': 'true',
                     'RCLONE_CONFIG': os.devnull, 'S3_ENDPOINT_URL': self.endpoint}
        for remote in ('FROM', 'TO'):
            variables |= {f'RCLONE_CONFIG_{remote}_{name}': value for name, value in (
                ('TYPE', 's3'), ('PROVIDER', 'Other'), ('ENDPOINT', self.endpoint), ('ENV_AUTH', 'true'),
                ('REGION', KEYS['AWS_REGION']), ('NO_CHECK_BUCKET', 'true'))}
        if self.certificate:
            variables |= {'AWS_CA_BUNDLE': str(self.certificate), 'SSL_CERT_FILE': str(self.certificate),
                          'RCLONE_CA_CERT': str(self.certificate)}
        return variables

    def run(self, command, cores=CLIENT_CORE):
        """What a client costs that does this."""
        return measure(['taskset', '-c', cores, *command], True, self.environment())

    def ours(self, *words, cores=CLIENT_CORE):
        """A client of ours; its seconds are those of the work, without the start of the process. `spread`: so many
        cores could work side by side, as the busiest thread lets them."""
        cost = self.run([BUILD / 'bench' / 'store_bench', *words], cores)
        told = json.loads(cost.stdout)
        cost.seconds = told['seconds']
        cost.spread = sum(told['threads']) / max(*told['threads'], 1e-9)
        return cost

    def rclone(self, source, target, transfers):
        return self.run([peer('rclone'), 'copy', source, target, '--transfers', transfers, '--checkers', 8])

    def s5cmd(self, source, target, workers):
        return self.run([peer('s5cmd'), '--endpoint-url', self.endpoint, '--numworkers', workers, 'cp', source, target])


def memory_folder(folder):
    """Where files cost no disk, if there is such a place."""
    shared = Path('/dev/shm')
    if shared.is_dir() and shutil.disk_usage(shared).free > 4 << 30:
        place = shared / f'lakeferry-bench-{os.getpid()}'
        place.mkdir()
        return place
    return folder


def note_missing():
    for name in ('rclone', 's5cmd'):
        if peer(name) is None:
            print(f'bench: no {name}; bench/peers/copiers brings it', file=sys.stderr)
