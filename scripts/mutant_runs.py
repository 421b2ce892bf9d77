"""Runs tests against one mutant at a time: first those of its layer, then the simulator. Used by scripts/mutants.

Of a layer only tests that ever ask for the guard are run, where that is known: which do is found once, by a run of
every test with all guards in place. Those that try every call of a pass come after all others, for they take long.
"""
import json
import os
import re
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

AT_ONCE = 2
# Suites of a layer that has another than the one of its name.
SUITES = {'daemon': ('daemon', 'service')}
# Which the simulator holds no part of.
NOT_SIMULATED = {'daemon'}
# What the tests of a layer let pass is tried by the simulator.
SIMULATOR = 'sim'
# Of the engine, the tests that fail every call of a pass, one at a time: for mutants that drop nothing but an error. Of
# the simulator those that try its rules alone.
SWEEPS = '*EveryCall*'
RULES = 'Broken*'
# How much the simulator draws: enough for a third of a minute.
DRAWN = {'LAKEFERRY_SIM_SEEDS': '40'}
SIMULATOR_SECONDS_MAX = 300
LAYER_SECONDS_MAX = 150
# A mutant that takes so much longer than the tests do, each in a process of its own, is caught: it never ends.
SECONDS_MORE = 20


class TestsFail(Exception):
    """A test fails with every guard in place."""


def suites_of(layer):
    return SUITES.get(layer, (layer,))


def program_of(name):
    """Relative to the build folder."""
    return f'tests/{name}/{name}_test'


@dataclass
class Verdict:
    caught: bool
    by: str
    seconds: float


def tests_in(listing):
    """The full names in what --gtest_list_tests prints."""
    suite = ''
    for line in listing.splitlines():
        name = line.split('#')[0].strip()
        if not line.startswith(' '):
            suite = name
        elif name:
            yield suite + name


def first_failure(output):
    found = re.search(r'^\[  FAILED  \] ([^\s,]+)', output, re.MULTILINE)
    return found.group(1) if found else ''


class Runner:
    def __init__(self, folder, memory, simulates=True):
        self.folder, self.memory, self.simulates = Path(folder), Path(memory), simulates
        self.reach = {}  # program: {test: {'seconds': s, 'asked': [number]}}

    def environment(self, **more):
        return {**os.environ, **DRAWN, **more}

    def learn(self, programs):
        """Which tests of the programs ask for which mutants; kept beside the build as long as a program is the same."""
        known = json.loads(self.memory.read_text()) if self.memory.is_file() else {}
        for program in programs:
            path = self.folder / program_of(program)
            stamp = [path.stat().st_mtime_ns, path.stat().st_size]
            if known.get(program, {}).get('stamp') != stamp:
                known[program] = {'stamp': stamp, 'tests': self.ask(path)}
                self.memory.write_text(json.dumps(known))
            self.reach[program] = known[program]['tests']

    def ask(self, path):
        listing = subprocess.run([path, '--gtest_list_tests', f'--gtest_filter=-{SWEEPS}'], capture_output=True,
                                 text=True, check=True).stdout
        tests = list(tests_in(listing))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(tests, pool.map(lambda test: self.ask_one(path, test), tests)))

    def ask_one(self, path, test):
        with tempfile.NamedTemporaryFile('r', dir=self.memory.parent) as asked:
            began = time.monotonic()
            done = subprocess.run([path, f'--gtest_filter={test}', '--gtest_brief=1'], capture_output=True, text=True,
                                  env=self.environment(LAKEFERRY_MUTANTS_ASKED=asked.name))
            if done.returncode != 0:
                raise TestsFail(f'{test} fails with every guard in place:\n{done.stdout[-4000:]}{done.stderr[-4000:]}')
            return {'seconds': round(time.monotonic() - began, 3), 'asked': [int(line) for line in asked]}

    def reaching(self, program, number):
        """(seconds, test) of those that ask for the mutant."""
        return [(entry['seconds'], test) for test, entry in self.reach[program].items() if number in entry['asked']]

    def judge(self, mutant):
        began = time.monotonic()
        for program, limit, tests in self.stages(mutant):
            by = self.caught_by(program, mutant.number, limit, tests)
            if by:
                return Verdict(True, by, time.monotonic() - began)
        return Verdict(False, '', time.monotonic() - began)

    def stages(self, mutant):
        """(program, seconds at most, which tests) in their order."""
        for suite in suites_of(mutant.layer):
            if suite not in self.reach:
                yield suite, LAYER_SECONDS_MAX, f'-{SWEEPS}'
            elif self.reaching(suite, mutant.number):
                tests = self.reaching(suite, mutant.number)
                limit = SECONDS_MORE + sum(seconds for seconds, _ in tests)
                yield suite, limit, ':'.join(test for _, test in tests)
        if mutant.layer == 'engine' and mutant.drops_an_error:
            yield mutant.layer, LAYER_SECONDS_MAX, SWEEPS
        if self.simulates and mutant.layer not in NOT_SIMULATED:
            yield SIMULATOR, SIMULATOR_SECONDS_MAX, f'-{RULES}'

    def caught_by(self, program, number, limit, tests='*'):
        """What of the tests notices; empty for nothing."""
        try:
            done = subprocess.run([self.folder / program_of(program), f'--gtest_filter={tests}', '--gtest_fail_fast',
                                   '--gtest_brief=1'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors='replace', timeout=limit, env=self.environment(LAKEFERRY_MUTANT=str(number)))
        except subprocess.TimeoutExpired:
            return f'{program}_test, which does not end'
        if done.returncode == 0:
            return ''
        return f'{program}_test {first_failure(done.stdout) or f"ends with {done.returncode}"}'

    def judge_all(self, mutants):
        """(mutant, verdict), as they come."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from zip(mutants, pool.map(self.judge, mutants))
