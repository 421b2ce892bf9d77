"""In-commit timestamps decide what TIMESTAMP AS OF means. A clone's must rise from commit to commit whatever the clock
does, and count from the clone's own history: the source's starting point would make versions of the clone
invisible."""
import time

import pytest
import world_shim
from lab import clone_only, of_kind

ENABLED = 'delta.inCommitTimestampEnablement'


@pytest.fixture(scope='module')
def shim(tmp_path_factory):
    return world_shim.built(tmp_path_factory.mktemp('shim'))


def times(table):
    return [info.get('inCommitTimestamp') for info in of_kind(table, 'commitInfo')]


@clone_only
def test_times_rise_though_the_clock_goes_back(lab, shim):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')",
                'INSERT INTO {t} VALUES (1)')
    lab.ship()
    for number in range(2):
        with lab.run():
            lab.sql(f'INSERT INTO {{t}} VALUES ({10 + number})')
        lab.regions.pass_once('sender')
        lab.regions.pass_once('receiver', env=world_shim.environment(shim, clock_offset_s=-86400))
        lab.check()
    there = times(lab.target)
    assert len(there) == 3 and there == sorted(set(there)), there
    first = (lab.target / '_delta_log' / f'{0:020d}.json').read_text().splitlines()[0]
    assert first.startswith('{"commitInfo"'), 'the time must be in the first line'
    assert not [key for key in lab.spark_view(lab.target).properties() if key.startswith(ENABLED)]


@clone_only
def test_enabled_midway(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1)')
    lab.ship()
    between = time.time()
    time.sleep(0.01)
    with lab.run():
        lab.sql('INSERT INTO {t} VALUES (2)',
                "ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')",
                'INSERT INTO {t} VALUES (3)')
    lab.ship()
    properties = lab.spark_view(lab.target).properties()
    assert properties[f'{ENABLED}Version'] == '1'
    assert properties[f'{ENABLED}Timestamp'] == str(times(lab.target)[1])
    assert times(lab.target)[1] > (lab.target / '_delta_log' / f'{0:020d}.json').stat().st_mtime * 1000
    # Readers find the version before and the one after by time.
    lab.forget()
    past = lab.sql(f'SELECT id FROM {{t}} TIMESTAMP AS OF cast({between} AS TIMESTAMP)', at=lab.target)
    assert [row.id for row in past] == [1]
    with lab.run():
        lab.sql('INSERT INTO {t} VALUES (4)')
    lab.ship()
    there = times(lab.target)[1:]
    assert there == sorted(set(there))


@clone_only
def test_spelling_of_the_property_does_not_begin_them_anew(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1)')
    lab.ship()
    for spelling in ('true', 'TRUE'):
        with lab.run():
            lab.sql(f"ALTER TABLE {{t}} SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = '{spelling}')")
        lab.ship(ignore=[f'configuration.{ENABLED}Version', f'configuration.{ENABLED}Timestamp'])
        properties = lab.spark_view(lab.target).properties()
        assert properties['delta.enableInCommitTimestamps'] == spelling
        assert properties[f'{ENABLED}Version'] == '1'
    assert len(lab.sql('DESCRIBE HISTORY {t}', at=lab.target)) == 3


@clone_only
def test_turned_off_and_on_again(lab):
    def switch(value):
        return f"ALTER TABLE {{t}} SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = '{value}')"

    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')",
                'INSERT INTO {t} VALUES (1)')
    lab.ship()
    for number, value in enumerate(['false', 'true']):
        with lab.run():
            lab.sql(switch(value), f'INSERT INTO {{t}} VALUES ({number + 2})')
        lab.ship()
    properties = lab.spark_view(lab.target).properties()
    assert properties[f'{ENABLED}Version'] == '2'
    assert properties[f'{ENABLED}Timestamp'] == str(times(lab.target)[2])
