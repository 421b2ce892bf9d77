"""`lakeferry init` finds tables by itself, and what it writes passes `check` and replicates: from flags, from answers
on a terminal, of folders and of a bucket."""
import json
import os
import pty
import secrets
import subprocess
import time

import pytest
from delta_tables import multiset, orders
from deltalake import DeltaTable, write_deltalake
from far_regions import reach_of
from lakeferry import BINARY, REFUSED, USAGE, call

TABLES = ['raw/orders', 'raw/prices', 'gold/daily/totals']


def lakeferry(config, *words, code=0, env=None):
    done = call([BINARY, *words, '-c', config], env={**os.environ, **(env or {})})
    assert done.code == code, f'exit code {code} expected:\n{done}'
    return done


def fill(place, storage=None):
    for number, table in enumerate(TABLES):
        write_deltalake(f'{place}/{table}', orders(number * 100, 10), storage_options=storage)


def rows(place, storage=None):
    return multiset(DeltaTable(str(place), storage_options=storage).to_pyarrow_table().to_pylist())


def findings(done, severity):
    return [finding for finding in done.document['findings'] if finding['severity'] == severity]


def replicates(config, lake, replicas, storage=None, env=None):
    """The configuration is well, and brings every table over."""
    done = lakeferry(config, 'check', '--json', env=env)
    assert done.document['ok'] and findings(done, 'error') == [], done
    for role in ('sender', 'receiver'):
        lakeferry(config, role, '--once', env=env)
    for table in TABLES:
        assert rows(f'{lake}/{table}', storage) == rows(f'{replicas}/{table}', storage), table
    after = lakeferry(config, 'check', '--json', env=env)
    assert after.document['ok'], after


@pytest.fixture(name='lake')
def lake_of_folders(tmp_path):
    lake = tmp_path / 'my lake'
    fill(lake)
    (lake / 'raw' / 'landing').mkdir()
    (lake / 'raw' / 'landing' / 'a.csv').write_text('a\n')
    return lake


def test_tables_below_a_folder_are_found_and_replicated(tmp_path, lake):
    config = tmp_path / 'etc' / 'lakeferry.yaml'
    done = lakeferry(config, 'init', '--source', lake, '--target', tmp_path / 'dr', '--metadata-store',
                     tmp_path / 'metadata.db', '--json')
    assert [note['what'] for note in done.document['notes']] == ['3 tables found']
    (file,) = done.document['files']
    for name in ('raw.orders', 'raw.prices', 'gold.daily.totals'):
        assert f'name: {name},' in file['text']
    assert 'CHANGE' not in file['text'] and 'landing' not in file['text']
    replicates(config, lake, tmp_path / 'dr')


def test_what_flags_say_is_written(tmp_path, lake):
    config = tmp_path / 'c.yaml'
    lakeferry(config, 'init', '--source', lake / 'raw', '--target', tmp_path / 'dr', '--staging', tmp_path / 'st',
              '--group', 'raw data', '--workflow', 'nightly', '--mode', 'mirror', '--region', 'west-1', '--role',
              'sender', '--metadata-store', tmp_path / 'metadata.db')
    text = config.read_text()
    for said in ('group_name: "raw data"', 'workflow: nightly', 'mode: mirror', 'region: west-1', 'role: sender',
                 f'sync_location_secondary: file://{tmp_path}/st', 'name: orders,'):
        assert said in text, said
    # A workflow that nobody has told of a run yet is no error.
    assert lakeferry(config, 'check', '--json').document['ok']


def test_what_cannot_be_is_said_and_nothing_written(tmp_path, lake):
    config = tmp_path / 'c.yaml'
    for words, code, said in [
            (['--source', lake], USAGE, 'give --source PLACE and --target PLACE'),
            (['--source', tmp_path / 'none', '--target', tmp_path / 'dr'], 1, 'nothing is there'),
            (['--source', lake / 'raw' / 'landing', '--target', tmp_path / 'dr'], 1, 'no Delta table'),
            (['--source', lake, '--target', lake], USAGE, 'what was said makes no configuration'),
            (['--source', 'ftp://x/y', '--target', tmp_path / 'dr'], USAGE, 'ftp')]:
        done = lakeferry(config, 'init', *words, code=code)
        assert said in done.stderr.replace('\n    ', ' '), done
        assert not config.exists()
    lakeferry(config, 'init')
    before = config.read_text()
    done = lakeferry(config, 'init', '--source', lake, '--target', tmp_path / 'dr', code=REFUSED)
    assert 'there is a configuration already' in done.stderr
    assert config.read_text() == before


def test_dry_run_shows_it_alone(tmp_path, lake):
    config = tmp_path / 'c.yaml'
    done = lakeferry(config, 'init', '--source', lake, '--target', tmp_path / 'dr', '--dry-run')
    assert 'gold.daily.totals' in done.stdout and not config.exists()


def on_a_terminal(command, answers, env):
    """What a command printed on a terminal on which these lines were typed, each once it asks."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=env, close_fds=True)
    os.close(follower)
    text, answers, deadline = b'', list(answers), time.monotonic() + 60
    os.set_blocking(leader, False)
    while time.monotonic() < deadline:
        try:
            text += os.read(leader, 65536)
        except BlockingIOError:
            if answers and text.endswith((b'? ', b'] ')):
                text += b'\n'
                os.write(leader, answers.pop(0).encode() + b'\n')
            time.sleep(0.02)
        except OSError:  # the other end is closed
            break
    process.wait(60)
    os.close(leader)
    return process.returncode, text.decode()


def test_questions_are_asked_on_a_terminal(tmp_path, lake):
    config = tmp_path / 'c.yaml'
    answers = [str(tmp_path / 'nowhere'), str(lake), str(tmp_path / 'dr'), '', 'lake', '', '', 'west']
    code, text = on_a_terminal([BINARY, 'init', '-c', config], answers, dict(os.environ))
    assert code == 0, text
    assert 'nothing is there' in text and '3 tables there: gold/daily/totals, raw/orders, raw/prices' in text, text
    said = config.read_text().replace('/var/lib/lakeferry/metadata.db', str(tmp_path / 'metadata.db'))
    config.write_text(said)
    assert f'sync_location_secondary: file://{tmp_path}/dr/lakeferry-staging' in said
    replicates(config, lake, tmp_path / 'dr')


def test_an_empty_answer_writes_the_example(tmp_path):
    config = tmp_path / 'c.yaml'
    code, text = on_a_terminal([BINARY, 'init', '-c', config], [''], dict(os.environ))
    assert code == 0 and 'the places marked CHANGE' in text.replace('\r\n', ' '), text
    assert 'CHANGE' in config.read_text()


def test_tables_of_a_bucket_are_found(tmp_path, seaweedfs):
    scheme, storage = reach_of(seaweedfs)
    place = f'{scheme}://{seaweedfs.new_bucket()}/{secrets.token_hex(4)}'
    fill(f'{place}/lake', storage)
    config = tmp_path / 'c.yaml'
    env = seaweedfs.variables(None)
    done = lakeferry(config, 'init', '--source', f'{place}/lake', '--target', f'{place}/dr', '--metadata-store',
                     tmp_path / 'metadata.db', '--json', env=env)
    assert json.loads(done.stdout)['notes'][0]['what'] == '3 tables found'
    replicates(config, f'{place}/lake', f'{place}/dr', storage, env)
