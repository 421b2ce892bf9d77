"""Traces of epochs: one over both sides, in the shape that OTLP has; a dead collector delays nothing."""
import base64
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from delta_tables import orders, write
from google.protobuf import json_format
from lakeferry import DONE, Regions, Run, wait_until
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from test_http import answers, ask, free_port

TOKEN = 'token-of-the-collector'


class Collector(ThreadingHTTPServer):
    """Takes what is posted as OTLP over HTTP in JSON, and nothing that is not of its shape."""

    def __init__(self):
        self.spans, self.faults = [], []
        super().__init__(('127.0.0.1', 0), Handler)

    def take(self, headers, path, body):
        assert path == '/v1/traces' and headers['Content-Type'] == 'application/json', (path, dict(headers))
        assert headers['Authorization'] == f'Bearer {TOKEN}'
        document = json.loads(body)
        # OTLP writes ids in hex, where the JSON of protobuf has base64.
        for resource in document['resourceSpans']:
            for scope in resource['scopeSpans']:
                for span in scope['spans']:
                    for key in {'traceId', 'spanId', 'parentSpanId'} & span.keys():
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
        request = json_format.ParseDict(document, ExportTraceServiceRequest())  # an unknown field is an error
        for resource in request.resource_spans:
            known = {value.key: value.value.string_value for value in resource.resource.attributes}
            assert known['service.name'] == 'lakeferry', known
            for scope in resource.scope_spans:
                self.spans += [(known['cloud.region'], span) for span in scope.spans]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            self.server.take(self.headers, self.path, self.rfile.read(int(self.headers['Content-Length'])))
        except Exception as fault:
            self.server.faults.append(repr(fault))
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'{}')

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def collecting():
    with Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()


def traced(tmp_path, endpoint, **top):
    (tmp_path / 'token').write_text(TOKEN)
    (tmp_path / 'token').chmod(0o600)
    tracing = {'endpoint': endpoint, 'token': {'file': str(tmp_path / 'token')}}
    return Regions(tmp_path / 'regions', ['bronze', 'silver'], top={'tracing': tracing, **top})


def run(regions, run_id):
    with Run(regions, run_id):
        for table in regions.tables:
            write(regions.source(table), orders(0, 5))


def test_an_epoch_is_one_trace_over_both_sides(tmp_path):
    with collecting() as collector:
        regions = traced(tmp_path, f'http://127.0.0.1:{collector.server_port}')
        run(regions, 'run-1')
        with regions.start('sender') as sender, regions.start('receiver') as receiver:
            wait_until(lambda: regions.status('sender')['epoch'] == 1, 'the epoch is applied')
            wait_until(lambda: collector.faults or any('apply' in span.name for _, span in collector.spans), 'told')
            assert sender.stop() == DONE and receiver.stop() == DONE
        run(regions, 'run-2')
        regions.sync()  # passes by hand are traced as well
    assert collector.faults == []
    traces = {}
    for region, span in collector.spans:
        traces.setdefault(span.trace_id, []).append((region, span))
    assert len(traces) == 2, [span.name for _, span in collector.spans]
    for spans in traces.values():
        by_id = {span.span_id: span for _, span in spans}
        assert len(by_id) == len(spans), 'each once'
        (whole,) = [span for _, span in spans if not span.parent_span_id]
        assert all(span.parent_span_id in by_id for _, span in spans if span is not whole)
        assert {region for region, _ in spans} == {'primary', 'secondary'}
        names = {span.name for _, span in spans}
        assert {'cutting', 'copying', 'publishing', 'intake', 'placing', 'committing', 'answering',
                'commit lake.bronze', 'commit lake.silver'} <= names, names
        assert all(span.start_time_unix_nano <= span.end_time_unix_nano for _, span in spans)
        values = {value.key: value.value for value in whole.attributes}
        assert values['lakeferry.group'].string_value == 'orders' and values['lakeferry.tables'].int_value == 2


def test_a_dead_collector_delays_nothing_and_is_told(tmp_path):
    port = free_port()
    regions = traced(tmp_path, f'http://127.0.0.1:{free_port()}/v1/traces',
                     http={'listen': {'sender': f'127.0.0.1:{port}'}})
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        for epoch in range(1, 4):
            run(regions, f'run-{epoch}')
            wait_until(lambda: regions.status('receiver')['epoch'] == epoch, f'epoch {epoch} is applied', limit_s=20)
        wait_until(lambda: answers(port), 'it answers')
        wait_until(lambda: 'lakeferry_traces_waiting 3' in ask(port, '/metrics')[2], 'they wait')
        assert sender.stop() == DONE and receiver.stop() == DONE
    log = (regions.folder / 'sender.log').read_text()
    assert 'traces cannot be sent' in log and TOKEN not in log
