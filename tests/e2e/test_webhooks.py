"""Who is told by webhooks when a group fails and works again: the real daemon, a real HTTP server."""
import hashlib
import hmac
import time

from delta_tables import orders, write
from hooks import receiver
from lakeferry import DONE, Regions, Run, wait_until
from test_incidents import damage, failed_passes, mail_server, messages

SECRET = 'whsec-of-this-test'


def settings(folder, hook, **more):
    """A receiver of each kind; whose secrets are files."""
    (folder / 'hook.secret').write_text(SECRET + '\n')
    (folder / 'slack.url').write_text(hook.url('/services/T0/B0/opensesame') + '\n')
    (folder / 'teams.url').write_text(hook.url('/workflows/opensesame?sig=opensesame') + '\n')
    secret = {'file': str(folder / 'hook.secret')}
    return {'notifications': [
        {'name': 'own', 'kind': 'generic', 'url': hook.url('/own'), 'secret': secret},
        {'name': 'chat', 'kind': 'slack', 'url': {'file': str(folder / 'slack.url')}},
        {'name': 'cards', 'kind': 'teams', 'url': {'file': str(folder / 'teams.url')}},
        {'name': 'pager', 'kind': 'pagerduty', 'url': hook.url('/v2/enqueue'), 'secret': secret}]} | more


def of_path(hook, start):
    return [(headers, body) for path, headers, body in hook.posts if path.startswith(start)]


def kinds(hook):
    return [document['kind'] for (path, _, _), document in zip(hook.posts, hook.documents()) if path == '/own']


def test_an_incident_is_told_once_to_each_and_its_end_as_well(tmp_path):
    with receiver() as hook:
        regions = Regions(tmp_path, ['bronze'], top=settings(tmp_path, hook))
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        mend = damage(regions, 'bronze')
        with regions.start('sender') as sender:
            wait_until(lambda: len(hook.posts) == 4, 'each was told')
            seen = failed_passes(regions)
            wait_until(lambda: failed_passes(regions) >= seen + 3, 'three more failed passes')
            assert len(hook.posts) == 4, 'one an incident, not one a retry'
            mend()
            wait_until(lambda: len(hook.posts) == 8, 'each was told of its end')
            assert sender.stop() == DONE
        assert kinds(hook) == ['failure', 'recovery']
        headers, body = of_path(hook, '/own')[0]
        moment, _, digest = headers['X-Lakeferry-Signature'].partition(',v1=')
        signed = moment.removeprefix('t=').encode() + b'.' + body
        assert hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest() == digest
        assert abs(time.time() - int(moment.removeprefix('t='))) < 120
        trigger, resolve = [document for (path, _, _), document in zip(hook.posts, hook.documents())
                            if path == '/v2/enqueue']
        assert (trigger['event_action'], resolve['event_action']) == ('trigger', 'resolve')
        assert trigger['dedup_key'] == resolve['dedup_key'] and trigger['routing_key'] == SECRET
        assert '00000000000000000000.json' in of_path(hook, '/services')[0][1].decode()
        log = (tmp_path / 'sender.log').read_text()
        status = regions.run('sender', 'status', as_json=False).stdout
        stored = (regions.primary / 'metadata.db').read_bytes()
        for secret in ('opensesame', SECRET):
            assert secret not in log and secret not in status and secret.encode() not in stored


def test_a_receiver_that_is_down_is_tried_again_across_a_kill(tmp_path):
    with receiver() as hook:
        hook.statuses = [503]
        regions = Regions(tmp_path, ['bronze'], top=settings(tmp_path, hook))
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        damage(regions, 'bronze')
        with regions.start('sender') as sender:
            wait_until(lambda: hook.attempts >= 4, 'each was tried')
            wait_until(lambda: len(regions.run('sender', 'status').document['notifications']) == 4, 'status has it')
            sender.kill()
        report = regions.run('sender', 'status')
        shown = {of['name']: of for of in report.document['notifications']}
        assert shown['own']['waiting'] == 1 and 'status 503' in shown['own']['last_error']
        assert "notification 'chat'" in regions.run('sender', 'status', as_json=False).text
        hook.statuses = [200]
        with regions.start('sender') as sender:
            wait_until(lambda: len(hook.posts) == 4, 'each was told after all', 120)
            assert sender.stop() == DONE
        assert regions.run('sender', 'status').document['notifications'] == []


