#!/usr/bin/env python3
"""Runs the test suites, two at a time, and adds up what they counted. Called by scripts/test.

Logs stand in build/logs, one a suite. A suite that could not run counts as failed. The last line is the sum.
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import drawn
import suite_results
from suite_results import Result

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / 'build'
LOGS = BUILD / 'logs'
PYTHON = BUILD / 'tools' / 'python' / 'bin' / 'python'
# What the Python tests run.
PROGRAMS = ['lakeferry', 'version_at', 'write_checkpoint', 'send_mail', 'bench_store']
# By sanitizer: the folders of tests/ that every run has, and those that `--long` has as well.
# TSan: code with threads of its own, and what is handed to the threads of a pool; the rest gains nothing from it.
# ASan: all but those that measure memory, and the command line, which takes longer to compile than all of these.
TSAN_SUITES = ['async', 'http', 'storage', 'state', 'workflow']
TSAN_LONG = ['parquet', 'replay', 'engine']
ASAN_SUITES = ['base', 'async', 'json', 'http', 'plan', 'delta', 'parquet', 'notify', 'storage', 'state', 'workflow',
               'catalog']
ASAN_LONG = ['replay', 'engine', 'sim']  # what links the engine, which takes as long to compile as all of those
# How much is drawn at random: less in a build that is many times slower.
DRAWN = {'release': {'LAKEFERRY_REPLAY_LOGS': '30000'},
         'asan': {'LAKEFERRY_SIM_SEEDS': '10', 'LAKEFERRY_REPLAY_LOGS': '1000'},
         'tsan': {'LAKEFERRY_REPLAY_LOGS': '500'},
         'pytest': {}}
DRAWN_LONG = {'release': {'LAKEFERRY_REPLAY_LOGS': '1000000', 'LAKEFERRY_SIM_SEEDS': '20000',
                          'LAKEFERRY_WEDGE_LIVES': '20000'},
              'asan': {'LAKEFERRY_SIM_SEEDS': '30', 'LAKEFERRY_REPLAY_LOGS': '5000'},
              'tsan': {'LAKEFERRY_REPLAY_LOGS': '2000'},
              'pytest': {'LAKEFERRY_KILL_ROUNDS': '400'}}
# Tests that kill a child fork beside a running pool; suppressions work on names, which the symbolizer finds.
TSAN_OPTIONS = ':'.join(['die_after_fork=0', f'suppressions={ROOT / "tests" / "tsan_suppressions.txt"}',
                         f'external_symbolizer_path={shutil.which("llvm-symbolizer-19") or ""}'])
JOBS = str(os.cpu_count())
TAIL_LINES = 60
AT_ONCE = 2
# Of a fuzz target beside its kept corpus; of mutants.
FUZZ_SECONDS, FUZZ_SECONDS_LONG = '5', '120'
MUTANTS, MUTANTS_LONG = '12', '100'
LINT_ONE_OF = '3'  # of the units that clang-tidy looks at, a run takes one in so many
# What hangs is a failure with its log, not the end of the whole run.
COMMAND_SECONDS_MAX, COMMAND_SECONDS_MAX_LONG = 3600, 6 * 3600
RUNNING = set()  # process groups of commands: a keyboard's interrupt does not reach them by itself


class Suite:
    """A name, what it does, the suites that must have succeeded before, and its result once it ran."""

    def __init__(self, name, title, run, after=()):
        self.name, self.title, self.run, self.after = name, title, run, after
        self.seconds_max = COMMAND_SECONDS_MAX  # of one command
        self.log = LOGS / f'{name}.log'
        self.nice = 0  # of its commands
        self.cpu = 0.0  # seconds that its commands took, and what they waited for
        self.result = None

    def call(self, command, **env):
        """Runs a command with its output in the log; true if it succeeded."""
        with self.log.open('a') as log:
            print('$', ' '.join(map(str, command)), file=log, flush=True)
            done = subprocess.Popen(['nice', '-n', str(self.nice), *map(str, command)], cwd=ROOT, stdout=log,
                                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**os.environ, **env},
                                    start_new_session=True)
            watch = threading.Timer(self.seconds_max, self.kill, [done.pid, command])
            watch.start()
            RUNNING.add(done.pid)
            _, status, used = os.wait4(done.pid, 0)
            RUNNING.discard(done.pid)
            watch.cancel()
        done.returncode = os.waitstatus_to_exitcode(status)
        self.cpu += used.ru_utime + used.ru_stime
        return done.returncode == 0

    def kill(self, group, command):
        with self.log.open('a') as log:
            print(f'test: killed after {self.seconds_max} s:', *command, file=log)
        os.killpg(group, signal.SIGKILL)


def build(preset, *targets):
    def run(suite):
        return suite_results.of_check(f'build {preset}', suite.call(['scripts/build', preset, '--', *targets]))
    return run


def existing(folders):
    return [folder for folder in folders if (ROOT / 'tests' / folder / 'CMakeLists.txt').is_file()]


def ctest(preset, amounts, folders=('',)):
    """The C++ tests of a build, or those of some of the folders of tests/; `amounts`: how much they draw."""
    def run(suite):
        total = Result()
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
                       TSAN_OPTIONS=TSAN_OPTIONS, **amounts)
            total.add(suite_results.of_ctest(junit, gtest))
        return total
    return run


def pytest(amounts, *arguments):
    def run(suite):
        junit = LOGS / 'pytest.xml'
        junit.unlink(missing_ok=True)
        # Tests that share what takes long to make are a group (xdist_group) and stay on one worker.
        suite.call([PYTHON, '-m', 'pytest', 'tests', '-n', JOBS, '--dist', 'loadgroup', '--durations=40',
                    f'--junitxml={junit}', *arguments],
                   LAKEFERRY_BUILD=str(BUILD / 'release'), **amounts)
        return suite_results.of_pytest(junit)
    return run


def check(name, *command):
    """A script that is one named check, or ends with a closing line of its own."""
    def run(suite):
        ok = suite.call(command)
        return suite_results.of_closing_line(name, suite.log.read_text(), ok)
    return run


def suites(long):
    """In the order in which they are taken up. First what the others wait for, then the one that takes longest and
    leaves a core idle for much of its time; compiling beside it steps back and fills the gaps. `long`: what is
    expensive and seldom wrong as well."""
    asan = existing(ASAN_SUITES + (ASAN_LONG if long else []))
    tsan = existing(TSAN_SUITES + (TSAN_LONG if long else []))
    amounts = DRAWN_LONG if long else DRAWN
    one_mode = () if long else ('--one-mode', str(drawn.seed()))
    urgent = [
        Suite('build_programs', 'build (release, programs)', build('release', *PROGRAMS)),
        Suite('format', 'clang-format', check('format', 'scripts/format', '--check')),
        Suite('pytest', 'end to end, tools', pytest(amounts['pytest'], *one_mode), ['build_programs']),
    ]
    others = [
        Suite('build_release', 'build (release)', build('release'), ['build_programs']),
        Suite('unit', 'C++ tests (release)', ctest('release', amounts['release']), ['build_release']),
        Suite('bench', 'bench (smoke)', check('bench', 'bench/run', '--smoke'), ['build_release']),
        Suite('package', 'install, units, .deb', check('package_test', 'scripts/package_test'), ['build_release']),
        Suite('build_asan', 'build (ASan, UBSan)', build('asan', *(f'tests/{folder}/all' for folder in asan)),
              ['build_release']),
        Suite('asan', 'C++ tests (ASan, UBSan)', ctest('asan', amounts['asan'], asan), ['build_asan']),
        Suite('fuzz', 'fuzz targets', check('fuzz', 'scripts/fuzz', FUZZ_SECONDS_LONG if long else FUZZ_SECONDS),
              ['build_asan']),
        Suite('build_tsan', 'build (TSan)', build('tsan', *(f'tests/{folder}/all' for folder in tsan)),
              ['build_release']),
        Suite('tsan', 'C++ tests (TSan)', ctest('tsan', amounts['tsan'], tsan), ['build_tsan']),
        Suite('mutants', 'mutants (drawn)',
              check('mutants', 'scripts/mutants', '--random', MUTANTS_LONG if long else MUTANTS), ['build_release']),
        Suite('lint', 'clang-tidy', check('lint', 'scripts/lint', '--one-of', '1' if long else LINT_ONE_OF),
              ['build_release']),
    ]
    if long:
        others.append(Suite('airflow_story', 'demo beside Airflow', check('airflow_story', 'scripts/demo', '--airflow'),
                            ['build_programs']))
    for suite in others:
        if suite.name in ('lint', 'mutants') or suite.name.startswith('build_'):
            suite.nice = 10
    if long:
        for suite in urgent + others:
            suite.seconds_max = COMMAND_SECONDS_MAX_LONG
    return urgent + others


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
            print(f'{mark}  {suite.title:<26} {suite.result.line():<34} {seconds:6.0f} s {suite.cpu:6.0f} s CPU',
                  flush=True)
            if not failed:
                return
            for name in suite.result.failures[:40]:
                print(f'        {name}')
            text = suite.log.read_text(errors='replace') if suite.log.exists() else ''
            print(self.paint('2', f'      -- the end of {suite.log.relative_to(ROOT)}'))
            for line in text.splitlines()[-TAIL_LINES:]:
                print(f'      | {line}')
            sys.stdout.flush()


def run_suite(suite, by_name, report):
    began = time.monotonic()
    try:
        suite.log.unlink(missing_ok=True)
        broken = [by_name[name].title for name in suite.after if name in by_name and by_name[name].result.failed]
        if broken:
            suite.log.write_text(f'not run: {", ".join(broken)} failed\n')
            result = suite_results.of_check(f'{suite.title}: could not run', False)
        else:
            result = suite.run(suite)
            if result.passed + result.failed == 0:
                result.fail(f'{suite.title}: nothing ran')
    except Exception as error:  # whatever it was, the suite did not run
        result = suite_results.of_check(f'{suite.title}: could not run ({error!r})', False)
    suite.result = result
    report.show(suite, time.monotonic() - began)


def work(waiting, by_name, report, changed):
    """Takes the first suite of `waiting` that has to wait for none of the others, until there is none left."""
    def is_ready(suite):
        return all(by_name[name].result is not None for name in suite.after if name in by_name)

    while True:
        with changed:
            changed.wait_for(lambda: not waiting or any(map(is_ready, waiting)))
            if not waiting:
                return
            suite = next(filter(is_ready, waiting))
            waiting.remove(suite)
            changed.notify_all()
        run_suite(suite, by_name, report)
        with changed:
            changed.notify_all()


def chosen(arguments):
    every = suites(arguments.long)
    names = arguments.suite
    if arguments.quick:
        names = ['build_release', 'unit']
    known = {suite.name for suite in every}
    unknown = set(names) - known
    if unknown:
        sys.exit(f'test: no suite {", ".join(sorted(unknown))}; there are: {", ".join(sorted(known))}')
    return [suite for suite in every if not names or suite.name in names]


def ran_before(text):
    name, _, ended = text.rpartition('=')
    if not name or ended not in ('ok', 'failed'):
        raise argparse.ArgumentTypeError(f'{text}: NAME=ok or NAME=failed expected')
    return suite_results.of_check(name, ended == 'ok')


def main():
    parser = argparse.ArgumentParser(prog='scripts/test', description='Runs the test suites.')
    parser.add_argument('--quick', action='store_true', help='release build and its C++ tests only')
    parser.add_argument('--long', action='store_true', help='what is expensive and seldom wrong as well')
    parser.add_argument('--list', action='store_true', help='name the suites')
    parser.add_argument('--with', dest='before', metavar='NAME=ok|failed', type=ran_before, action='append', default=[],
                        help='a check that ran before, to be added up with the suites')
    parser.add_argument('suite', nargs='*', help='only these')
    arguments = parser.parse_args()
    if arguments.list:
        for suite in suites(arguments.long):
            print(f'{suite.name:<16} {suite.title}')
        return 0

    selected = chosen(arguments)
    LOGS.mkdir(parents=True, exist_ok=True)
    by_name = {suite.name: suite for suite in selected}
    waiting, report, changed = list(selected), Report(), threading.Condition()
    threads = [threading.Thread(target=work, args=(waiting, by_name, report, changed)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        for group in list(RUNNING):
            os.killpg(group, signal.SIGKILL)
        os._exit(130)  # the threads would go on to the next suites

    total = Result()
    for result in [*arguments.before, *(suite.result for suite in by_name.values())]:
        total.add(result)
    for name in (name for result in arguments.before for name in result.failures):
        print(f'FAIL  {name}, which ran before')
    print(total.line())
    return 1 if total.failed else 0


if __name__ == '__main__':
    sys.exit(main())
