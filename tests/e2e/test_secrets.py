"""One missing secret stops one thing, and one that is there is in no text and in no memory that leaves the process: the
real commands and services, real mail servers."""
import base64
import email
import email.policy
import importlib.util
import os
import re
import time
import urllib.parse
from pathlib import Path

import pytest
from delta_tables import orders, write
from lakeferry import DONE, FAILED, Daemon, Regions, Run, wait_until

_SPEC = importlib.util.spec_from_file_location(
    'mail_server', Path(__file__).parents[1] / 'notify' / 'mail_server.py')
mail_server = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(mail_server)

CANARY = 'c4nary bird/of&prey:99'
USER = 'dr'
LOGIN = (USER.encode(), CANARY.encode())


@pytest.fixture(scope='module')
def authority(tmp_path_factory):
    return mail_server.Authority(tmp_path_factory.mktemp('ca'))


def forms():
    """The password in every form in which a server could give it back."""
    plain = CANARY.encode()
    blob = f'\0{USER}\0{CANARY}'.encode()
    quoted = urllib.parse.quote(CANARY, safe='')
    every = ''.join(f'%{byte:02x}' for byte in plain)
    found = [plain, base64.b64encode(plain), base64.b64encode(blob), base64.urlsafe_b64encode(plain), quoted.encode(),
             urllib.parse.quote_plus(CANARY).encode(), quoted.lower().encode(), every.encode()]
    return found + [b'c4nary', b'bird/of']


def echo(user, password):
    assert (user, password) == (USER, CANARY)
    return b' '.join(forms()[:-2])


def smtp(port, authority, password):
    return {'smtp': {'host': 'localhost', 'port': port, 'security': 'tls', 'from': 'dr@lake.example', 'timeout': '5s',
                     'user': USER, 'password': password, 'ca_file': str(authority.ca_file)},
            'sync_failure_notification': 'ops@lake.example'}


def logging_in(authority):
    """A server that takes mail of whoever has the password. It takes TLS from the first byte for none."""
    return mail_server.mail_server(tls=authority.server_context(), login=LOGIN, require_tls_for_login=False)


def damage(regions, table):
    newest = max(regions.source(table).glob('_delta_log/*.json'))
    newest.write_bytes(newest.read_bytes()[:20])


def files_below(folder):
    return {path: path.read_bytes() for path in Path(folder).rglob('*') if path.is_file()}


def every_command(regions, **options):
    """Runs each command of both roles, for people and for machines; gives what they printed by what was run."""
    printed = {}
    for role in ('sender', 'receiver'):
        for command in (['status'], ['history', regions.group], ['plan'], ['versions'], ['verify', regions.group],
                        ['runs', 'list', 'nightly'], ['sync', regions.group], ['check']):
            for as_json in (False, True):
                done = regions.run(role, command[0], *command[1:], code=None, as_json=as_json, **options)
                printed[role, *command, as_json] = done
        printed[role, '--once'] = regions.pass_once(role, code=None, **options)
    return printed


@pytest.mark.parametrize('refuse_login', [False, True])
def test_a_password_that_the_server_echoes_stands_nowhere(tmp_path, authority, refuse_login):
    secret = tmp_path / 'password'
    secret.write_text(CANARY + '\n')
    context = authority.server_context()
    with mail_server.echoing_server(context, echo, refuse_login=refuse_login) as (port, logins):
        keys = smtp(port, authority, {'file': str(secret)}) | {'log_format': 'json', 'log_level': 'debug'}
        regions = Regions(tmp_path / 'world', ['bronze', 'silver'], top=keys)
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
            write(regions.source('silver'), orders(0, 5))
        damage(regions, 'bronze')
        printed = every_command(regions, env={'LAKEFERRY_NOTHING': '1'})
        with regions.start('sender'), regions.start('receiver'):
            log = regions.folder / 'sender.log'
            wait_until(lambda: 'mail not sent' in log.read_text(), 'a mail that is refused')
            wait_until(lambda: regions.status('sender')['mail_trouble'], 'the refusal in the status')
            trouble = regions.status('sender')
            printed['status while it runs'] = regions.run('sender', 'status', as_json=False)
        assert logins, 'the server was never told the password'
        if not refuse_login:
            assert '[secret]' in trouble['mail_trouble'], 'the server echoed nothing: the test would prove nothing'
            assert '[secret]' in log.read_text()
        assert 'the mail server refused' in trouble['warning']
    texts = {str(path): content for path, content in files_below(regions.folder).items()}
    texts |= {f'{what}': (done.stdout + done.stderr).encode() for what, done in printed.items()}
    hits = [(name, form) for name, content in texts.items() for form in forms() if form in content]
    assert hits == []
    assert any(name.endswith('metadata.db') for name in texts) and any('staging' in name for name in texts)