def test_a_receiver_that_leads_elsewhere_is_given_up_and_named(tmp_path):
    with receiver() as hook:
        hook.statuses = [307]
        own = {'notifications': [{'name': 'own', 'kind': 'generic', 'url': hook.url('/own')}]}
        regions = Regions(tmp_path, ['bronze'], top=own)
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        damage(regions, 'bronze')
        regions.pass_once('sender', code=1)
        assert hook.attempts == 1
        (shown,) = regions.run('sender', 'status').document['notifications']
        assert shown['given_up'] == 1 and 'leads elsewhere' in shown['last_error']


def test_a_dead_receiver_delays_no_group(tmp_path):
    with mail_server.silent_server() as port:
        dead = {'notifications': [{'name': 'dead', 'kind': 'generic', 'url': f'http://127.0.0.1:{port}/',
                                   'on': ['failure', 'recovery', 'success']}]}
        regions = Regions(tmp_path, ['bronze'], top=dead)
        with regions.start('sender'), regions.start('receiver') as at_work:
            began = time.monotonic()
            for batch in range(3):
                with Run(regions, f'run-{batch}'):
                    write(regions.source('bronze'), orders(10 * batch, 5), mode='append' if batch else 'error')
                wait_until(lambda: regions.status('receiver')['epoch'] >= batch + 1, 'the next epoch')
            assert time.monotonic() - began < 30
            assert at_work.stop() == DONE


def test_check_sends_a_test_to_all_and_says_which_arrived(tmp_path):
    with receiver() as hook, mail_server.mail_server() as (port, received):
        top = settings(tmp_path, hook) | {
            'smtp': {'host': 'localhost', 'port': port, 'security': 'none', 'from': 'dr@lake.example'},
            'sync_failure_notification': 'ops@lake.example'}
        regions = Regions(tmp_path, ['bronze'], top=top)
        write(regions.source('bronze'), orders(0, 5))
        regions.run('sender', 'check', code=None)
        assert not hook.posts and not received.envelopes, 'without being asked for, none'
        findings = regions.run('sender', 'check', '--notify', code=None).document['findings']
        taken = [finding['what'] for finding in findings if 'has taken a test' in finding['what']]
        assert len(taken) == 5, findings
        assert len(hook.posts) == 5, 'PagerDuty hears of the end of the test as well'
        (mail,) = messages(received)
        assert mail['Subject'] == '[lakeferry] test: nothing is wrong'
        assert mail.get_content_type() == 'multipart/alternative'
        hook.statuses = [404]
        findings = regions.run('sender', 'check', '--notify', code=1).document['findings']
        refused = [finding for finding in findings if 'does not get what it is told' in finding['what']]
        assert len(refused) == 4 and all(finding['remedy'] for finding in refused)
        assert 'opensesame' not in str(findings)


def test_a_digest_of_the_day_is_mailed_and_posted_once(tmp_path):
    with receiver() as hook, mail_server.mail_server() as (port, received):
        minute = time.strftime('%H:%M', time.gmtime(time.time() - 60))
        top = {'smtp': {'host': 'localhost', 'port': port, 'security': 'none', 'from': 'dr@lake.example'},
               'sync_success_notification': 'ops@lake.example',
               'notifications': [{'name': 'own', 'kind': 'generic', 'url': hook.url('/own'), 'on': ['digest']}],
               'success_digest': {'at': minute}}
        regions = Regions(tmp_path, ['bronze'], top=top)
        with Run(regions, 'run-1'):
            write(regions.source('bronze'), orders(0, 5))
        regions.sync()
        regions.pass_once('receiver')
        assert [document['kind'] for document in hook.documents()] == ['digest']
        (mail,) = messages(received)
        assert 'epochs of 1 groups were applied' in mail['Subject']
        text, html = [part.get_content() for part in mail.iter_parts()]
        assert 'orders: ' in text and '<p>orders: ' in html
