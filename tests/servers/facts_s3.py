"""Questions to an S3 server, in the words of docs/object_stores.md, each answered by doing the thing."""
import base64
import concurrent.futures
import hashlib
import threading
import urllib.parse
import xml.sax.saxutils

from s3_client import crc32, crc64nvme, plain_request

BODY = b'lakeferry keeps tables'
OTHER = b'something else'
PART = b'p' * (5 << 20)
LAST = b'the last part'
WRONG_CRC64, WRONG_CRC32 = crc64nvme(OTHER), crc32(OTHER)
ABSENT = {'If-None-Match': '*'}
FULL = {'x-amz-checksum-algorithm': 'CRC64NVME', 'x-amz-checksum-type': 'FULL_OBJECT'}
MODE = {'x-amz-checksum-mode': 'ENABLED'}
QUESTIONS = []


def question(text):
    def note(function):
        assert all(text != other for other, _ in QUESTIONS)
        QUESTIONS.append((text, function))
        return function
    return note


class Asked:
    """A bucket of a server, and names in it that nobody has used."""

    def __init__(self, server):
        self.server, self.client, self.bucket, self.count = server, server.client(), server.new_bucket(), 0

    def new_path(self, folder='o'):
        self.count += 1
        return f'/{self.bucket}/{folder}/{self.count}'

    def do(self, method, path, query=None, headers=None, body=b''):
        return self.client.request(method, path, query, headers, body)

    def put(self, body=BODY, headers=None):
        path = self.new_path()
        answer = self.do('PUT', path, None, headers, body)
        if answer.status != 200:
            raise RuntimeError(f'PUT gets {answer.said()}')
        return path, answer

    def begin(self, path, headers=None):
        answer = self.do('POST', path, {'uploads': ''}, headers)
        if answer.status != 200:
            raise RuntimeError(f'CreateMultipartUpload gets {answer.said()}')
        return answer.text('UploadId')

    def part(self, path, upload, number, body, headers=None):
        return self.do('PUT', path, {'partNumber': str(number), 'uploadId': upload}, headers, body)

    def complete(self, path, upload, etags, headers=None, checksums=()):
        parts = ''
        for index, etag in enumerate(etags):
            extra = f'<ChecksumCRC64NVME>{checksums[index]}</ChecksumCRC64NVME>' if checksums else ''
            etag = xml.sax.saxutils.escape(etag)
            parts += f'<Part><PartNumber>{index + 1}</PartNumber><ETag>{etag}</ETag>{extra}</Part>'
        body = f'<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>'.encode()
        return self.do('POST', path, {'uploadId': upload}, headers, body)

    def multipart(self, path, begin=None, end=None, bodies=(PART, LAST), with_checksums=False):
        """The answer to the completion of an upload of these parts."""
        upload = self.begin(path, begin)
        etags, checksums = [], []
        for index, body in enumerate(bodies):
            checksums.append(crc64nvme(body) if with_checksums else '')
            answer = self.part(path, upload, index + 1, body,
                               {'x-amz-checksum-crc64nvme': checksums[-1]} if with_checksums else None)
            if answer.status != 200:
                raise RuntimeError(f'UploadPart gets {answer.said()}')
            etags.append(answer.headers['etag'])
        return self.complete(path, upload, etags, end, checksums if with_checksums else ())

    def copy(self, source, target, headers=None):
        return self.do('PUT', target, None, {'x-amz-copy-source': urllib.parse.quote(source), **(headers or {})})

    def body_of(self, path):
        return self.do('GET', path).body


def two_at_once(one, rounds=20):
    """What two calls get that begin together, again and again."""
    together, seen = threading.Barrier(2), []

    def act(argument, index):
        together.wait()
        return one.act(argument, index).said()

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            argument = one.prepare()
            pair = [pool.submit(act, argument, index) for index in range(2)]
            seen.append(' + '.join(sorted(answer.result() for answer in pair)))
    return '; '.join(f'{seen.count(pair)} times {pair}' for pair in sorted(set(seen)))


