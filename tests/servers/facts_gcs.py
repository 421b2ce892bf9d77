"""Questions to Google's storage (JSON API), or what stands in for it."""
import base64
import hashlib
import json
import struct

from facts_s3 import BODY, OTHER, Pair, two_at_once

QUESTIONS = []
CRC32C_POLYNOMIAL = 0x82f63b78


def question(text):
    def note(function):
        QUESTIONS.append((text, function))
        return function
    return note


def crc32c(data):
    value = 0xffffffff
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (CRC32C_POLYNOMIAL if value & 1 else 0)
    return base64.b64encode(struct.pack('>I', value ^ 0xffffffff)).decode()


class Asked:
    def __init__(self, server):
        self.server, self.client, self.bucket, self.count = server, server.client(), server.new_bucket(), 0

    def new_name(self, folder='o'):
        self.count += 1
        return f'{folder}/{self.count}'

    def put(self, body=BODY, **query):
        name = self.new_name()
        answer = self.client.upload(self.bucket, name, body, **query)
        if answer.status != 200:
            raise RuntimeError(f'objects.insert gets {answer.said()}')
        return name, json.loads(answer.body)

    def path(self, name):
        return self.client.object_path(self.bucket, name)

    def body_of(self, name):
        return self.client.download(self.bucket, name).body

    def with_metadata(self, name, said, body, **query):
        """One request that says what the object is, then its bytes."""
        parts = (f'--b\r\nContent-Type: application/json\r\n\r\n{json.dumps({"name": name, **said})}\r\n'
                 '--b\r\nContent-Type: application/octet-stream\r\n\r\n').encode() + body + b'\r\n--b--\r\n'
        return self.client.request('POST', f'/upload/storage/v1/b/{self.bucket}/o',
                                   {'uploadType': 'multipart', **query},
                                   {'Content-Type': 'multipart/related; boundary=b'}, parts)

    def begin(self, name, **query):
        """Where a resumable upload goes on: path and query."""
        answer = self.client.json('POST', f'/upload/storage/v1/b/{self.bucket}/o',
                                  {'uploadType': 'resumable', 'name': name, **query})
        return '/' + answer.headers['location'].split('/', 3)[3]

    def names(self, **query):
        answer = self.client.request('GET', f'/storage/v1/b/{self.bucket}/o', query)
        found = json.loads(answer.body)
        return [item['name'] for item in found.get('items', [])], found.get('prefixes', []), found.get('nextPageToken')


@question('insert with ifGenerationMatch=0, first and second')
def put_absent(asked):
    name = asked.new_name()
    answers = [asked.client.upload(asked.bucket, name, body, ifGenerationMatch='0') for body in (BODY, OTHER)]
    return f'{answers[0].said()}, then {answers[1].said()}; the first is ' \
           f'{"kept" if asked.body_of(name) == BODY else "OVERWRITTEN"}'


@question('insert with ifGenerationMatch=0, two at once')
def put_twice(asked):
    return two_at_once(Pair(asked.new_name, lambda name, index: asked.client.upload(
        asked.bucket, name, b'%d' % index, ifGenerationMatch='0')))


@question('resumable upload with ifGenerationMatch=0, something there')
def resumable_present(asked):
    name, _ = asked.put()
    try:
        where = asked.begin(name, ifGenerationMatch='0')
    except KeyError:
        return 'refused at the beginning'
    answer = asked.client.request('PUT', where, None, {}, OTHER)
    return f'{answer.said()}; the object is {"kept" if asked.body_of(name) == BODY else "OVERWRITTEN"}'


@question('resumable upload in two pieces; asked for its state between')
def resumable(asked):
    name = asked.new_name()
    piece = b'p' * (256 << 10)
    whole, where = piece + BODY, asked.begin(name)

    def send(span, body=b''):
        return asked.client.request('PUT', where, None, {'Content-Range': f'bytes {span}'}, body)

    first = send(f'0-{len(piece) - 1}/*', piece)
    state = send('*/*')
    last = send(f'{len(piece)}-{len(whole) - 1}/{len(whole)}', BODY)
    return f'{first.said()} {first.headers.get("range")}; {state.said()} {state.headers.get("range")}; ' \
           f'{last.said()}; content {"right" if asked.body_of(name) == whole else "WRONG"}'


@question('the same without asking for its state')
def resumable_unasked(asked):
    name = asked.new_name()
    piece = b'p' * (256 << 10)
    where = asked.begin(name)
    spans = ((f'0-{len(piece) - 1}/*', piece), (f'{len(piece)}-{len(piece + BODY) - 1}/{len(piece + BODY)}', BODY))
    answers = [asked.client.request('PUT', where, None, {'Content-Range': f'bytes {span}'}, body)
               for span, body in spans]
    return f'{answers[0].said()}; {answers[1].said()}; ' \
           f'content {"right" if asked.body_of(name) == piece + BODY else "WRONG"}'


@question('multipart insert with a wrong crc32c; with a wrong md5Hash')
def wrong_checksum(asked):
    wrong = base64.b64encode(hashlib.md5(OTHER).digest()).decode()
    return ', '.join(asked.with_metadata(asked.new_name(), said, BODY).said()
                     for said in ({'crc32c': crc32c(OTHER)}, {'md5Hash': wrong}))


