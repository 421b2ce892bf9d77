"""A pass of the real binary, with the resident memory that its process had at its highest."""
import json
import os
import subprocess
import sys
from dataclasses import dataclass

from lakeferry import BINARY, TIME_LIMIT_S

# A process of its own, and a small one: Linux counts the memory of a process from before its program begins.
LAUNCHER = '''
import json, os, sys
child = os.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(json.dumps({'code': os.waitstatus_to_exitcode(status), 'peak_mib': usage.ru_maxrss / 1024,
                  'cpu_s': usage.ru_utime + usage.ru_stime}))
'''


@dataclass
class Measured:
    """How a pass ended (below 0: by a signal), and what it took."""

    code: int
    peak_mib: float
    cpu_s: float
    log: str


def pass_measured(regions, role, limit_s=TIME_LIMIT_S):
    """One pass of every group of `role`."""
    words = [sys.executable, '-S', '-E', '-c', LAUNCHER, str(BINARY), role, '-c', str(regions.config(role)), '--once']
    done = subprocess.run(words, capture_output=True, text=True, timeout=limit_s, stdin=subprocess.DEVNULL,
                          env=dict(os.environ), check=False)
    lines = done.stdout.splitlines()
    assert lines and lines[-1].startswith('{"code"'), done
    return Measured(**json.loads(lines[-1]), log=done.stdout + done.stderr)
