"""What bench/run measures with, and the figures it gathers."""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get('LAKEFERRY_BUILD', ROOT / 'build' / 'release'))
# An older build that logs are read with as well, so that a change is measured in one run; none: not.
BEFORE = os.environ.get('LAKEFERRY_BEFORE')
PYTHON = ROOT / 'build' / 'tools' / 'python' / 'bin' / 'python'


class Figures:
    """What was measured: name, unit, one number a round."""

    def __init__(self):
        self.rows = []

    def add(self, name, unit, values, note='', ratios=None, point=None):
        """`ratios`: how many times the median of each peer this median is; `point`: where it stands in a picture."""
        self.rows.append({'name': name, 'unit': unit, 'median': statistics.median(values), 'min': min(values),
                          'max': max(values), 'rounds': len(values), 'note': note, 'ratios': ratios or {},
                          **({'point': point} if point else {})})

    def show(self):
        width = max(len(row['name']) for row in self.rows)
        for row in self.rows:
            spread = f'[{row["min"]:,.3f} … {row["max"]:,.3f}]' if row['rounds'] > 1 else ''
            notes = [row['note']] * bool(row['note'])
            notes += [f'{ratio:.2f} × {peer}' for peer, ratio in row['ratios'].items()]
            figure = f'{row["median"]:>12,.3f} {row["unit"]:<9} {spread:<24}'
            print(f'{row["name"]:<{width}} {figure} {"; ".join(notes)}'.rstrip())


@dataclass
class Cost:
    """What one process took, from its start to its end."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    stdout: str = ''


def measure(command, keep_output=False, environment=None):
    """Runs a command to its end, which must be a success. Output that is not kept goes nowhere. A peak counts from this
    process's own size, so nothing large may be imported or made here."""
    command = list(map(str, command))
    with tempfile.TemporaryFile('w+') as errors:
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, stderr=errors, env=environment,
                                   stdout=subprocess.PIPE if keep_output else subprocess.DEVNULL)
        text = process.stdout.read() if keep_output else ''
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f'bench: exit {process.returncode} of {" ".join(command)}\n{errors.read()}')
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, text)


def make(*words):
    """Has bench/tables.py make a table, in a process of its own."""
    subprocess.run([PYTHON, ROOT / 'bench' / 'tables.py', *map(str, words)], check=True)


def say(text):
    """Progress, for a run of an hour."""
    print(f'bench: {text}', file=sys.stderr, flush=True)


def write_json(figures, path):
    path.write_text(json.dumps({'when': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()), 'cores': os.cpu_count(),
                                'load': os.getloadavg()[0], 'figures': figures.rows}, indent=2) + '\n')
