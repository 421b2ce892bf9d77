"""Groups whose runs come from Airflow: the same against a double of it and, where it is installed (`scripts/test
--long`), against a real Airflow 3."""
import pytest
from airflow_server import AIRFLOW_BIN, DAG, PASSWORD, USER, Airflow, AirflowDouble
from delta_tables import DeltaRs, assert_same_rows, orders, write
from lakeferry import FAILED, Regions

# What `scripts/test --long` installs is tried where it is.
KINDS = ['double', 'v1'] + (['real'] if AIRFLOW_BIN.is_dir() else [])


@pytest.fixture(scope='module', params=KINDS)
def airflow(request, tmp_path_factory):
    if request.param == 'real':
        with Airflow(tmp_path_factory.mktemp('airflow')) as server:
            yield server
    else:
        with AirflowDouble('v1' if request.param == 'v1' else 'v2') as double:
            yield double


def regions_of(folder, airflow, **keys):
    (folder / 'password').write_text(PASSWORD + '\n')
    source = {'kind': 'airflow', 'url': airflow.url, 'user': USER, 'password': {'file': str(folder / 'password')}}
    return Regions(folder / 'regions', ['bronze'], workflow=DAG, workspace={'workflow_source': source}, **keys)


def planned(regions):
    (group,) = regions.run('sender', 'plan').document['groups']
    return group


def found(regions, **options):
    document = regions.run('sender', 'check', **options).document
    return [finding for finding in document['findings'] if finding['what'].startswith('workflow ')]


def assert_in_sync(regions):
    assert_same_rows(DeltaRs(regions.source('bronze')), DeltaRs(regions.target('bronze')))


def test_runs_are_cut_when_they_have_ended_well_and_a_cleared_run_is_active_again(tmp_path, airflow):
    """The contract that the double and the real one keep."""
    regions = regions_of(tmp_path, airflow)
    first = airflow.begin('first-run')
    write(regions.source('bronze'), orders(0, 5))
    waiting = planned(regions)
    assert waiting['cut'] is None and first in waiting['reason'] and 'mark run' in waiting['reason']
    airflow.end(first)
    regions.sync()
    assert_in_sync(regions)
    assert regions.history('receiver')[0]['run_ids'] == [first]

    second = airflow.begin('second-run')
    write(regions.source('bronze'), orders(10, 5))
    airflow.end(second, 'failed')
    held = planned(regions)
    assert held['cut'] is None and second in held['reason']
    airflow.clear(second)
    again = planned(regions)
    assert again['cut'] is None and second in again['reason'] and 'mark run' in again['reason']
    airflow.end(second)
    regions.sync()
    assert_in_sync(regions)
    assert regions.history('receiver')[0]['run_ids'] == [second]

    # One that had ended before the last cut.
    airflow.clear(first)
    again = planned(regions)
    assert again['cut'] is None and first in again['reason'] and 'mark run' in again['reason']
    write(regions.source('bronze'), orders(20, 5))
    airflow.end(first)
    regions.sync()
    assert_in_sync(regions)
    assert regions.history('receiver')[0]['run_ids'] == [first]


def test_check_says_what_is_wrong_and_how_to_mend_it(tmp_path, airflow):
    regions = regions_of(tmp_path, airflow)
    write(regions.source('bronze'), orders(0, 5))
    (good,) = found(regions, code=None)
    assert good['severity'] == 'info' and 'runs in the last 30 days' in good['what']
    (tmp_path / 'password').write_text('wrong')
    (refused,) = found(regions, code=FAILED)
    assert refused['severity'] == 'error' and USER in refused['remedy']
    (tmp_path / 'password').write_text(PASSWORD)
    regions.workflow = 'nightlyy'
    regions.write_configuration()
    (unknown,) = found(regions, code=None)
    assert unknown['severity'] == 'warning' and "has no DAG 'nightlyy'" in unknown['what']