class Pair:
    def __init__(self, prepare, act):
        self.prepare, self.act = prepare, act


@question('PUT with If-None-Match: *, first and second')
def put_absent(asked):
    path = asked.new_path()
    first = asked.do('PUT', path, None, ABSENT, BODY)
    second = asked.do('PUT', path, None, ABSENT, OTHER)
    kept = 'kept' if asked.body_of(path) == BODY else 'OVERWRITTEN'
    return f'{first.said()}, then {second.said()}; the first is {kept}'


@question('PUT with If-None-Match: *, two at once')
def put_absent_twice(asked):
    return two_at_once(Pair(asked.new_path,
                            lambda path, index: asked.do('PUT', path, None, ABSENT, b'%d' % index)))


@question('PUT with If-Match of another ETag')
def put_if_match(asked):
    path, _ = asked.put()
    answer = asked.do('PUT', path, None, {'If-Match': '"00000000000000000000000000000000"'}, OTHER)
    return f'{answer.said()}; the object is {"kept" if asked.body_of(path) == BODY else "OVERWRITTEN"}'


@question('CompleteMultipartUpload with If-None-Match: *, nothing there')
def complete_absent(asked):
    return asked.multipart(asked.new_path(), end=ABSENT).said()


@question('CompleteMultipartUpload with If-None-Match: *, something there')
def complete_present(asked):
    path, _ = asked.put()
    answer = asked.multipart(path, end=ABSENT)
    return f'{answer.said()}; the object is {"kept" if asked.body_of(path) == BODY else "OVERWRITTEN"}'


@question('CompleteMultipartUpload with If-None-Match: *, two uploads at once')
def complete_twice(asked):
    def prepare():
        path = asked.new_path()
        uploads = [asked.begin(path) for _ in range(2)]
        return path, [(upload, asked.part(path, upload, 1, b'of upload %d' % index).headers['etag'])
                      for index, upload in enumerate(uploads)]
    return two_at_once(Pair(prepare, lambda made, index: asked.complete(
        made[0], made[1][index][0], [made[1][index][1]], ABSENT)))


@question('CompleteMultipartUpload a second time (lost reply)')
def complete_again(asked):
    path = asked.new_path()
    upload = asked.begin(path)
    etag = asked.part(path, upload, 1, BODY).headers['etag']
    return f'{asked.complete(path, upload, [etag]).said()}, then {asked.complete(path, upload, [etag]).said()}'


@question('CopyObject with If-None-Match: *, nothing there')
def copy_absent(asked):
    source, _ = asked.put()
    return asked.copy(source, asked.new_path(), ABSENT).said()


@question('CopyObject with If-None-Match: *, something there')
def copy_present(asked):
    source, _ = asked.put()
    target, _ = asked.put(OTHER)
    answer = asked.copy(source, target, ABSENT)
    return f'{answer.said()}; the target is {"kept" if asked.body_of(target) == OTHER else "OVERWRITTEN"}'


@question('CopyObject with If-None-Match: *, two at once')
def copy_twice(asked):
    source, _ = asked.put()
    return two_at_once(Pair(asked.new_path, lambda target, _: asked.copy(source, target, ABSENT)))


@question('CopyObject with x-amz-copy-source-if-match of another ETag')
def copy_if_match(asked):
    source, answer = asked.put()
    wrong = asked.copy(source, asked.new_path(), {'x-amz-copy-source-if-match': '"' + '0' * 32 + '"'})
    right = asked.copy(source, asked.new_path(), {'x-amz-copy-source-if-match': answer.headers['etag']})
    return f'{wrong.said()}; of the right one {right.said()}'


@question('CopyObject of what is not there')
def copy_missing(asked):
    return asked.copy(asked.new_path(), asked.new_path()).said()


