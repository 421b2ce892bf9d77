"""Runs a command beside an object store that is started for it and ended after it.

    tests/servers/run [--tls KIND] [--faults] [--rules FILE] [--name NAME] STORE -- COMMAND…

The command finds in its environment what the vendor's own tools read (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_S3 and so
on), and
    LAKEFERRY_TEST_STORE      the name of the store
    LAKEFERRY_TEST_ENDPOINT   where it is, or what stands in front of it
    LAKEFERRY_TEST_BUCKET     a bucket (container) that is there and empty; LAKEFERRY_TEST_BUCKET_2: one more
    LAKEFERRY_TEST_CA         with --tls: what to trust; also as AWS_CA_BUNDLE and SSL_CERT_FILE
    LAKEFERRY_TEST_FAULTS     with --faults: the control of the fault proxy (fault_proxy.py)
GTEST_OUTPUT, where it is `json:FOLDER/`, becomes a file in there with the name that --name says. It ends with the
command's status. The log of the store is printed where the command fails and LAKEFERRY_TEST_LOG is set.
"""
import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fault_proxy import FaultProxy, Rule
from process import LOOPBACK, CannotStart
from stores import SERVERS
from tls import CERTIFICATES, Authority, TlsFront

DIALECTS = {'azurite': 'azure', 'fake-gcs': 'gcs'}


def parsed():
    parser = argparse.ArgumentParser(prog='tests/servers/run', formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description=__doc__)
    parser.add_argument('--tls', choices=sorted(CERTIFICATES), help='TLS in front, with this certificate')
    parser.add_argument('--faults', action='store_true', help='a fault proxy in front, behind TLS')
    parser.add_argument('--rules', type=Path, help='rules of the fault proxy to begin with (JSON)')
    parser.add_argument('--name', help='of the test that this is')
    parser.add_argument('store', choices=list(SERVERS))
    parser.add_argument('command', nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    if arguments.command[:1] == ['--']:
        del arguments.command[0]
    if not arguments.command:
        parser.error('no command')
    return arguments


def stand_before(stack, server, arguments, folder):
    """What the command is to see of the server: its variables, with those of what stands in front."""
    port, endpoint, variables = server.port, server.endpoint, {}
    if arguments.faults or arguments.rules:
        rules = [Rule.of_json(said) for said in json.loads(arguments.rules.read_text())] if arguments.rules else []
        proxy = stack.enter_context(FaultProxy((LOOPBACK, port), rules, control=0,
                                               dialect=DIALECTS.get(arguments.store, 's3')))
        port, endpoint = proxy.port, proxy.endpoint
        variables['LAKEFERRY_TEST_FAULTS'] = f'http://{LOOPBACK}:{proxy.control_port}'
    if arguments.tls:
        authority = Authority(folder / 'authority')
        endpoint = stack.enter_context(TlsFront(port, *authority.certificate(arguments.tls))).endpoint
        for name in ('LAKEFERRY_TEST_CA', 'AWS_CA_BUNDLE', 'SSL_CERT_FILE'):
            variables[name] = str(authority.bundle)
    return {**server.variables(endpoint), 'LAKEFERRY_TEST_ENDPOINT': endpoint, **variables}


def main():
    arguments = parsed()
    with tempfile.TemporaryDirectory(prefix='lakeferry-store-') as name, contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(SERVERS[arguments.store](name))
        except CannotStart as error:
            print(f'run: {error}', file=sys.stderr)
            return 125
        variables = stand_before(stack, server, arguments, Path(name))
        variables |= {'LAKEFERRY_TEST_STORE': arguments.store, 'LAKEFERRY_TEST_BUCKET': server.new_bucket(),
                      'LAKEFERRY_TEST_BUCKET_2': server.new_bucket()}
        output = os.environ.get('GTEST_OUTPUT', '')
        if arguments.name and output.endswith('/'):
            variables['GTEST_OUTPUT'] = f'{output}{arguments.name}.json'
        status = subprocess.run(arguments.command, env={**os.environ, **variables}).returncode
        if status and 'LAKEFERRY_TEST_LOG' in os.environ:
            print(server.end_of_log(200), file=sys.stderr)
        return status if status >= 0 else 128 - status


if __name__ == '__main__':
    sys.exit(main())
