"""docs/configuration.md is what the program says of its keys, and the script that writes it notices what it is not."""
import json
import subprocess
import sys

import pytest
from lakeferry import BINARY, ROOT

SCRIPT = ROOT / 'scripts' / 'config_pages.py'
PAGE = ROOT / 'docs' / 'configuration.md'


@pytest.fixture(scope='module', name='grammar')
def grammar_of_the_program():
    return subprocess.run([BINARY, 'grammar'], capture_output=True, text=True, timeout=60, check=True).stdout


def script(grammar, *words):
    return subprocess.run([sys.executable, SCRIPT, *map(str, words)], input=grammar, capture_output=True, text=True,
                          timeout=60, check=False)


def test_the_page_is_what_the_program_says(grammar):
    done = script(grammar, '--check', PAGE)
    assert done.returncode == 0, done.stderr


def test_a_page_that_is_stale_is_noticed_and_written_anew(grammar, tmp_path):
    page = tmp_path / 'page.md'
    page.write_text(PAGE.read_text().replace('| `drain_timeout` |', '| `drain_timeuot` |'))
    assert 'run scripts/config_pages.py' in script(grammar, '--check', page).stderr
    assert 'drain_timeuot' in page.read_text()
    assert script(grammar, page).returncode == 0
    assert page.read_text() == PAGE.read_text()


def test_a_page_without_the_mark_is_left_alone(grammar, tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('mine\n')
    assert script(grammar, page).returncode == 1
    assert page.read_text() == 'mine\n'


def test_every_key_of_every_level_has_its_row(grammar):
    text = PAGE.read_text()
    levels = json.loads(grammar)['configuration']
    assert sum(len(level['keys']) for level in levels) > 150
    for level in levels:
        section = text.partition(f'### {level["level"][:1].upper()}{level["level"][1:]}\n')[2].partition('\n### ')[0]
        for key in level['keys']:
            assert f'| `{key["name"]}` | ' in section, f'{key["name"]} of {level["level"]}'
