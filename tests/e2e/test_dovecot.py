"""Mail over STARTTLS and with a login, by way of Dovecot's submission server, which hands on what it takes.
(OpenSMTPD, of the other test, fails at every TLS handshake as Debian 12 has it.)

It starts as root alone, and its sockets want a short path.
"""
import contextlib
import os
import pwd
import shutil
import tempfile
from pathlib import Path

import pytest
from lakeferry import DONE, wait_until
from test_http import free_port
from test_incidents import mail_server, messages
from test_opensmtpd import failing, mail_daemon

DOVECOT = '/usr/sbin/dovecot'
USER, PASSWORD = 'dr', 'password-of-the-tests'
# As whom it works on behalf of who has logged in.
WORKER = pwd.getpwnam('mail')
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = submission
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/home/mail
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service submission-login {{
  inet_listener submission {{
    port = {port}
  }}
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {onward}
"""


@pytest.fixture(scope='module')
def authority(tmp_path_factory):
    return mail_server.Authority(tmp_path_factory.mktemp('ca'))


def prepare(folder, port, onward, authority):
    certificate, key = authority.files
    (folder / 'home').mkdir()
    os.chown(folder / 'home', WORKER.pw_uid, WORKER.pw_gid)
    (folder / 'users').write_text(f'{USER}:{{PLAIN}}{PASSWORD}\n')
    (folder / 'dovecot.conf').write_text(CONFIGURATION.format(
        folder=folder, port=port, onward=onward, certificate=certificate, key=key, uid=WORKER.pw_uid,
        gid=WORKER.pw_gid))


@contextlib.contextmanager
def dovecot(onward, authority):
    """Its port; what it takes goes on to the port `onward` of this machine."""
    assert os.geteuid() == 0, 'dovecot starts as root alone'
    folder, port = Path(tempfile.mkdtemp(prefix='lpx-dovecot-')), free_port()
    folder.chmod(0o755)
    prepare(folder, port, onward, authority)
    try:
        with mail_daemon([DOVECOT, '-F', '-c', folder / 'dovecot.conf'], port, folder / 'out'):
            yield port
    finally:
        log = folder / 'log'
        print(log.read_text() if log.exists() else '')
        shutil.rmtree(folder)


def over_tls(port, authority):
    return {'smtp': {'host': 'localhost', 'port': port, 'security': 'starttls', 'from': 'dr@lake.example',
                     'timeout': '5s', 'user': USER, 'password': {'env': 'MAIL_PASSWORD'},
                     'ca_file': str(authority.ca_file)}}


def test_mail_goes_over_starttls_and_with_a_login(tmp_path, authority):
    with mail_server.mail_server() as (onward, received), dovecot(onward, authority) as port:
        regions, _ = failing(tmp_path, port, **over_tls(port, authority))
        with regions.start('sender', env={'MAIL_PASSWORD': PASSWORD}) as sender:
            wait_until(lambda: received.envelopes, 'a mail about the failure')
            assert sender.stop() == DONE
    (failure,) = messages(received)
    assert failure['Subject'] == "[lakeferry] sender 'orders' is failing"
    assert any('ESMTPSA' in hop for hop in failure.get_all('Received')), 'secured, by somebody who has logged in'
    assert PASSWORD not in (regions.folder / 'sender.log').read_text()


@pytest.mark.parametrize(('password', 'trusted', 'words'),
                         [('not-the-password', True, '535'), (PASSWORD, False, 'certificate')])
def test_a_wrong_password_or_a_server_that_is_not_trusted_is_said_and_no_mail_goes(tmp_path, authority, password,
                                                                                   trusted, words):
    other = mail_server.Authority(tmp_path, 'other')
    with mail_server.mail_server() as (onward, received), dovecot(onward, authority) as port:
        regions, _ = failing(tmp_path, port, **over_tls(port, authority if trusted else other))
        with regions.start('sender', env={'MAIL_PASSWORD': password}) as sender:
            log = regions.folder / 'sender.log'
            wait_until(lambda: words in log.read_text(), 'why it was not sent')
            assert sender.stop() == DONE
        assert not received.envelopes
    assert password not in log.read_text()
