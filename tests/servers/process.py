"""A program of others as a test needs it: on loopback, in a folder of its own, answering when it is handed out, and
gone with all its children at the end, or when the test run dies."""
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / 'build' / 'tools'
LOOPBACK = '127.0.0.1'
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 5
# Somebody else may take a port between the look for it and the start.
STARTS_MAX = 3
PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    pass


def free_ports(count):
    """Ports of loopback that nobody holds, all of them different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind((LOOPBACK, 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def free_port():
    return free_ports(1)[0]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def status_of(port, path='/', host=None):
    """What an HTTP server answers to a GET; None while there is none."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request('GET', path, headers={'Host': host} if host else {})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Server:
    """One process. A kind of server says how many ports it takes, its command, and when it is ready.

    `folder` has to exist; the log is `log` in it. Use as a context, or start() and stop().
    """

    ports_wanted = 1
    installed_by = 'scripts/install test'

    def __init__(self, folder):
        self.folder = Path(folder)
        self.log = self.folder / f'{type(self).__name__.lower()}.log'
        self.ports, self.process = [], None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def is_ready(self):
        return status_of(self.port) is not None

    def prepare(self):
        """What has to be there before the start; again before each try."""

    @property
    def port(self):
        return self.ports[0]

    @property
    def endpoint(self):
        return f'http://{LOOPBACK}:{self.port}'

    def start(self):
        for _ in range(STARTS_MAX):
            self.ports = free_ports(self.ports_wanted)
            self.prepare()
            self.launch()
            if self.becomes_ready():
                return self
            self.stop()
        raise CannotStart(f'{type(self).__name__} does not answer; the end of {self.log}:\n{self.end_of_log()}')

    def launch(self):
        command = [str(word) for word in self.command()]
        if not Path(command[0]).exists():
            raise CannotStart(f'{command[0]} is not there: {self.installed_by}')
        with self.log.open('ab') as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env={**os.environ, **self.environment()},
                                            start_new_session=True, preexec_fn=die_with_parent)

    def becomes_ready(self):
        until = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until and self.process.poll() is None:
            if self.is_ready():
                return True
            time.sleep(0.05)
        return False

    def stop(self):
        """Ends the whole process group; a second time does nothing."""
        if self.process is None:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                break
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()
        self.process = None

    def end_of_log(self, lines=40):
        text = self.log.read_text(errors='replace') if self.log.exists() else ''
        return '\n'.join(text.splitlines()[-lines:])

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
