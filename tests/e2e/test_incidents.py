"""What people hear when a group fails, and what happens when a workflow never ends: the real daemon, a real mail
server."""
import email
import email.policy
import importlib.util
import json
import os
import time
from pathlib import Path

import pytest
from delta_tables import assert_tables_equal, orders, write
from lakeferry import DONE, NOT_IN_SYNC, Regions, Run, wait_until

_SPEC = importlib.util.spec_from_file_location(
    'mail_server', Path(__file__).parents[1] / 'notify' / 'mail_server.py')
mail_server = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(mail_server)

OPS, OWNER = 'ops@lake.example', 'owner@lake.example'


def mail_keys(port):
    return {'smtp': {'host': 'localhost', 'port': port, 'security': 'none', 'from': 'dr@lake.example', 'timeout': '5s'},
            'sync_failure_notification': OPS}


def messages(received):
    return [email.message_from_bytes(envelope.content, policy=email.policy.default) for envelope in received.envelopes]


def text_of(message):
    """As plain text; the HTML beside it says the same."""
    html = message.get_body(('html',)).get_content()
    text = message.get_body(('plain',)).get_content()
    assert '<html' in html and html.count('<blockquote') == text.count('\n  > ')
    return text


def subjects(received):
    return [message['Subject'] for message in messages(received)]


def failed_passes(regions):
    return max(group['attempts'] for group in regions.run('sender', 'status').document['groups'])