@question('CopyObject: checksum of the source kept, seen by HEAD')
def copy_checksum(asked):
    source, _ = asked.put(headers={'x-amz-checksum-crc64nvme': crc64nvme(BODY)})
    target = asked.new_path()
    answer = asked.copy(source, target)
    return f'in the answer: {answer.text("ChecksumCRC64NVME") is not None}; {checksum_seen(asked, target, BODY)}'


@question('CopyObject with x-amz-checksum-algorithm: CRC64NVME of a source without checksum')
def copy_makes_checksum(asked):
    source, _ = asked.put()
    target = asked.new_path()
    answer = asked.copy(source, target, {'x-amz-checksum-algorithm': 'CRC64NVME'})
    return f'{answer.said()}; in the answer: {answer.text("ChecksumCRC64NVME") is not None}; ' \
           f'{checksum_seen(asked, target, BODY)}'


@question('UploadPartCopy of a range')
def part_copy(asked):
    source, _ = asked.put(PART + LAST)
    target = asked.new_path()
    upload = asked.begin(target)
    etags = []
    for number, span in ((1, f'bytes=0-{len(PART) - 1}'), (2, f'bytes={len(PART)}-{len(PART) + len(LAST) - 1}')):
        answer = asked.part(target, upload, number, b'', {'x-amz-copy-source': source, 'x-amz-copy-source-range': span})
        if answer.status != 200 or not answer.text('ETag'):
            return answer.said()
        etags.append(answer.text('ETag').replace('&quot;', '"').replace('&#34;', '"'))
    done = asked.complete(target, upload, etags)
    same = asked.body_of(target) == PART + LAST
    return f'{done.said()}; content {"right" if same else "WRONG"}'


@question('UploadPartCopy with x-amz-copy-source-if-match of another ETag')
def part_copy_if_match(asked):
    source, _ = asked.put(PART + LAST)
    target = asked.new_path()
    return asked.part(target, asked.begin(target), 1, b'', {
        'x-amz-copy-source': source, 'x-amz-copy-source-if-match': '"' + '0' * 32 + '"'}).said()


@question('PUT with a wrong x-amz-checksum-crc64nvme')
def put_wrong_crc64(asked):
    return refused_whole(asked, {'x-amz-checksum-crc64nvme': WRONG_CRC64})


@question('PUT with a wrong x-amz-checksum-crc32')
def put_wrong_crc32(asked):
    return refused_whole(asked, {'x-amz-checksum-crc32': WRONG_CRC32})


@question('PUT with a wrong Content-MD5')
def put_wrong_md5(asked):
    return refused_whole(asked, {'Content-MD5': base64.b64encode(hashlib.md5(OTHER).digest()).decode()})


@question('PUT with a wrong x-amz-content-sha256')
def put_wrong_sha256(asked):
    return refused_whole(asked, {'x-amz-content-sha256': hashlib.sha256(OTHER).hexdigest()})


def refused_whole(asked, headers):
    path = asked.new_path()
    answer = asked.do('PUT', path, None, headers, BODY)
    there = asked.do('HEAD', path).status == 200
    return f'{answer.said()}; the object is {"THERE" if there else "not there"}'


@question('UploadPart with a wrong x-amz-checksum-crc64nvme')
def part_wrong_crc64(asked):
    path = asked.new_path()
    return asked.part(path, asked.begin(path, FULL), 1, BODY, {'x-amz-checksum-crc64nvme': WRONG_CRC64}).said()


@question('CompleteMultipartUpload with a wrong x-amz-checksum-crc64nvme of the whole')
def complete_wrong_crc64(asked):
    path = asked.new_path()
    wrong = {'x-amz-checksum-crc64nvme': WRONG_CRC64, 'x-amz-checksum-type': 'FULL_OBJECT'}
    answer = asked.multipart(path, FULL, wrong, with_checksums=True)
    there = asked.do('HEAD', path).status == 200
    return f'{answer.said()}; the object is {"THERE" if there else "not there"}'


