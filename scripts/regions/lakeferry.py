"""Two regions as two folders, one configuration a role, and the real binary between them.

What the demo, the benchmarks and the end-to-end tests share. The binary is $LAKEFERRY_BUILD/lakeferry (default:
build/release). Nothing here knows what is inside it: only the command line, the JSON documents and the exit codes of
the design.
"""
import contextlib
import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get('LAKEFERRY_BUILD', ROOT / 'build' / 'release')) / 'lakeferry'

DONE, FAILED, USAGE, REFUSED, NOT_IN_SYNC = range(5)
# Far beyond what any takes: a machine may stall.
TIME_LIMIT_S = 300


@dataclass
class Done:
    """A command that ended: its exit code, what it printed, and its words as JSON where there are any."""

    command: list
    code: int
    stdout: str
    stderr: str

    @property
    def document(self):
        return json.loads(self.stdout)

    @property
    def error(self):
        """The one error: the document on standard error, or that of the one group that failed: kind, message, where,
        remedy."""
        errors = [json.loads(line)['error'] for line in self.stderr.splitlines() if line.startswith('{"error"')]
        if not errors and self.stdout.startswith('{'):
            errors = [group['error'] for group in self.document.get('groups', []) if group.get('error')]
        assert len(errors) == 1, f'one error expected:\n{self}'
        return errors[0]

    @property
    def text(self):
        """What it printed for people, without the line ends at which that was wrapped."""
        return re.sub(r'\n {4,}', ' ', self.stdout)

    def __str__(self):
        return f'$ {" ".join(map(str, self.command))}\nexit {self.code}\n{self.stdout}{self.stderr}'


def utc(moment):
    """A time of the command line from seconds since 1970."""
    return datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


class Regions:
    """A primary and a secondary region below one folder, and tables between them: one group of all, or with
    `group=None` a group of its own for each table. `lake` puts the sources elsewhere; `workspace`, `group_keys` and
    `top` add keys to the configuration."""

    def __init__(self, folder, tables=('bronze', 'silver', 'gold'), mode='clone', group='orders', workflow='nightly',
                 lake=None, workspace=None, top=None, group_keys=None):
        self.folder = Path(folder)
        self.primary = self.folder / 'primary'
        self.secondary = self.folder / 'secondary'
        self.staging = self.secondary / 'staging'
        self.lake = Path(lake) if lake else self.primary / 'lake'
        self.tables, self.mode, self.group, self.workflow = list(tables), mode, group, workflow
        self.workspace_keys, self.top_keys, self.group_keys = workspace or {}, top or {}, group_keys or {}
        for region in (self.primary, self.secondary):
            region.mkdir(parents=True)
        self.write_configuration()

    def source(self, table):
        return self.lake / table

    def target(self, table):
        return self.secondary / 'lake' / table

    def group_entry(self, name, tables):
        entry = {'group_name': name, 'mode': self.mode, 'tables': [
            {'name': f'lake.{table}', 'source': self.source(table).as_uri(), 'target': self.target(table).as_uri()}
            for table in tables]}
        return entry | ({'workflow': self.workflow} if self.workflow else {}) | self.group_keys

    def configuration(self, role):
        region = self.primary if role == 'sender' else self.secondary
        groups = [self.group_entry(self.group, self.tables)] if self.group else [
            self.group_entry(table, [table]) for table in self.tables]
        workspace = {'workspace_name': 'demo', 'sync_location_secondary': self.staging.as_uri(), 'sync_interval': '1s',
                     'sync_groups': groups} | self.workspace_keys
        return {'region': region.name, 'metadata_store': str(region / 'metadata.db'), 'role': role,
                'workspaces': [workspace]} | self.top_keys

    def write_configuration(self):
        for role in ('sender', 'receiver'):
            self.config(role).write_text(json.dumps(self.configuration(role), indent=2))

    def config(self, role):
        return self.folder / f'{role}.json'

    def store(self, role):
        return (self.primary if role == 'sender' else self.secondary) / 'metadata.db'

    def run(self, role, command, *arguments, code=DONE, as_json=True, env=None, wrapper=()):
        """Runs a command of `role`'s configuration to its end and insists on its exit code (None: any). `env` is added
        to the environment; `wrapper` is a command that runs it."""
        words = [*wrapper, BINARY, command, '-c', self.config(role), *arguments] + (['--json'] if as_json else [])
        done = call(words, env={**os.environ, **(env or {})})
        assert code is None or done.code == code, f'exit code {code} expected:\n{done}'
        return done

    def runs_add(self, run_id, start, end=None, state='success', workflow=None):
        """Enters a run into the sender's ledger; times in seconds since 1970."""
        words = ['add', workflow or self.workflow, '--run-id', run_id, '--start', utc(start), '--state', state]
        return self.run('sender', 'runs', *words, *(['--end', utc(end)] if end is not None else []), as_json=False)

    def pass_once(self, role, code=DONE, **options):
        return self.run(role, role, '--once', code=code, as_json=False, **options)

    def failing_sync(self, role, code=FAILED, **options):
        """`sync` of the group, which must fail with `code`: its error document."""
        return self.run(role, 'sync', self.group, code=code, **options).error

    def sync(self):
        """One pass of each role."""
        self.pass_once('sender')
        self.pass_once('receiver')

    def versions(self, role='receiver'):
        """Table name (without its schema) to its row of `versions`."""
        rows = [row for group in self.run(role, 'versions').document['groups'] for row in group['tables']]
        return {row['table'].removeprefix('lake.'): row for row in rows}

    def status(self, role, group=None):
        (found,) = self.run(role, 'status', group or self.group).document['groups']
        return found

    def history(self, role):
        return self.run(role, 'history', self.group).document['epochs']

    def start(self, role, env=None):
        return Daemon(self, role, env)


