"""In-commit timestamps turned on midway, off and on again, or from the start: the newest metadata decides which times
count for which versions. A version of the wrong era is another state of the table."""
import os

import pytest
from lab import clone_only, edit_actions
from time_travel import assert_agree, set_times

T = 1_700_000_000_000
ON = "ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')"
OFF = "ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'false')"
CREATE = 'CREATE TABLE {t} (id BIGINT) USING delta'
CREATE_WITH = CREATE + " TBLPROPERTIES ('delta.enableInCommitTimestamps' = 'true')"
INSERT = 'INSERT INTO {t} VALUES (1)'
ENABLEMENT = 'delta.inCommitTimestampEnablement'


def retime(lab, own):
    """Gives the commits in-commit timestamps of our choosing, and the metadata the matching start."""
    def change(kind, fields, version):
        if kind == 'commitInfo' and 'inCommitTimestamp' in fields:
            return fields | {'inCommitTimestamp': T + own[version]}
        if kind == 'metaData' and f'{ENABLEMENT}Version' in fields['configuration']:
            start = int(fields['configuration'][f'{ENABLEMENT}Version'])
            return fields | {'configuration': fields['configuration'] | {f'{ENABLEMENT}Timestamp': str(T + own[start])}}
        return fields

    for version in own:
        edit_actions(lab.source, version, lambda kind, fields, version=version: change(kind, fields, version))


# Statements, file times, in-commit timestamps by version.
ERAS = {
    'guide': ([CREATE, INSERT, INSERT, ON, INSERT], [10, 20, 30, 37, 35], {3: 40, 4: 50}),
    'from the start': ([CREATE_WITH, INSERT, INSERT], [90, 80, 70], {0: 10, 1: 20, 2: 30}),
    'off again': ([CREATE, ON, INSERT, OFF, INSERT], [10, 20, 30, 40, 50], {1: 25, 2: 35}),
    'off and on': ([CREATE, ON, INSERT, OFF, INSERT, ON, INSERT], [10, 20, 30, 40, 50, 60, 61],
                   {1: 25, 2: 35, 5: 70, 6: 80}),
}


@clone_only
@pytest.mark.parametrize('name', ERAS)
def test_same_answer_as_spark(lab, name):
    statements, files, own = ERAS[name]
    lab.sql(*statements)
    retime(lab, own)
    set_times(lab.source, [T + time for time in files])
    moments = [T + time for time in (0, 5, 9, 10, 11, 19, 20, 25, 30, 34, 35, 36, 39, 40, 49, 50, 60, 69, 70, 79, 80,
                                    500)]
    answers = dict(zip(moments, assert_agree(lab, moments)))
    if name == 'guide':
        assert [answers[T + time] for time in (5, 39, 40, 49, 50)] == [None, 2, 3, 3, 4]


@clone_only
def test_a_commit_without_its_timestamp_is_an_error(lab):
    with lab.run():
        lab.sql(ERAS['from the start'][0][0], INSERT, INSERT)
        edit_actions(lab.source, 2, lambda kind, fields: {key: value for key, value in fields.items()
                                                           if key != 'inCommitTimestamp'})
    lab.refused('table', f'{2:020d}.json', 'in-commit timestamps')
    os.stat(lab.source)


@clone_only
def test_only_one_of_the_two_properties_is_an_error(lab):
    with lab.run():
        lab.sql(CREATE, INSERT, ON)
        edit_actions(lab.source, 2, lambda kind, fields: fields | {'configuration': {
            key: value for key, value in fields['configuration'].items() if key != f'{ENABLEMENT}Timestamp'}}
            if kind == 'metaData' else fields)
    lab.refused('table', ENABLEMENT)