@question('CompleteMultipartUpload with a wrong x-amz-mp-object-size')
def complete_wrong_size(asked):
    return asked.multipart(asked.new_path(), end={'x-amz-mp-object-size': '7'}).said()


def checksum_seen(asked, path, body):
    """What HEAD gives back, and whether it gives it without being asked."""
    headers = asked.do('HEAD', path, None, MODE).headers
    value, kind = headers.get('x-amz-checksum-crc64nvme'), headers.get('x-amz-checksum-type')
    others = sorted(name for name in headers if name.startswith('x-amz-checksum-') and not name.endswith(
        ('crc64nvme', 'type')))
    if value is None:
        return 'HEAD gives no CRC-64' + (f', but {", ".join(others)}' if others else '')
    unasked = 'x-amz-checksum-crc64nvme' in asked.do('HEAD', path).headers
    right = 'right' if value == crc64nvme(body) else 'WRONG'
    return f'HEAD gives it, {right}, type {kind}{", also unasked" if unasked else ""}'


@question('PUT with CRC-64/NVME, then HEAD with x-amz-checksum-mode: ENABLED')
def put_checksum(asked):
    path, answer = asked.put(headers={'x-amz-checksum-crc64nvme': crc64nvme(BODY)})
    return f'in the answer: {"x-amz-checksum-crc64nvme" in answer.headers}; {checksum_seen(asked, path, BODY)}'


@question('PUT without checksum, then HEAD')
def put_no_checksum(asked):
    return checksum_seen(asked, asked.put()[0], BODY)


@question('multipart of type FULL_OBJECT, checksums with parts and completion, then HEAD')
def multipart_checksum(asked):
    path = asked.new_path()
    whole = crc64nvme(PART + LAST)
    answer = asked.multipart(path, FULL, {'x-amz-checksum-crc64nvme': whole, 'x-amz-checksum-type': 'FULL_OBJECT'},
                             with_checksums=True)
    return f'{answer.said()}; in the answer: {answer.text("ChecksumCRC64NVME") == whole}; ' \
           f'{checksum_seen(asked, path, PART + LAST)}'


@question('multipart, no checksum said at all, then HEAD')
def multipart_no_checksum(asked):
    path = asked.new_path()
    answer = asked.multipart(path)
    return f'{answer.said()}; {checksum_seen(asked, path, PART + LAST)}'


@question('checksum as a trailer (aws-chunked, STREAMING-UNSIGNED-PAYLOAD-TRAILER), right and wrong')
def trailer(asked):
    said = []
    for value in (crc64nvme(BODY), WRONG_CRC64):
        body = b'%x\r\n%s\r\n0\r\nx-amz-checksum-crc64nvme:%s\r\n\r\n' % (len(BODY), BODY, value.encode())
        path = asked.new_path()
        answer = asked.do('PUT', path, None, {
            'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'Content-Encoding': 'aws-chunked',
            'x-amz-decoded-content-length': str(len(BODY)), 'x-amz-trailer': 'x-amz-checksum-crc64nvme'}, body)
        same = answer.status != 200 or asked.body_of(path) == BODY
        said.append(answer.said() + ('' if same else ' with WRONG content'))
    return ', '.join(said)


@question('wrong secret; key that is not known')
def wrong_signature(asked):
    path, _ = asked.put()
    wrong = asked.server.client(secret='not/the/secret').get(path)
    unknown = asked.server.client(key='AKIANOBODY0000000000').get(path)
    return f'{wrong.said()}; {unknown.said()}'


@question('a signature for another region')
def wrong_region(asked):
    path, _ = asked.put()
    answer = asked.server.client(region='eu-central-1').get(path)
    region = answer.text('Region') or answer.headers.get('x-amz-bucket-region')
    return answer.said() + (f', names {region}' if region else '')