@question('media insert with a wrong x-goog-hash')
def wrong_header(asked):
    return asked.client.request('POST', f'/upload/storage/v1/b/{asked.bucket}/o', {
        'uploadType': 'media', 'name': asked.new_name()}, {'x-goog-hash': f'crc32c={crc32c(OTHER)}'}, BODY).said()


@question('CRC-32C back: in the answer of insert, in get, in x-goog-hash of media')
def checksum_back(asked):
    name, made = asked.put()
    found = json.loads(asked.client.request('GET', asked.path(name)).body)
    media = asked.client.download(asked.bucket, name).headers.get('x-goog-hash', '')
    right = crc32c(BODY)
    return f'{made.get("crc32c") == right}; {found.get("crc32c") == right}; {right in media}'


@question('rewrite with ifGenerationMatch=0, nothing there, something there; checksum kept')
def rewrite(asked):
    source, _ = asked.put()
    target = asked.new_name()
    path = f'{asked.path(source)}/rewriteTo/b/{asked.bucket}/o/' + target.replace('/', '%2F')
    answers = [asked.client.json('POST', path, {'ifGenerationMatch': '0'}) for _ in range(2)]
    found = json.loads(asked.client.request('GET', asked.path(target)).body)
    return f'{answers[0].said()}, then {answers[1].said()}; {found.get("crc32c") == crc32c(BODY)}'


@question('rewrite with ifSourceGenerationMatch of another generation')
def rewrite_source(asked):
    source, _ = asked.put()
    path = f'{asked.path(source)}/rewriteTo/b/{asked.bucket}/o/{asked.new_name()}'.replace('o/o/', 'o/o%2F')
    return asked.client.json('POST', path, {'ifSourceGenerationMatch': '1'}).said()


@question('ranged media get; with ifGenerationMatch of another generation; with generation')
def ranges(asked):
    name, made = asked.put()
    part = asked.client.download(asked.bucket, name, Range='bytes=3-5')
    other = asked.client.request('GET', asked.path(name), {'alt': 'media', 'ifGenerationMatch': '1'})
    one = asked.client.request('GET', asked.path(name), {'alt': 'media', 'generation': made['generation']})
    return f'{part.said()} {"right" if part.body == BODY[3:6] else "WRONG"}; {other.said()}; {one.said()}'


@question('media get of a range beyond the end; of what is not there; of a bucket that is not there')
def missing(asked):
    name, _ = asked.put()
    return f'{asked.client.download(asked.bucket, name, Range="bytes=99-100").said()}; ' \
           f'{asked.client.download(asked.bucket, "never").said()}; ' \
           f'{asked.client.download("no-such-bucket", "a").said()}'


@question('list: after a write, 20 times; order; with delimiter; startOffset; pages of two')
def lists(asked):
    seen = sum(name in asked.names(prefix=name)[0] for name in (asked.put()[0] for _ in range(20)))
    for name in ('n/a', 'n/a-b', 'n/aa/b', 'n/A', 'n/\xe9', 'n/a b', 'n/a+b'):
        asked.client.upload(asked.bucket, name, b'')
    order = asked.names(prefix='n/')[0]
    right = order == sorted(order, key=str.encode)
    pages, token = [], {}
    while len(pages) < 10:
        found, _, following = asked.names(prefix='n/', maxResults='2', **token)
        pages += [found]
        if not following:
            break
        token = {'pageToken': following}
    return f'{seen} seen; {len(order)} of 7, {"right order" if right else order}; ' \
           f'{asked.names(prefix="n/", delimiter="/")[1]}; {asked.names(prefix="n/", startOffset="n/aa")[0]}; ' \
           f'{len(pages)} pages, {"right" if sum(pages, []) == order else "WRONG"}'


@question('custom metadata: kept, kept by rewrite')
def metadata(asked):
    name, target = asked.new_name(), asked.new_name()
    asked.with_metadata(name, {'metadata': {'lakeferry-crc64': 'AbC='}}, BODY)
    asked.client.json('POST', f'{asked.path(name)}/rewriteTo/b/{asked.bucket}/o/' + target.replace('/', '%2F'))
    return '; '.join(str(json.loads(asked.client.request('GET', asked.path(one)).body).get('metadata'))
                     for one in (name, target))


@question('delete of what is not there; with ifGenerationMatch of another generation')
def delete(asked):
    name, _ = asked.put()
    absent = asked.client.request('DELETE', asked.path('never'))
    other = asked.client.request('DELETE', asked.path(name), {'ifGenerationMatch': '1'})
    return f'{absent.said()}; {other.said()}, {"still there" if asked.body_of(name) == BODY else "GONE"}'


@question('updated: as it is written')
def updated(asked):
    return asked.put()[1].get('updated', 'not said')


@question('an Authorization that nobody gave out')
def authorization(asked):
    return asked.client.request('GET', f'/storage/v1/b/{asked.bucket}/o', None, {'Authorization': 'Bearer x'}).said()


@question('XML API: PUT with x-goog-if-generation-match: 0, first and second')
def xml_put(asked):
    path = f'/{asked.bucket}/x/1'
    return ', then '.join(asked.client.request('PUT', path, None, {'x-goog-if-generation-match': '0'}, body).said()
                          for body in (BODY, OTHER))