def test_a_missing_password_stops_no_command_and_no_service(tmp_path, authority):
    with logging_in(authority) as (port, received):
        keys = smtp(port, authority, {'credential': 'smtp_password'})
        regions = Regions(tmp_path / 'world', ['bronze'], top=keys)
        credentials = tmp_path / 'credentials'
        credentials.mkdir()
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        os.environ.pop('CREDENTIALS_DIRECTORY', None)
        for role, command, *words in (('sender', 'plan'), ('sender', 'sync', 'orders'), ('receiver', 'sync', 'orders'),
                                      ('sender', 'status'), ('sender', 'history', 'orders'), ('sender', 'versions'),
                                      ('receiver', 'verify', 'orders'), ('receiver', 'versions'),
                                      ('sender', 'runs', 'list', 'nightly'), ('receiver', 'status', '--check')):
            done = regions.run(role, command, *words, code=DONE)
            assert command == 'sync' or done.stderr == '', done
        report = regions.run('sender', 'check', code=FAILED).document
        (finding,) = [found for found in report['findings'] if found['severity'] == 'error']
        assert 'a secret cannot be read' in finding['what'] and 'smtp_password' in finding['where']['text'], finding
        with CredentialDaemon(regions, 'sender', credentials) as sender, regions.start('receiver') as receiver:
            wait_until(lambda: regions.status('sender')['warning'], 'the status to warn')
            assert 'mail cannot be sent: a secret cannot be read' in regions.status('sender')['warning']
            with Run(regions, 'run-2'):
                write(regions.source('bronze'), orders(5, 5))
            wait_until(lambda: regions.status('receiver')['epoch'] == 2, 'replication without a mail')
            log = (regions.folder / 'sender.log').read_text()
            assert log.count('mail cannot be sent') == 1 and 'smtp_password' in log
            with Run(regions, 'run-3'):
                write(regions.source('bronze'), orders(10, 5))
                damage(regions, 'bronze')
            wait_until(lambda: 'mail not sent' in sender.log.read_text(), 'a mail that cannot be sent')
            assert not received.envelopes
            (credentials / 'smtp_password').write_text(CANARY)
            wait_until(lambda: received.envelopes, 'the mail, once its password is there')
            mail = email.message_from_bytes(received.envelopes[0].content, policy=email.policy.default)
            assert mail['Subject'] == "[lakeferry] sender 'orders' is failing"
            wait_until(lambda: regions.status('sender')['mail_trouble'] is None, 'the status to be content')
            assert sender.stop() == DONE and receiver.stop() == DONE


class CredentialDaemon(Daemon):
    """A service of systemd with a folder of credentials."""

    def __init__(self, regions, role, folder):
        os.environ['CREDENTIALS_DIRECTORY'] = str(folder)
        try:
            super().__init__(regions, role)
        finally:
            del os.environ['CREDENTIALS_DIRECTORY']


@pytest.mark.parametrize('kind', ['fifo', 'device', 'folder'])
def test_what_is_no_file_holds_up_nothing(tmp_path, authority, kind):
    place = tmp_path / 'password'
    if kind == 'fifo':
        os.mkfifo(place)
    elif kind == 'folder':
        place.mkdir()
    else:
        place = Path('/dev/zero')
    regions = Regions(tmp_path / 'world', ['bronze'], top=smtp(1, authority, {'file': str(place)}))
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    began = time.monotonic()
    regions.sync()
    assert regions.status('receiver')['epoch'] == 1
    assert 'is no regular file' in regions.status('sender')['mail_trouble']
    report = regions.run('sender', 'check', code=FAILED).document
    assert any('is no regular file' in found['what'] for found in report['findings'])
    assert time.monotonic() - began < 30


def mappings(pid):
    """(range, name, flags) of each mapping of a process that can be read."""
    found = []
    for line in Path(f'/proc/{pid}/smaps').read_text().splitlines():
        if head := re.match(r'([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)', line):
            place = (int(head[1], 16), int(head[2], 16), head[4])
        elif line.startswith('VmFlags:') and ' rd ' in line + ' ':
            found.append((*place, line.split()[1:]))
    return found


def memory_with(pid, needle):
    """The mappings in which the bytes stand: name and flags."""
    found = []
    with open(f'/proc/{pid}/mem', 'rb', buffering=0) as memory:
        for begin, end, name, flags in mappings(pid):
            if name in ('[vvar]', '[vsyscall]'):
                continue
            try:
                memory.seek(begin)
                content = memory.read(end - begin)
            except (OSError, OverflowError):
                continue
            if content and needle in content:
                found.append((name or 'anonymous', flags))
    return found


@pytest.mark.parametrize('where', ['env', 'file'])
def test_the_password_lies_only_where_no_core_file_reaches(tmp_path, authority, monkeypatch, where):
    secret = tmp_path / 'password'
    secret.write_text(CANARY)
    monkeypatch.setenv('LAKEFERRY_CANARY', CANARY if where == 'env' else 'nothing')
    reference = {'env': 'LAKEFERRY_CANARY'} if where == 'env' else {'file': str(secret)}
    with logging_in(authority) as (port, received):
        regions = Regions(tmp_path / 'world', ['bronze'], top=smtp(port, authority, reference))
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        damage(regions, 'bronze')
        with regions.start('sender') as sender:
            monkeypatch.delenv('LAKEFERRY_CANARY')
            wait_until(lambda: received.envelopes, 'a mail')
            time.sleep(0.5)
            holders = memory_with(sender.process.pid, CANARY.encode())
            assert holders, 'the password is not even where it should be'
            assert [name for name, flags in holders if 'dd' not in flags] == []
            assert CANARY.encode() not in Path(f'/proc/{sender.process.pid}/environ').read_bytes()
            for form in (base64.b64encode(CANARY.encode()), base64.b64encode(f'\0{USER}\0{CANARY}'.encode())):
                assert [name for name, flags in memory_with(sender.process.pid, form) if 'dd' not in flags] == []