@question('region of a bucket: header of HeadBucket, GetBucketLocation')
def region_of(asked):
    head = asked.do('HEAD', f'/{asked.bucket}')
    place = asked.do('GET', f'/{asked.bucket}', {'location': ''})
    return f'{head.headers.get("x-amz-bucket-region", "no header")}; ' \
           f'{place.said()} "{place.text("LocationConstraint") or ""}"'


@question('ranged GET with If-Match: the right ETag, another one')
def range_if_match(asked):
    path, answer = asked.put()
    right = asked.do('GET', path, None, {'Range': 'bytes=3-5', 'If-Match': answer.headers['etag']})
    wrong = asked.do('GET', path, None, {'Range': 'bytes=3-5', 'If-Match': '"' + '0' * 32 + '"'})
    return f'{right.said()} {"right" if right.body == BODY[3:6] else "WRONG"}; {wrong.said()}'


@question('GET of a range: suffix, beyond the end, of an empty object')
def ranges(asked):
    path, _ = asked.put()
    empty, _ = asked.put(b'')
    suffix = asked.do('GET', path, None, {'Range': 'bytes=-6'})
    beyond = asked.do('GET', path, None, {'Range': 'bytes=99-100'})
    nothing = asked.do('GET', empty, None, {'Range': 'bytes=0-9'})
    return f'{suffix.said()} {"right" if suffix.body == BODY[-6:] else "WRONG"}; {beyond.said()}; {nothing.said()}'


@question('GET of what is not there; of a bucket that is not there')
def missing(asked):
    return f'{asked.do("GET", asked.new_path()).said()}; {asked.do("GET", "/lakeferry-no-such-bucket/a").said()}'


@question('list at once after a write, 20 times; after a delete')
def list_after(asked):
    seen = gone = 0
    for _ in range(20):
        path = asked.new_path('listed')
        asked.do('PUT', path, None, None, BODY)
        prefix = path.split('/', 2)[2]
        seen += prefix in asked.client.list(asked.bucket, prefix=prefix).texts('Key')
        asked.do('DELETE', path)
        gone += prefix not in asked.client.list(asked.bucket, prefix=prefix).texts('Key')
    return f'{seen} seen; {gone} gone'


def fill(asked, names):
    for name in names:
        answer = asked.do('PUT', f'/{asked.bucket}/{name}', None, None, b'')
        if answer.status != 200:
            raise RuntimeError(f'PUT {name!r} gets {answer.said()}')


@question('list: order of names (bytes of UTF-8)')
def list_order(asked):
    names = ['n/a', 'n/a-b', 'n/aa/b', 'n/ab', 'n/A', 'n/é', 'n/\U0001f600', 'n/\uffee', 'n/a b', 'n/a+b']
    wanted = sorted(name.encode() for name in names)
    fill(asked, names)
    got = [urllib.parse.unquote_plus(key).encode()
           for key in asked.client.list(asked.bucket, prefix='n/', encoding_type='url').texts('Key')]
    if got == wanted:
        return 'right'
    lost = [name.decode() for name in wanted if name not in got]
    return f'{"lost: " + ", ".join(lost) if lost else "OTHER ORDER"}: {b" ".join(got).decode(errors="replace")}'


@question('list with encoding-type=url: how space, + and é are written')
def url_encoding(asked):
    fill(asked, ['e/a b', 'e/a+b', 'e/é'])
    answer = asked.client.list(asked.bucket, prefix='e/', encoding_type='url')
    return f'{", ".join(answer.texts("Key"))}; EncodingType {answer.text("EncodingType")}'


@question('list: start-after with delimiter')
def start_after(asked):
    fill(asked, ['s/a/1', 's/a/2', 's/b', 's/c/1', 's/d'])
    seen = []
    for after in ('s/a/1', 's/a/9', 's/b', 's/c/'):
        answer = asked.client.list(asked.bucket, prefix='s/', delimiter='/', start_after=after)
        prefixes = [prefix for prefix in answer.texts('Prefix') if prefix != 's/']
        seen.append(f'{after}: {" ".join(sorted(answer.texts("Key") + prefixes))}')
    return '; '.join(seen)


