"""Plain requests to Google's storage, in JSON, without credentials."""
import json
import urllib.parse

from s3_client import plain_request


class GcsClient:
    def __init__(self, endpoint, context=None):
        self.endpoint, self.context = endpoint, context

    def request(self, method, path, query=None, headers=None, body=b''):
        """`path` is escaped already: names of objects are one part of it."""
        target = path + ('?' + urllib.parse.urlencode(query) if query else '')
        return plain_request(self.endpoint, method, target, (headers or {}).items(), body, self.context)

    def json(self, method, path, query=None, said=None):
        return self.request(method, path, query, {'Content-Type': 'application/json'}, json.dumps(said or {}).encode())

    def object_path(self, bucket, name):
        return f'/storage/v1/b/{bucket}/o/{urllib.parse.quote(name, safe="")}'

    def upload(self, bucket, name, body, **query):
        return self.request('POST', f'/upload/storage/v1/b/{bucket}/o', {'uploadType': 'media', 'name': name, **query},
                            {'Content-Type': 'application/octet-stream'}, body)

    def download(self, bucket, name, **headers):
        return self.request('GET', self.object_path(bucket, name), {'alt': 'media'},
                            {key.replace('_', '-'): value for key, value in headers.items()})
