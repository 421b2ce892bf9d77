#!/usr/bin/env python3
"""Runs the test suites, two lanes side by side, and adds up what they counted. Called by scripts/test.

Logs stand in build/logs, one a suite. A suite that could not run counts as failed. The last line is the sum.
"""
import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import suite_results
from suite_results import Result

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / 'build'
LOGS = BUILD / 'logs'
PYTHON = BUILD / 'tools' / 'python' / 'bin' / 'python'
# Code with threads of its own; the rest runs on one thread and gains nothing from TSan.
TSAN_SUITES = ['storage', 'state', 'workflow']
# All but those that measure memory, and the command line, which takes longer to compile than all of these.
ASAN_SUITES = ['base', 'plan', 'delta', 'parquet', 'replay', 'engine', 'sim', 'notify', 'storage', 'state', 'workflow']
# The simulator's seeds in a build that is many times slower.
SLOW_SEEDS = '10'
# Tests that kill a child fork beside a running pool; suppressions work on names, which the symbolizer finds.
TSAN_OPTIONS = ':'.join(['die_after_fork=0', f'suppressions={ROOT / "tests" / "tsan_suppressions.txt"}',
                         f'external_symbolizer_path={shutil.which("llvm-symbolizer-19") or ""}'])
JOBS = str(os.cpu_count())
TAIL_LINES = 60
# A target beside its kept corpus, in every run of the suites.
FUZZ_SECONDS = '5'


class Suite:
    """A name, what it does, the suites that must have succeeded before, and its result once it ran."""

    def __init__(self, name, title, run, after=()):
        self.name, self.title, self.run, self.after = name, title, run, after
        self.log = LOGS / f'{name}.log'
        self.done = threading.Event()
        self.result = None

    def call(self, command, **env):
        """Runs a command with its output in the log; true if it succeeded."""
        with self.log.open('a') as log:
            print('$', ' '.join(map(str, command)), file=log, flush=True)
            done = subprocess.run(list(map(str, command)), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, env={**os.environ, **env})
        return done.returncode == 0


def build(preset, *targets):
    def run(suite):
        return suite_results.of_check(f'build {preset}', suite.call(['scripts/build', preset, '--', *targets]))
    return run


def existing(folders):
    return [folder for folder in folders if (ROOT / 'tests' / folder / 'CMakeLists.txt').is_file()]


def ctest(preset, folders=('',)):
    """The C++ tests of a build, or those of some of the folders of tests/."""
    def run(suite):
        total = Result()
        seeds = {} if preset == 'release' else {'LAKEFERRY_SIM_SEEDS': SLOW_SEEDS}
        for folder in folders:
            gtest = LOGS / 'gtest' / preset / (folder or 'all')
            shutil.rmtree(gtest, ignore_errors=True)
            gtest.mkdir(parents=True)
            junit = gtest / 'ctest.xml'
            # A sanitizer's first report ends the process, so that the test fails.
            suite.call(['ctest', '--test-dir', BUILD / preset / 'tests' / folder, '--output-on-failure', '-j', JOBS,
                        '--no-tests=error', '--output-junit', junit],
                       GTEST_OUTPUT=f'json:{gtest}/', LAKEFERRY_BUILD=str(BUILD / preset),
                       ASAN_OPTIONS='detect_stack_use_after_return=1', UBSAN_OPTIONS='print_stacktrace=1',
                       TSAN_OPTIONS=TSAN_OPTIONS, **seeds)
            total.add(suite_results.of_ctest(junit, gtest))
        return total
    return run


def pytest(suite):
    junit = LOGS / 'pytest.xml'
    junit.unlink(missing_ok=True)
    # Tests that share the one Spark session are a group and stay on one worker.
    suite.call([PYTHON, '-m', 'pytest', 'tests', '-n', JOBS, '--dist', 'loadgroup', f'--junitxml={junit}'],
               LAKEFERRY_BUILD=str(BUILD / 'release'))
    return suite_results.of_pytest(junit)


def check(name, *command):
    """A script that is one named check, or ends with a closing line of its own."""
    def run(suite):
        ok = suite.call(command)
        return suite_results.of_closing_line(name, suite.log.read_text(), ok)
    return run


