"""Fixtures that all Python suites share: the one Spark session of a test run."""
import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS / 'fixtures'))

import one_mode  # noqa: E402
from server_fixtures import *  # noqa: E402,F403: fixtures and a hook, which pytest finds here

# Debian's Java, whatever else the machine has.
JAVA = Path('/usr/lib/jvm/java-17-openjdk-amd64')


# What takes longest goes first, so that no worker begins it when the other is about to end.
LONG = ('tests/e2e/test_kill.py', 'tests/e2e/test_history.py', 'tests/time_travel/')


def pytest_addoption(parser):
    parser.addoption('--one-mode', metavar='SEED', help='of a test that has both modes only one, drawn with this seed')


def pytest_collection_modifyitems(config, items):
    seed = config.getoption('--one-mode')
    if seed is not None:
        left_out = one_mode.left_out(seed, items)
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope='session')
def spark(tmp_path_factory):
    """One session for every test of a worker that asks for it."""
    from spark_session import spark_session

    if JAVA.is_dir():
        os.environ['JAVA_HOME'] = str(JAVA)
    with spark_session(tmp_path_factory.mktemp('warehouse'), spark__ui__showConsoleProgress=False) as session:
        yield session