@question('list: pages of two with delimiter, by continuation token')
def pages(asked):
    names = [f'p/{letter}/1' for letter in 'abc'] + ['p/bb', 'p/d']
    fill(asked, names)
    seen, token, count = [], {}, 0
    while count < 10:
        answer = asked.client.list(asked.bucket, prefix='p/', delimiter='/', max_keys='2', **token)
        seen += answer.texts('Key') + [prefix for prefix in answer.texts('Prefix') if prefix != 'p/']
        count += 1
        if answer.text('IsTruncated') != 'true':
            break
        token = {'continuation_token': answer.text('NextContinuationToken')}
    right = sorted(seen) == ['p/a/', 'p/b/', 'p/bb', 'p/c/', 'p/d']
    return f'{"right" if right else "WRONG: " + " ".join(seen)}, {count} pages'


@question('a name and the same name as a folder (a and a/b)')
def name_and_folder(asked):
    first = asked.do('PUT', f'/{asked.bucket}/f/a', None, None, BODY)
    second = asked.do('PUT', f'/{asked.bucket}/f/a/b', None, None, BODY)
    return f'{first.said()}, {second.said()}; first is ' \
           f'{"still there" if asked.body_of(f"/{asked.bucket}/f/a") == BODY else "GONE"}'


@question('awkward names: //, trailing /, .., %41, control byte, 1024 bytes')
def awkward(asked):
    said = []
    long = 'w/' + '/'.join(['x' * 200] * 5) + '/' + 'y' * 16
    for name in ('w//a', 'w/b/', 'w/c/../d', 'w/%41', 'w/\x01e', long[:1024]):
        path = f'/{asked.bucket}/{name}'
        answer = asked.do('PUT', path, None, None, BODY)
        back = asked.body_of(path) == BODY if answer.status == 200 else True
        said.append(answer.said() + ('' if back else ' NOT READ BACK'))
    return '; '.join(said)


def delete_body(keys):
    return ('<Delete>' + ''.join(f'<Object><Key>{key}</Key></Object>' for key in keys) + '</Delete>').encode()


@question('DeleteObjects with CRC-64/NVME instead of Content-MD5; with neither; with a wrong one')
def delete_many(asked):
    said = []
    for make in (lambda body: {'x-amz-checksum-crc64nvme': crc64nvme(body)}, lambda body: {},
                 lambda body: {'x-amz-checksum-crc64nvme': WRONG_CRC64}):
        path, _ = asked.put()
        body = delete_body([path.split('/', 2)[2], 'never/there'])
        answer = asked.do('POST', f'/{asked.bucket}', {'delete': ''}, make(body), body)
        gone = asked.do('HEAD', path).status == 404
        said.append(f'{answer.said()} {"gone" if gone else "still there"}, {len(answer.texts("Key"))} named')
    return '; '.join(said)


@question('DELETE of what is not there; with If-Match of another ETag')
def delete_one(asked):
    path, _ = asked.put()
    absent = asked.do('DELETE', asked.new_path())
    other = asked.do('DELETE', path, None, {'If-Match': '"' + '0' * 32 + '"'})
    there = asked.do('HEAD', path).status == 200
    return f'{absent.said()}; {other.said()}, {"still there" if there else "GONE"}'


@question('Last-Modified: granularity in HEAD and in a list; clock')
def last_modified(asked):
    path, answer = asked.put()
    head = asked.do('HEAD', path).headers.get('last-modified')
    listed = asked.client.list(asked.bucket, prefix=path.split('/', 2)[2]).text('LastModified')
    return f'{head}; {listed}; Date in answers: {"date" in answer.headers}'


