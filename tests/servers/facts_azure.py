"""Questions to Azure's blob service, or what stands in for it."""
import base64
import datetime
import hashlib
import time
import xml.sax.saxutils

from facts_s3 import BODY, OTHER, Pair, two_at_once

QUESTIONS = []
BLOB = {'x-ms-blob-type': 'BlockBlob'}
ABSENT = {'If-None-Match': '*'}
# CRC-64 of Azure's own kind; any eight bytes that are not it.
WRONG_CRC64 = base64.b64encode(b'\0' * 8).decode()
CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5


def question(text):
    def note(function):
        QUESTIONS.append((text, function))
        return function
    return note


def said(answer):
    code = answer.headers.get('x-ms-error-code') or answer.text('Code')
    return f'{answer.status} {code}' if code else str(answer.status)


class Asked:
    def __init__(self, server):
        self.server, self.client, self.container, self.count = server, server.client(), server.new_bucket(), 0

    def new_path(self, folder='o'):
        self.count += 1
        return f'/{self.container}/{folder}/{self.count}'

    def do(self, method, path, query=None, headers=None, body=b''):
        answer = self.client.request(method, path, query, headers, body)
        answer.said = lambda: said(answer)
        return answer

    def put(self, body=BODY, headers=None):
        path = self.new_path()
        answer = self.do('PUT', path, None, {**BLOB, **(headers or {})}, body)
        if answer.status != 201:
            raise RuntimeError(f'Put Blob gets {answer.said()}')
        return path, answer

    def block(self, path, number, body, headers=None):
        return self.do('PUT', path, {'comp': 'block', 'blockid': block_id(number)}, headers, body)

    def commit(self, path, numbers, headers=None):
        body = '<BlockList>' + ''.join(f'<Latest>{block_id(number)}</Latest>' for number in numbers) + '</BlockList>'
        return self.do('PUT', path, {'comp': 'blocklist'}, headers, body.encode())

    def url(self, path):
        return f'{self.server.endpoint}/{self.server.account}{path}'

    def readable_url(self, path):
        """One that lets whoever has it read the container for ten minutes."""
        return f'{self.url(path)}?{self.client.shared_access_signature(self.container, time.time() + 600, "r")}'

    def body_of(self, path):
        return self.do('GET', path).body


def block_id(number):
    return base64.b64encode(b'%06d' % number).decode()


@question('Put Blob with If-None-Match: *, first and second')
def put_absent(asked):
    path = asked.new_path()
    first = asked.do('PUT', path, None, {**BLOB, **ABSENT}, BODY)
    second = asked.do('PUT', path, None, {**BLOB, **ABSENT}, OTHER)
    return f'{first.said()}, then {second.said()}; the first is ' \
           f'{"kept" if asked.body_of(path) == BODY else "OVERWRITTEN"}'


@question('Put Blob with If-None-Match: *, two at once')
def put_twice(asked):
    return two_at_once(Pair(asked.new_path, lambda path, index: asked.do(
        'PUT', path, None, {**BLOB, **ABSENT}, b'%d' % index)))


@question('Put Block List with If-None-Match: *, something there')
def commit_present(asked):
    path, _ = asked.put()
    block = asked.block(path, 1, OTHER)
    answer = asked.commit(path, [1], ABSENT)
    return f'Put Block {block.said()}, then {answer.said()}; the blob is ' \
           f'{"kept" if asked.body_of(path) == BODY else "OVERWRITTEN"}'


@question('Put Block List with If-None-Match: *, two at once')
def commit_twice(asked):
    def prepare():
        path = asked.new_path()
        for index in range(2):
            asked.block(path, index, b'of writer %d' % index)
        return path
    return two_at_once(Pair(prepare, lambda path, index: asked.commit(path, [index], ABSENT)))


@question('Put Block List a second time (lost reply)')
def commit_again(asked):
    path = asked.new_path()
    asked.block(path, 1, BODY)
    return f'{asked.commit(path, [1]).said()}, then {asked.commit(path, [1]).said()}'


