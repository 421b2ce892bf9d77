"""In what order scripts/run_suites.py takes up suites, and what it makes of one that failed."""
import subprocess
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts'))
import run_suites  # noqa: E402
from suite_results import of_check  # noqa: E402


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs suites by two workers: (name, names before it, succeeds) each. Answers the order in which they began."""
    monkeypatch.setattr(run_suites, 'LOGS', tmp_path)
    monkeypatch.setattr(run_suites, 'ROOT', tmp_path)

    def go(*described):
        began, changed = [], threading.Condition()

        def suite_of(name, after, succeeds):
            def body(suite):
                began.append(name)
                return of_check(name, succeeds)
            return run_suites.Suite(name, name, body, after)

        suites = [suite_of(*words) for words in described]
        by_name, waiting = {suite.name: suite for suite in suites}, list(suites)
        workers = [threading.Thread(target=run_suites.work, args=(waiting, by_name, run_suites.Report(), changed))
                   for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(10)
            assert not worker.is_alive()
        return began, by_name
    return go


def test_a_suite_waits_for_those_before_it(run):
    began, by_name = run(('late', ['early'], True), ('early', [], True), ('last', ['late', 'early'], True))
    assert began == ['early', 'late', 'last']
    assert all(suite.result.passed == 1 for suite in by_name.values())


def test_what_follows_a_failed_suite_is_not_run_and_fails(run):
    began, by_name = run(('build', [], False), ('tests', ['build'], True), ('other', [], True))
    assert sorted(began) == ['build', 'other']
    assert by_name['tests'].result.failed == 1
    assert by_name['other'].result.passed == 1


def test_a_suite_that_is_not_asked_for_is_not_waited_for(run):
    began, _ = run(('tests', ['build'], True))
    assert began == ['tests']


@pytest.mark.parametrize('long', [False, True])
def test_every_suite_that_is_waited_for_exists(long):
    suites = run_suites.suites(long)
    names = {suite.name for suite in suites}
    assert all(set(suite.after) <= names for suite in suites)


def test_the_long_run_has_every_suite_of_the_other_and_draws_more():
    names = [suite.name for suite in run_suites.suites(False)]
    assert [suite.name for suite in run_suites.suites(True)] == [*names, 'airflow_story']
    for preset, amounts in run_suites.DRAWN.items():
        for name, amount in amounts.items():
            assert int(run_suites.DRAWN_LONG[preset][name]) > int(amount)


@pytest.mark.parametrize('word, line', [('ok', '1 passed, 0 failed'), ('failed', '0 passed, 1 failed')])
def test_what_ran_before_is_added_up(monkeypatch, tmp_path, capsys, word, line):
    monkeypatch.setattr(run_suites, 'LOGS', tmp_path)
    monkeypatch.setattr(run_suites, 'suites', lambda long: [])
    monkeypatch.setattr(sys, 'argv', ['test', '--with', f'scripts/demo={word}'])
    assert run_suites.main() == (word == 'failed')
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_ci_runs_the_demo_first(tmp_path):
    """With stand-ins for both commands: order, and that a failed demo still counts and the suites still run."""
    ci = Path(run_suites.__file__).resolve().parents[1] / '.ci' / 'run'
    for name in ('.ci', 'scripts'):
        (tmp_path / name).mkdir()
    (tmp_path / '.ci' / 'run').write_text(ci.read_text())
    for name, code in (('demo', 1), ('test', 0)):
        script = tmp_path / 'scripts' / name
        script.write_text(f'#!/bin/sh\necho {name} "$@"\nexit {code}\n')
        script.chmod(0o755)
    done = subprocess.run(['bash', tmp_path / '.ci' / 'run'], capture_output=True, text=True)
    assert done.stdout.splitlines() == ['demo', 'test --with scripts/demo=failed']
