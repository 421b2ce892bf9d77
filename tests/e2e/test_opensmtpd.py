"""Mail by way of OpenSMTPD, which takes it, queues it and hands it on: what people get in the end, and what it refuses.

smtpd starts as root alone. Its spool and its socket are its own: it sees folders in memory in their place.
"""
import contextlib
import os
import signal
import socket
import subprocess
import time

from delta_tables import orders, write
from lakeferry import DONE, Regions, Run, wait_until
from test_http import free_port
from test_incidents import OPS, OWNER, damage, mail_keys, mail_server, messages, text_of

CONFIGURATION = """
listen on 127.0.0.1 port {port}
action "on" relay host smtp://127.0.0.1:{onward}
match from any for domain "lake.example" action "on"
"""
OWN_FOLDERS = 'mount -t tmpfs none /var/spool && mount -t tmpfs none /run && exec smtpd -d -f "$0"'


def takes(port):
    with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=5) as connection:
        return connection.recv(100).startswith(b'220')
    return False


@contextlib.contextmanager
def mail_daemon(arguments, port, output):
    """Runs once it takes connections; ended with all that it started. What it said, into `output`, is printed."""
    with output.open('wb') as out:
        server = subprocess.Popen(arguments, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until(lambda: takes(port), 'it takes connections')
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        print(output.read_text())


@contextlib.contextmanager
def opensmtpd(folder, onward):
    """Its port; what it takes goes on to the port `onward` of this machine."""
    assert os.geteuid() == 0, 'smtpd starts as root alone'
    port = free_port()
    folder.mkdir()
    (folder / 'smtpd.conf').write_text(CONFIGURATION.format(port=port, onward=onward))
    command = ['unshare', '--mount', 'sh', '-c', OWN_FOLDERS, folder / 'smtpd.conf']
    with mail_daemon(command, port, folder / 'log'):
        yield port


def failing(tmp_path, port, **more):
    regions = Regions(tmp_path / 'regions', ['bronze'], top=mail_keys(port) | more)
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    return regions, damage(regions, 'bronze')


def test_mails_of_an_incident_go_through_a_real_server_whole(tmp_path):
    with mail_server.mail_server() as (onward, received), opensmtpd(tmp_path / 'mail', onward) as port:
        regions, mend = failing(tmp_path, port)
        with regions.start('sender') as sender:
            wait_until(lambda: received.envelopes, 'a mail about the failure')
            mend()
            wait_until(lambda: len(received.envelopes) == 2, 'a mail about the recovery')
            assert sender.stop() == DONE
    failure, recovery = messages(received)
    assert failure['Subject'] == "[lakeferry] sender 'orders' is failing" and 'OpenSMTPD' in str(failure['Received'])
    assert failure['From'] == 'lakeferry <dr@lake.example>' and failure['To'] == OPS
    assert '00000000000000000000.json' in text_of(failure) and recovery['Subject'] != failure['Subject']
    assert received.envelopes[0].rcpt_tos == [OPS]


def test_whom_the_server_refuses_is_named_and_the_others_have_their_mail(tmp_path):
    elsewhere = 'ops@elsewhere.example'
    with mail_server.mail_server() as (onward, received), opensmtpd(tmp_path / 'mail', onward) as port:
        regions, _ = failing(tmp_path, port, sync_failure_notification=[elsewhere, OWNER])
        with regions.start('sender') as sender:
            wait_until(lambda: received.envelopes, 'one of them has it')
            log = regions.folder / 'sender.log'
            wait_until(lambda: elsewhere in log.read_text(), 'the other is named')
            time.sleep(2)
            assert sender.stop() == DONE
    assert [envelope.rcpt_tos for envelope in received.envelopes] == [[OWNER]], 'once'
    assert '550' in log.read_text()
