"""What a request asks of a store, in the words of the store's own documentation: for counting, and for choosing which
requests a fault meets."""
import urllib.parse


def s3(method, path, query, headers):
    """Path style: /bucket/key."""
    bucket, _, key = path.lstrip('/').partition('/')
    if not bucket:
        return 'ListBuckets' if method == 'GET' else method
    if not key:
        return s3_bucket(method, query)
    return s3_upload(method, query, headers) or s3_object(method, query, headers)


def s3_bucket(method, query):
    if method == 'GET':
        for name, operation in (('uploads', 'ListMultipartUploads'), ('location', 'GetBucketLocation'),
                                ('versioning', 'GetBucketVersioning'), ('versions', 'ListObjectVersions'),
                                ('lifecycle', 'GetBucketLifecycleConfiguration'),
                                ('object-lock', 'GetObjectLockConfiguration')):
            if name in query:
                return operation
        return 'ListObjectsV2' if query.get('list-type') == '2' else 'ListObjects'
    if method == 'POST' and 'delete' in query:
        return 'DeleteObjects'
    return {'HEAD': 'HeadBucket', 'PUT': 'CreateBucket', 'DELETE': 'DeleteBucket'}.get(method, method)


def s3_upload(method, query, headers):
    if method == 'POST' and 'uploads' in query:
        return 'CreateMultipartUpload'
    if 'uploadId' not in query:
        return None
    if method == 'PUT':
        return 'UploadPartCopy' if 'x-amz-copy-source' in headers else 'UploadPart'
    return {'POST': 'CompleteMultipartUpload', 'DELETE': 'AbortMultipartUpload', 'GET': 'ListParts'}.get(method, method)


def s3_object(method, query, headers):
    if method == 'PUT':
        return 'CopyObject' if 'x-amz-copy-source' in headers else 'PutObject'
    if method == 'GET' and 'attributes' in query:
        return 'GetObjectAttributes'
    return {'GET': 'GetObject', 'HEAD': 'HeadObject', 'DELETE': 'DeleteObject'}.get(method, method)


def azure(method, path, query, headers):
    """Blob endpoint, /account/container/blob as the emulator has it."""
    what = query.get('comp')
    if query.get('restype') == 'container':
        return {('GET', 'list'): 'List Blobs', ('PUT', None): 'Create Container', ('HEAD', None):
                'Get Container Properties', ('GET', None): 'Get Container Properties', ('DELETE', None):
                'Delete Container'}.get((method, what), f'{method} {what}')
    if what == 'list':
        return 'List Containers'
    if method == 'PUT' and 'x-ms-copy-source' in headers:
        return {None: 'Put Blob From URL' if 'x-ms-blob-type' in headers else 'Copy Blob',
                'block': 'Put Block From URL'}.get(what, f'PUT {what}')
    return {('PUT', None): 'Put Blob', ('PUT', 'block'): 'Put Block', ('PUT', 'blocklist'): 'Put Block List',
            ('GET', 'blocklist'): 'Get Block List', ('GET', None): 'Get Blob', ('HEAD', None): 'Get Blob Properties',
            ('DELETE', None): 'Delete Blob', ('PUT', 'metadata'): 'Set Blob Metadata', ('POST', 'batch'): 'Blob Batch',
            }.get((method, what), f'{method} {what}')


def gcs(method, path, query, headers):
    """The JSON API."""
    if path.startswith('/upload/'):
        return 'objects.insert' if 'upload_id' not in query else 'resumable upload'
    if '/rewriteTo/' in path:
        return 'objects.rewrite'
    if '/copyTo/' in path:
        return 'objects.copy'
    if path.startswith('/batch'):
        return 'batch'
    parts = path.removeprefix('/download').removeprefix('/storage/v1').strip('/').split('/')
    kind = 'objects' if len(parts) > 2 and parts[2] == 'o' else 'buckets'
    is_all = len(parts) == (3 if kind == 'objects' else 1)
    if method == 'GET' and query.get('alt') == 'media':
        return 'objects.get (media)'
    verb = {'GET': 'list' if is_all else 'get', 'POST': 'insert', 'DELETE': 'delete', 'PATCH': 'patch'}
    return f'{kind}.{verb.get(method, method)}'


DIALECTS = {'s3': s3, 'azure': azure, 'gcs': gcs}


def operation(dialect, request):
    path, _, query = request.target.partition('?')
    named = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    return DIALECTS[dialect](request.method, path, named, {name.lower() for name, _ in request.headers})
