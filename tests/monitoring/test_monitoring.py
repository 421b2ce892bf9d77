"""The alert rules and the dashboard that are installed: promtool takes them, each alert is silent for the well and loud
for the ill, and both speak of metrics that the program has."""
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'config' / 'monitoring'
RULES = FOLDER / 'lakeferry.rules.yaml'
DASHBOARD = FOLDER / 'lakeferry.dashboard.json'


def promtool(*words, **options):
    return subprocess.run(['promtool', *map(str, words)], capture_output=True, text=True, check=False, **options)


def alerts():
    return [rule for group in yaml.safe_load(RULES.read_text())['groups'] for rule in group['rules']]


def metrics_of_the_program():
    names = set(re.findall(r'"((?:lakeferry|process)_\w+)"', (ROOT / 'daemon/web/metrics.cc').read_text()))
    return names | {f'{name}_{part}' for name in names for part in ('bucket', 'sum', 'count')} | {'up'}


def test_rules_are_good():
    done = promtool('check', 'rules', RULES)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_is_silent_for_the_well_and_loud_for_the_ill(tmp_path):
    shutil.copy(RULES, tmp_path)
    tests = tmp_path / 'rules_test.yaml'
    shutil.copy(Path(__file__).with_name('rules_test.yaml'), tests)
    done = promtool('test', 'rules', tests)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = [case for test in yaml.safe_load(tests.read_text())['tests'] for case in test['alert_rule_test']]
    for alert in alerts():
        told = [bool(case['exp_alerts']) for case in cases if case['alertname'] == alert['alert']]
        assert True in told and False in told, alert['alert']


def test_every_alert_has_its_words_for_people():
    page = (ROOT / 'docs/monitoring.md').read_text()
    for alert in alerts():
        assert f'### {alert["alert"]}\n' in page, alert['alert']
        assert alert['annotations']['runbook'] == f'docs/monitoring.md#{alert["alert"].lower()}'


@pytest.mark.parametrize('text', [RULES.read_text(), DASHBOARD.read_text()], ids=['rules', 'dashboard'])
def test_what_they_speak_of_is_there(text):
    named = set(re.findall(r'\b(?:lakeferry|process)_[a-z_]+(?=[{ \[)=",\\]|$)', text))
    assert len(named) > 5 and named <= metrics_of_the_program(), named - metrics_of_the_program()


def test_every_metric_is_on_its_page():
    page = (ROOT / 'docs/monitoring.md').read_text()
    names = re.findall(r'"((?:lakeferry|process)_\w+)"', (ROOT / 'daemon/web/metrics.cc').read_text())
    assert len(names) > 25
    assert [name for name in names if f'`{name}`' not in page] == []
    told = set(re.findall(r'`((?:lakeferry|process)_\w+)`', page))
    assert told - metrics_of_the_program() == set(), 'told of, and not there'


def test_the_dashboard_loads():
    dashboard = json.loads(DASHBOARD.read_text())
    ids = [panel['id'] for panel in dashboard['panels']]
    assert len(set(ids)) == len(ids) >= 10
    for panel in dashboard['panels']:
        assert panel['targets'][0]['expr'] and panel['title']