@question('Put Block with a wrong x-ms-content-crc64; with a wrong Content-MD5')
def block_wrong(asked):
    wrong = base64.b64encode(hashlib.md5(OTHER).digest()).decode()
    return ', '.join(asked.block(asked.new_path(), 1, BODY, headers).said()
                     for headers in ({'x-ms-content-crc64': WRONG_CRC64}, {'Content-MD5': wrong}))


@question('Put Blob with a wrong x-ms-content-crc64; with a wrong Content-MD5')
def put_wrong(asked):
    wrong = base64.b64encode(hashlib.md5(OTHER).digest()).decode()
    return ', '.join(asked.do('PUT', asked.new_path(), None, {**BLOB, **headers}, BODY).said()
                     for headers in ({'x-ms-content-crc64': WRONG_CRC64}, {'Content-MD5': wrong}))


@question('checksum back: Content-MD5 and x-ms-content-crc64 in the answer of Put Blob, and in Get Blob Properties')
def checksum_back(asked):
    path, put = asked.put()
    head = asked.do('HEAD', path)
    names = ('content-md5', 'x-ms-content-crc64')
    return '; '.join(str([name in answer.headers for name in names]) for answer in (put, head))


@question('x-ms-blob-content-md5 said with Put Block List: kept, compared')
def own_md5(asked):
    path = asked.new_path()
    asked.block(path, 1, BODY)
    wrong = base64.b64encode(hashlib.md5(OTHER).digest()).decode()
    answer = asked.commit(path, [1], {'x-ms-blob-content-md5': wrong})
    kept = asked.do('HEAD', path).headers.get('content-md5') == wrong
    return f'{answer.said()}; {"kept" if kept else "not kept"}'


@question('user metadata: kept, kept by Copy Blob')
def metadata(asked):
    path, _ = asked.put(headers={'x-ms-meta-lakeferry_crc64': 'AbC='})
    target = asked.new_path()
    asked.do('PUT', target, None, {'x-ms-copy-source': asked.url(path)})
    return '; '.join(str(asked.do('HEAD', one).headers.get('x-ms-meta-lakeferry_crc64')) for one in (path, target))


@question('Copy Blob with If-None-Match: *, nothing there, something there')
def copy(asked):
    source, _ = asked.put()
    target = asked.new_path()
    answers = [asked.do('PUT', target, None, {'x-ms-copy-source': asked.url(source), **ABSENT}) for _ in range(2)]
    return ', '.join(f'{answer.said()} {answer.headers.get("x-ms-copy-status", "")}'.strip() for answer in answers)


@question('Copy Blob From URL (at once) with If-None-Match: *, nothing there, something there; of another ETag')
def copy_at_once(asked):
    path, _ = asked.put()
    target = asked.new_path()
    source = {'x-ms-copy-source': asked.readable_url(path), 'x-ms-requires-sync': 'true'}
    copies = [asked.do('PUT', target, None, {**source, **ABSENT}) for _ in range(2)]
    other = asked.do('PUT', asked.new_path(), None, {**source, 'x-ms-source-if-match': '"0x0"'})
    return ', '.join(f'{one.said()} {one.headers.get("x-ms-copy-status", "")}'.strip() for one in [*copies, other])


@question('Put Block From URL of what the URL itself lets read')
def block_from_readable_url(asked):
    path, _ = asked.put()
    return asked.block(asked.new_path(), 1, b'', {'x-ms-copy-source': asked.readable_url(path),
                                                  'x-ms-source-range': 'bytes=0-3'}).said()


@question('a shared access signature of the container: good, ended, of another container')
def shared_access(asked):
    path, _ = asked.put()
    now = time.time()
    queries = [asked.client.shared_access_signature(asked.container, now + 600),
               asked.client.shared_access_signature(asked.container, now - 60),
               asked.client.shared_access_signature('another', now + 600)]
    return ', '.join(said(asked.client.request_unsigned('GET', path, query)) for query in queries)


@question('Copy Blob with x-ms-source-if-match of another ETag')
def copy_if_match(asked):
    source, _ = asked.put()
    return asked.do('PUT', asked.new_path(), None, {'x-ms-copy-source': asked.url(source),
                                                    'x-ms-source-if-match': '"0x0000000000"'}).said()