def lanes():
    """Two lanes of suites: compiling and C++ tests in one, everything that uses the release binary in the other."""
    asan = existing(ASAN_SUITES)
    tsan = existing(TSAN_SUITES)
    compiling = [
        Suite('build_release', 'build (release)', build('release')),
        Suite('unit', 'C++ tests (release)', ctest('release'), ['build_release']),
        Suite('build_asan', 'build (ASan, UBSan)', build('asan', *(f'tests/{folder}/all' for folder in asan))),
        Suite('asan', 'C++ tests (ASan, UBSan)', ctest('asan', asan), ['build_asan']),
        Suite('fuzz', 'fuzz targets (smoke)', check('fuzz', 'scripts/fuzz', FUZZ_SECONDS), ['build_asan']),
        Suite('build_tsan', 'build (TSan)', build('tsan', *(f'tests/{folder}/all' for folder in tsan))),
        Suite('tsan', 'C++ tests (TSan)', ctest('tsan', tsan), ['build_tsan']),
    ]
    using = [
        Suite('format', 'clang-format', check('format', 'scripts/format', '--check')),
        Suite('pytest', 'end to end, tools', pytest, ['build_release']),
        Suite('package', 'install, units, .deb', check('package_test', 'scripts/package_test'), ['build_release']),
        Suite('bench', 'bench (smoke)', check('bench', 'bench/run', '--smoke'), ['build_release']),
        Suite('lint', 'clang-tidy', check('lint', 'scripts/lint'), ['build_release']),
    ]
    return [compiling, using]


class Report:
    """Prints one line a suite, and where one failed what failed and the end of its log."""

    def __init__(self):
        self.lock = threading.Lock()
        self.colour = sys.stdout.isatty()

    def paint(self, code, text):
        return f'\033[{code}m{text}\033[0m' if self.colour else text

    def show(self, suite, seconds):
        with self.lock:
            failed = suite.result.failed
            mark = self.paint('31;1', 'FAIL') if failed else self.paint('32', ' ok ')
            print(f'{mark}  {suite.title:<26} {suite.result.line():<34} {seconds:6.0f} s', flush=True)
            if not failed:
                return
            for name in suite.result.failures[:40]:
                print(f'        {name}')
            text = suite.log.read_text(errors='replace') if suite.log.exists() else ''
            print(self.paint('2', f'      -- the end of {suite.log.relative_to(ROOT)}'))
            for line in text.splitlines()[-TAIL_LINES:]:
                print(f'      | {line}')
            sys.stdout.flush()


def run_lane(lane, by_name, report):
    for suite in lane:
        began = time.monotonic()
        waiting_for = [by_name[name] for name in suite.after if name in by_name]
        for other in waiting_for:
            other.done.wait()
            began = time.monotonic()
        try:
            suite.log.unlink(missing_ok=True)
            broken = [other.title for other in waiting_for if other.result.failed]
            if broken:
                suite.log.write_text(f'not run: {", ".join(broken)} failed\n')
                suite.result = suite_results.of_check(f'{suite.title}: could not run', False)
            else:
                suite.result = suite.run(suite)
                if suite.result.passed + suite.result.failed == 0:
                    suite.result.fail(f'{suite.title}: nothing ran')
        except Exception as error:  # whatever it was, the suite did not run
            suite.result = suite_results.of_check(f'{suite.title}: could not run ({error!r})', False)
        report.show(suite, time.monotonic() - began)
        suite.done.set()


def chosen(arguments):
    every = lanes()
    names = arguments.suite
    if arguments.quick:
        names = ['build_release', 'unit']
    known = {suite.name for lane in every for suite in lane}
    unknown = set(names) - known
    if unknown:
        sys.exit(f'test: no suite {", ".join(sorted(unknown))}; there are: {", ".join(sorted(known))}')
    if not names:
        return every
    return [[suite for suite in lane if suite.name in names] for lane in every]


def main():
    parser = argparse.ArgumentParser(prog='scripts/test', description='Runs the test suites.')
    parser.add_argument('--quick', action='store_true', help='release build and its C++ tests only')
    parser.add_argument('--list', action='store_true', help='name the suites')
    parser.add_argument('suite', nargs='*', help='only these')
    arguments = parser.parse_args()
    if arguments.list:
        for suite in (suite for lane in lanes() for suite in lane):
            print(f'{suite.name:<16} {suite.title}')
        return 0

    selected = chosen(arguments)
    LOGS.mkdir(parents=True, exist_ok=True)
    by_name = {suite.name: suite for lane in selected for suite in lane}
    report = Report()
    threads = [threading.Thread(target=run_lane, args=(lane, by_name, report)) for lane in selected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    total = Result()
    for suite in by_name.values():
        total.add(suite.result)
    print(total.line())
    return 1 if total.failed else 0


if __name__ == '__main__':
    sys.exit(main())
