"""Plain requests to Azure's blob service, signed with the shared key of an account."""
import base64
import hashlib
import hmac
import time
import urllib.parse
from email.utils import formatdate

from s3_client import plain_request

VERSION = '2024-11-04'
SAS_VERSION = '2021-12-02'
SIGNED_HEADERS = ('content-encoding', 'content-language', 'content-length', 'content-md5', 'content-type', 'date',
                  'if-modified-since', 'if-match', 'if-none-match', 'if-unmodified-since', 'range')


class AzureClient:
    """`endpoint`: without the account, which is the first part of every path, as emulators have it."""

    def __init__(self, endpoint, account, key, context=None):
        self.endpoint, self.account, self.key, self.context = endpoint, account, base64.b64decode(key), context

    def request(self, method, path, query=None, headers=None, body=b''):
        """`path`: /container/blob, not yet escaped."""
        path = f'/{self.account}' + urllib.parse.quote(path)
        headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
        headers.setdefault('x-ms-version', VERSION)
        headers['x-ms-date'] = formatdate(usegmt=True)
        if method in ('PUT', 'POST'):
            headers['content-length'] = str(len(body))
        headers['authorization'] = f'SharedKey {self.account}:{self.signature(method, path, query or {}, headers)}'
        target = path + ('?' + urllib.parse.urlencode(query) if query else '')
        return plain_request(self.endpoint, method, target, headers.items(), body, self.context)

    def request_unsigned(self, method, path, query, headers=None):
        """`query`: a text, that of a shared access signature."""
        target = f'/{self.account}{urllib.parse.quote(path)}?{query}'
        return plain_request(self.endpoint, method, target, (headers or {}).items(), b'', self.context)

    def shared_access_signature(self, container, ends, permissions='racwdl'):
        """Of one container, until `ends` (seconds since 1970)."""
        until = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(ends))
        words = [permissions, '', until, f'/blob/{self.account}/{container}', '', '', '', SAS_VERSION, 'c', '', '',
                 *[''] * 5]
        digest = base64.b64encode(hmac.digest(self.key, '\n'.join(words).encode(), hashlib.sha256)).decode()
        return urllib.parse.urlencode({'sv': SAS_VERSION, 'sr': 'c', 'sp': permissions, 'se': until, 'sig': digest})

    def signature(self, method, path, query, headers):
        words = [headers.get(name, '') for name in SIGNED_HEADERS]
        words[2] = '' if words[2] == '0' else words[2]
        own = ''.join(f'{name}:{headers[name]}\n' for name in sorted(headers) if name.startswith('x-ms-'))
        resource = f'/{self.account}{path}' + ''.join(f'\n{name}:{query[name]}' for name in sorted(query))
        text = '\n'.join([method, *words]) + '\n' + own + resource
        return base64.b64encode(hmac.digest(self.key, text.encode(), hashlib.sha256)).decode()