@question('Put Blob From URL, Put Block From URL')
def from_url(asked):
    source, _ = asked.put()
    target = asked.new_path()
    blob = asked.do('PUT', target, None, {**BLOB, 'x-ms-copy-source': asked.url(source)})
    block = asked.block(target, 1, b'', {'x-ms-copy-source': asked.url(source)})
    return f'{blob.said()}, {block.said()}'


@question('ranged Get Blob with If-Match: the right ETag, another one')
def range_if_match(asked):
    path, put = asked.put()
    right = asked.do('GET', path, None, {'x-ms-range': 'bytes=3-5', 'If-Match': put.headers['etag']})
    wrong = asked.do('GET', path, None, {'x-ms-range': 'bytes=3-5', 'If-Match': '"0x0000000000"'})
    return f'{right.said()} {"right" if right.body == BODY[3:6] else "WRONG"}; {wrong.said()}'


@question('Get Blob of a range beyond the end, of an empty blob')
def ranges(asked):
    return ', '.join(asked.do('GET', asked.put(body)[0], None, {'x-ms-range': 'bytes=99-100'}).said()
                     for body in (BODY, b''))


@question('Get Blob of what is not there; of a container that is not there')
def missing(asked):
    return f'{asked.do("GET", asked.new_path()).said()}; {asked.do("GET", "/no-such-container/a").said()}'


@question('wrong key; clock of the client 20 minutes wrong')
def wrong_key(asked):
    path, _ = asked.put()
    wrong = asked.server.client(key=base64.b64encode(b'another').decode()).request('GET', path)
    return f'{said(wrong)}; {asked_late(asked, path)}'


def asked_late(asked, path):
    from unittest import mock
    import azure_client
    late = time.time() - 1200
    with mock.patch.object(azure_client, 'formatdate', lambda usegmt: time.strftime(
            '%a, %d %b %Y %H:%M:%S GMT', time.gmtime(late))):
        return asked.do('GET', path).said()


@question('List Blobs: after a write, 20 times; order; with delimiter; startFrom')
def lists(asked):
    seen = 0
    for _ in range(20):
        path = asked.put()[0]
        seen += path.split('/', 2)[2] in names(asked, prefix=path.split('/', 2)[2])
    for name in ('n/a', 'n/a-b', 'n/aa/b', 'n/A', 'n/\xe9', 'n/a b', 'n/a+b'):
        asked.do('PUT', f'/{asked.container}/{name}', None, BLOB)
    order = names(asked, prefix='n/')
    right = order == sorted(order, key=str.encode)
    return f'{seen} seen; {len(order)} of 7, {"right order" if right else order}; ' \
           f'{names(asked, prefix="n/", delimiter="/")}; {names(asked, prefix="n/", startFrom="n/aa")}'


def names(asked, **query):
    answer = asked.do('GET', f'/{asked.container}', {'restype': 'container', 'comp': 'list', **query})
    return [xml.sax.saxutils.unescape(name) for name in answer.texts('Name')]


@question('Last-Modified: granularity in HEAD and in a list')
def last_modified(asked):
    path, _ = asked.put()
    listed = asked.do('GET', f'/{asked.container}', {'restype': 'container', 'comp': 'list',
                                                    'prefix': path.split('/', 2)[2]})
    kind = datetime.datetime.strptime(listed.text('Last-Modified'), '%a, %d %b %Y %H:%M:%S GMT')
    return f'seconds in both: {kind.microsecond == 0 and "last-modified" in asked.do("HEAD", path).headers}'


@question('Delete Blob of what is not there; with If-Match of another ETag; Blob Batch')
def delete(asked):
    path, _ = asked.put()
    absent = asked.do('DELETE', asked.new_path())
    other = asked.do('DELETE', path, None, {'If-Match': '"0x0000000000"'})
    batch = asked.do('POST', '/', {'comp': 'batch'}, {'Content-Type': 'multipart/mixed; boundary=b'}, b'--b--\r\n')
    return f'{absent.said()}; {other.said()}; {batch.said()}'


@question('DFS endpoint: a list of paths')
def dfs(asked):
    return asked.do('GET', f'/{asked.container}', {'resource': 'filesystem', 'recursive': 'true'}).said()