@question('user metadata: kept, kept by a copy, name and value back as sent')
def metadata(asked):
    path, _ = asked.put(headers={'x-amz-meta-lakeferry-crc64': 'AbC=', 'x-amz-meta-other': 'two  words'})
    target = asked.new_path()
    asked.copy(path, target)
    names = ('x-amz-meta-lakeferry-crc64', 'x-amz-meta-other')
    seen = [[asked.do('HEAD', one).headers.get(name) for name in names] for one in (path, target)]
    return '; '.join(str(one) for one in seen)


@question('ETag of a PUT: MD5 of the content')
def etag(asked):
    _, answer = asked.put()
    return str(answer.headers['etag'] == f'"{hashlib.md5(BODY).hexdigest()}"')


@question('ListParts, ListMultipartUploads, AbortMultipartUpload, part of an aborted upload')
def uploads(asked):
    path = asked.new_path('u')
    upload = asked.begin(path)
    asked.part(path, upload, 1, BODY)
    parts = asked.do('GET', path, {'uploadId': upload})
    listed = asked.do('GET', f'/{asked.bucket}', {'uploads': '', 'prefix': 'u/'})
    found = upload in listed.texts('UploadId')
    aborted = asked.do('DELETE', path, {'uploadId': upload})
    late = asked.part(path, upload, 2, BODY)
    return f'{parts.said()} {len(parts.texts("PartNumber"))} part; {listed.said()} found: {found}; ' \
           f'{aborted.said()}; {late.said()}'


@question('UploadPart: CRC-64 in the answer, and in ListParts')
def part_checksum(asked):
    path = asked.new_path()
    upload = asked.begin(path, FULL)
    part = asked.part(path, upload, 1, BODY, {'x-amz-checksum-crc64nvme': crc64nvme(BODY)})
    listed = asked.do('GET', path, {'uploadId': upload})
    return f'{part.headers.get("x-amz-checksum-crc64nvme") == crc64nvme(BODY)}; ' \
           f'{listed.text("ChecksumCRC64NVME") == crc64nvme(BODY)}'


@question('GetObjectAttributes: checksum and size')
def attributes(asked):
    path, _ = asked.put(headers={'x-amz-checksum-crc64nvme': crc64nvme(BODY)})
    answer = asked.do('GET', path, {'attributes': ''}, {'x-amz-object-attributes': 'Checksum,ObjectSize'})
    return f'{answer.said()}; {answer.text("ChecksumCRC64NVME") == crc64nvme(BODY)}; ' \
           f'{answer.text("ObjectSize") == str(len(BODY))}'


@question('presigned GET; the same with a changed signature')
def presigned(asked):
    path, _ = asked.put()
    target = asked.client.presigned('GET', path, 60)
    changed = target[:-1] + ('0' if target[-1] != '0' else '1')
    return ', '.join(plain_request(asked.server.endpoint, 'GET', one).said() for one in (target, changed))


@question('clock of the client 20 minutes wrong')
def skew(asked):
    path, _ = asked.put()
    return asked.server.client(minutes_wrong=-20).get(path).said()


@question('virtual-host style (BUCKET.localhost)')
def virtual_host(asked):
    path, _ = asked.put()
    answer = asked.client.request_of_host(f'{asked.bucket}.localhost', 'GET', '/' + path.split('/', 2)[2])
    return f'{answer.said()} {"right" if answer.body == BODY else "WRONG"}'


@question('Expect: 100-continue')
def expect(asked):
    return asked.do('PUT', asked.new_path(), None, {'Expect': '100-continue'}, BODY).said()


@question('keep-alive: connection kept after 200, 404, 412')
def keep_alive(asked):
    path, _ = asked.put()
    answers = [asked.do('GET', path), asked.do('GET', asked.new_path()), asked.do('PUT', path, None, ABSENT, BODY)]
    return ', '.join(answer.headers.get('connection', 'kept') for answer in answers)