class Run:
    """A run of the workflow: `with Run(regions, 'run-1'):` enters its start, and at its end how it ended."""

    def __init__(self, regions, run_id, workflow=None):
        self.regions, self.run_id, self.workflow = regions, run_id, workflow

    def begin(self):
        # Commit times and run times are compared in milliseconds: let one pass between a run and what was before it.
        time.sleep(0.002)
        self.started = time.time()
        self.regions.runs_add(self.run_id, self.started, state='running', workflow=self.workflow)
        return self

    def finish(self, state='success'):
        time.sleep(0.002)
        self.regions.runs_add(self.run_id, self.started, time.time(), state, self.workflow)

    def __enter__(self):
        return self.begin()

    def __exit__(self, kind, *_):
        self.finish('failed' if kind else 'success')


class Daemon:
    """A long-running process of one role; killed at the end of a `with` if it still runs."""

    def __init__(self, regions, role, env=None):
        self.log = regions.folder / f'{role}.log'
        with self.log.open('ab') as log:
            self.process = subprocess.Popen([BINARY, role, '-c', regions.config(role)], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:
            self.tell()
        self.kill()

    def tell(self):
        """What it last said, and what each of its threads waits for: a test that waited for it in vain shows both."""
        code = self.process.poll()
        print(f'{self.log.name} exit code {code}', *self.log.read_text().splitlines()[-20:], sep='\n')
        print(*threads_of(self.process.pid) if code is None else (), sep='\n')

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, limit_s=30):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(limit_s)


def call(words, **options):
    """Runs a command to its end. One that hangs fails with what each of its threads waits for."""
    pipe = subprocess.PIPE
    with subprocess.Popen(list(map(str, words)), stdout=pipe, stderr=pipe, text=True, stdin=subprocess.DEVNULL,
                          **options) as process:
        try:
            stdout, stderr = process.communicate(timeout=TIME_LIMIT_S)
        except subprocess.TimeoutExpired:
            waits = '\n'.join(threads_of(process.pid))
            process.kill()
            stdout, stderr = process.communicate()
            raise AssertionError(f'not done within {TIME_LIMIT_S} s: {words}\n{waits}\n{stdout}{stderr}') from None
        except BaseException:
            process.kill()
            raise
    return Done(list(words), process.returncode, stdout, stderr)


def threads_of(pid):
    """A line a thread of a process: state, where it waits in the kernel, its system call, its CPU time."""
    for thread in sorted(Path(f'/proc/{pid}/task').iterdir()):
        with contextlib.suppress(OSError):
            fields = (thread / 'stat').read_text().rpartition(')')[2].split()
            where = [(thread / name).read_text().strip() for name in ('comm', 'wchan', 'syscall')]
            yield f'{thread.name} {fields[0]} {" ".join(where)} user {fields[11]} system {fields[12]}'


def wait_until(condition, what, limit_s=60):
    """Polls until `condition()` is true; fails naming `what` after the limit."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f'not within {limit_s} s: {what}'
        time.sleep(0.05)