def damage(regions, table):
    """Cuts the newest commit of a source short; returns what mends it, its time included: a commit is as old as its
    file, and one that is younger than the run's end is held."""
    newest = max(regions.source(table).glob('_delta_log/*.json'))
    whole, stat = newest.read_bytes(), newest.stat()

    def mend():
        newest.with_suffix('.tmp').write_bytes(whole)
        os.utime(newest.with_suffix('.tmp'), ns=(stat.st_atime_ns, stat.st_mtime_ns))
        newest.with_suffix('.tmp').rename(newest)

    newest.write_bytes(whole[:len(whole) // 2])
    return mend


def test_an_incident_has_one_mail_and_its_end_another(tmp_path):
    with mail_server.mail_server() as (port, received):
        regions = Regions(tmp_path, ['bronze'], top=mail_keys(port))
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        mend = damage(regions, 'bronze')
        with regions.start('sender') as sender:
            wait_until(lambda: received.envelopes, 'a mail about the failure')
            seen = failed_passes(regions)
            wait_until(lambda: failed_passes(regions) >= seen + 3, 'three more failed passes')
            assert subjects(received) == ["[lakeferry] sender 'orders' is failing"]
            assert received.envelopes[0].rcpt_tos == [OPS]
            (mail,) = messages(received)
            text = text_of(mail)
            assert '00000000000000000000.json' in text, 'it names the place'
            assert 'What to do:' in text and 'Since:' in text and 'lakeferry status orders' in text
            mend()
            wait_until(lambda: len(received.envelopes) == 2, 'a mail about the recovery')
            assert subjects(received)[1] == "[lakeferry] sender 'orders' works again"
            assert sender.stop() == DONE


def test_a_restart_in_the_middle_of_an_incident_mails_nothing_again(tmp_path):
    with mail_server.mail_server() as (port, received):
        regions = Regions(tmp_path, ['bronze'], top=mail_keys(port))
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        mend = damage(regions, 'bronze')
        regions.pass_once('sender', code=1)
        assert len(received.envelopes) == 1
        regions.pass_once('sender', code=1)
        assert len(received.envelopes) == 1
        mend()
        regions.pass_once('sender')
        assert [subject.split("' ")[1] for subject in subjects(received)] == ['is failing', 'works again']


def test_a_group_that_is_held_is_mailed_until_it_is_cut(tmp_path):
    with mail_server.mail_server() as (port, received):
        regions = Regions(tmp_path, ['bronze'], top=mail_keys(port))
        with Run(regions, 'run-1'):
            pass
        time.sleep(0.5)  # beyond what the clocks leave open: a commit within that may be the run's
        write(regions.source('bronze'), orders(0, 5))
        regions.pass_once('sender')
        regions.pass_once('sender')
        assert regions.status('sender')['state'] == 'held'
        assert subjects(received) == ["[lakeferry] sender 'orders' is held"]
        assert 'has no version at the cut' in text_of(messages(received)[0])
        with Run(regions, 'run-2'):
            write(regions.source('bronze'), orders(5, 5))
        regions.pass_once('sender')
        assert subjects(received)[1:] == ["[lakeferry] sender 'orders' works again"]


def test_a_receiver_that_does_not_answer_is_mailed_once_by_the_sender(tmp_path):
    with mail_server.mail_server() as (port, received):
        regions = Regions(tmp_path, ['bronze'], top=mail_keys(port), group_keys={'rpo': '1s'})
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        regions.pass_once('sender')
        time.sleep(1.1)
        regions.pass_once('sender')
        regions.pass_once('sender')
        assert subjects(received) == ["[lakeferry] sender 'orders' is late"]
        assert 'epoch 1 is staged and not answered' in text_of(messages(received)[0])
        regions.sync()
        regions.pass_once('sender')
        assert subjects(received)[1:] == ["[lakeferry] sender 'orders' works again"]


def test_a_dead_mail_server_delays_no_group(tmp_path):
    # A port that takes connections and never answers: the worst server there is.
    with mail_server.silent_server() as port:
        regions = Regions(tmp_path, ['bronze', 'silver'], group=None, top=mail_keys(port))
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
            write(regions.source('silver'), orders(0, 5))
        damage(regions, 'bronze')
        with regions.start('sender'), regions.start('receiver'):
            wait_until(lambda: failed_passes(regions) >= 1, 'the failure')
            began = time.monotonic()
            for batch in range(1, 4):
                with Run(regions, f'run-{batch + 1}'):
                    write(regions.source('silver'), orders(10 * batch, 5))
                wait_until(lambda: regions.status('receiver', 'silver')['epoch'] >= batch + 1, 'the next epoch')
            log = (regions.folder / 'sender.log').read_text()
            took = time.monotonic() - began
        # Three epochs went over; at least one mail was stuck meanwhile and gave up by its own limit, or still waits.
        assert took < 45 and regions.status('receiver', 'silver')['epoch'] >= 4
        assert 'mail not sent' in log or took < 5


def test_check_logs_in_to_the_mail_server(tmp_path):
    with mail_server.mail_server() as (port, received):
        regions = Regions(tmp_path, ['bronze'], top=mail_keys(port))
        write(regions.source('bronze'), orders(0, 5))
        report = regions.run('sender', 'check', code=None).document
        assert any('mail server takes mail' in finding['what'] for finding in report['findings']), report
        assert not received.envelopes
    report = regions.run('sender', 'check', code=1).document
    (finding,) = [finding for finding in report['findings'] if finding['what'].startswith('mail server')]
    assert finding['severity'] == 'error' and finding['remedy']


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_a_run_that_never_ends_is_cut_by_force_and_said_so(tmp_path, mode):
    regions = Regions(tmp_path, ['bronze', 'silver'], mode=mode, workspace={'force_sync_after': '6s'})
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
        write(regions.source('silver'), orders(0, 5))
    regions.sync()
    assert regions.history('receiver')[0]['atomic'] is True
    Run(regions, 'run-2').begin()
    write(regions.source('bronze'), orders(5, 5))
    regions.pass_once('sender')
    waiting = regions.status('sender')
    assert waiting['state'] == 'waiting' and 'run-2' in waiting['reason'], json.dumps(waiting)
    time.sleep(6.1)
    regions.sync()
    newest = regions.history('receiver')[0]
    assert newest['epoch'] == 2 and newest['atomic'] is False
    assert_tables_equal(regions.source('bronze'), 1, regions.target('bronze'))
    assert_tables_equal(regions.source('silver'), 0, regions.target('silver'))
    assert regions.run('receiver', 'verify', regions.group, code=DONE)
