"""scripts/fuzz without a fuzzer: what it keeps, and that it loses nothing. A small program stands in for the target."""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Fails on an input that says "crash"; its merge takes every other, as libFuzzer's does.
TARGET = '''#!/usr/bin/env python3
import pathlib, shutil, sys
folders = [pathlib.Path(word) for word in sys.argv[1:] if not word.startswith('-')]
inputs = [file for folder in folders for file in sorted(folder.iterdir())]
if any(word.startswith('-set_cover_merge') for word in sys.argv):
    for file in inputs:
        if 'crash' not in file.read_text():
            shutil.copy(file, folders[0] / file.name)
elif any('crash' in file.read_text() for file in inputs):
    sys.exit('ERROR: planted')
print(f'stat::number_of_executed_units: {len(inputs)}')
'''


@pytest.fixture(name='project')
def fixture_project(tmp_path):
    (tmp_path / 'scripts').mkdir()
    shutil.copy(ROOT / 'scripts/fuzz', tmp_path / 'scripts/fuzz')
    for folder in ('tests/fuzz/corpus/some_fuzz', 'build/fuzz/corpus/some_fuzz', 'asan/tests/fuzz'):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / 'tests/fuzz/corpus/some_fuzz/made').write_text('by hand')
    (tmp_path / 'build/fuzz/corpus/some_fuzz/new').write_text('by a long run')
    target = tmp_path / 'asan/tests/fuzz/some_fuzz'
    target.write_text(TARGET)
    target.chmod(0o755)
    return tmp_path


def fuzz(project, *words):
    return subprocess.run([project / 'scripts/fuzz', *words], capture_output=True, text=True, check=False,
                          env={**os.environ, 'LAKEFERRY_FUZZ_BUILD': str(project / 'asan')})


def archive(project):
    return project / 'tests/fuzz/corpus/some_fuzz.tar.gz'


def test_what_is_kept_is_run_again_and_packed_the_same(project):
    kept = fuzz(project, '--keep', 'some')
    assert 'KEPT some: 2 inputs\n1 passed, 0 failed' in kept.stdout, kept.stderr
    packed = archive(project).read_bytes()
    shutil.rmtree(project / 'build')
    assert 'PASS some: 3 inputs' in fuzz(project, 'some', '0').stdout  # by hand once more
    assert fuzz(project, '--keep', 'some').returncode == 0
    assert archive(project).read_bytes() == packed


def test_an_input_that_crashes_now_is_not_lost(project):
    assert fuzz(project, '--keep', 'some').returncode == 0
    packed = archive(project).read_bytes()
    (project / 'build/fuzz/corpus/some_fuzz/bad').write_text('crash')
    failed = fuzz(project, '--keep', 'some')
    assert failed.returncode == 1
    assert 'FAIL some\nERROR: planted\n0 passed, 1 failed' in failed.stdout
    assert archive(project).read_bytes() == packed


def test_a_damaged_archive_is_named(project):
    assert fuzz(project, '--keep', 'some').returncode == 0
    archive(project).write_bytes(archive(project).read_bytes()[:60])
    failed = fuzz(project, 'some', '0')
    assert failed.returncode == 2
    assert 'fuzz: tests/fuzz/corpus/some_fuzz.tar.gz cannot be unpacked; restore it: git checkout' in failed.stderr


@pytest.mark.parametrize('words, told', [
    (['--kep'], 'fuzz: no option --kep; usage: '),
    (['--keep', 'some', '5'], 'fuzz: --keep takes no seconds; usage: '),
    (['nobody'], 'fuzz: no target nobody'),
])
def test_a_bad_line_is_told(project, words, told):
    failed = fuzz(project, *words)
    assert failed.returncode == 2
    assert told in failed.stderr
