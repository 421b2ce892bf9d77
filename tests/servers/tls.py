"""TLS in front of a server of the tests: a certificate authority that lives as long as the run, certificates that are
right and wrong in one way each, and a front that ends TLS and passes bytes on."""
import asyncio
import ssl
import subprocess
from pathlib import Path

from loop_thread import LoopThread, pass_on
from process import LOOPBACK

# By name: the names that a certificate is for, and openssl's words for how long it is good.
CERTIFICATES = {
    'right': ('DNS:localhost,IP:127.0.0.1', ['-days', '2']),
    'other_host': ('DNS:elsewhere.example', ['-days', '2']),
    # Debian 12's openssl has no word for a beginning; the end may lie before it.
    'expired': ('DNS:localhost,IP:127.0.0.1', ['-days', '-1']),
}


def openssl(*words, given=None):
    subprocess.run(['openssl', *map(str, words)], check=True, capture_output=True, input=given)


class Authority:
    """Makes its own key below `folder`; `bundle` is what a client is to trust."""

    def __init__(self, folder, name='Tests of lakeferry'):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bundle, self.key = self.folder / 'ca.pem', self.folder / 'ca.key'
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                '-subj', f'/CN={name}', '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
                '-keyout', self.key, '-out', self.bundle)

    def certificate(self, kind='right'):
        """The files of a certificate of CERTIFICATES and of its key."""
        names, validity = CERTIFICATES[kind]
        certificate, key = self.folder / f'{kind}.pem', self.folder / f'{kind}.key'
        if certificate.exists():
            return certificate, key
        request, extensions = self.folder / f'{kind}.csr', self.folder / f'{kind}.ext'
        extensions.write_text(f'subjectAltName={names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=server',
                '-keyout', key, '-out', request)
        openssl('x509', '-req', '-in', request, '-CA', self.bundle, '-CAkey', self.key, '-CAcreateserial', *validity,
                '-extfile', extensions, '-out', certificate)
        return certificate, key

    def client_context(self):
        return ssl.create_default_context(cafile=self.bundle)


class TlsFront(LoopThread):
    """Ends TLS on a port of its own and passes bytes on to `port` of loopback, both ways."""

    def __init__(self, port, certificate, key, least=ssl.TLSVersion.TLSv1_2, most=None):
        self.behind = port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = least
        if most is not None:
            self.context.maximum_version = most
        self.context.load_cert_chain(certificate, key)

    @property
    def endpoint(self):
        return f'https://localhost:{self.port}'

    async def begin(self):
        return await asyncio.start_server(self.serve, LOOPBACK, 0, ssl=self.context)

    async def serve(self, reader, writer):
        try:
            behind_reader, behind_writer = await asyncio.open_connection(LOOPBACK, self.behind)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pass_on(reader, behind_writer), pass_on(behind_reader, writer))
