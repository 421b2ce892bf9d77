"""The closing line of scripts/test is only worth what its counting is worth."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts'))
import suite_results  # noqa: E402


def gtest(path, cases):
    path.write_text(json.dumps({'testsuites': [{'name': 'A', 'testsuite': cases}]}))


def ctest(path, tests):
    rows = ''.join(f'<testcase name="{name}" status="{status}"/>' for name, status in tests)
    path.write_text(f'<testsuite>{rows}</testsuite>')


PASSED = {'name': 'P', 'result': 'COMPLETED'}
FAILED = {'name': 'F', 'result': 'COMPLETED', 'failures': [{'failure': 'x'}]}
SKIPPED = {'name': 'S', 'result': 'SKIPPED'}


def test_ctest_counts_each_case_and_each_other_test(tmp_path):
    gtest(tmp_path / 'base_test.json', [PASSED, FAILED, SKIPPED])
    ctest(tmp_path / 'ctest.xml', [('base_test', 'fail'), ('check_source', 'run'), ('other', 'fail')])
    result = suite_results.of_ctest(tmp_path / 'ctest.xml', tmp_path)
    assert (result.passed, result.failed, result.skipped) == (2, 2, 1)
    assert result.failures == ['A.F', 'other']


def test_ctest_counts_a_process_that_died_without_a_report_as_failed(tmp_path):
    ctest(tmp_path / 'ctest.xml', [('base_test', 'fail')])
    assert suite_results.of_ctest(tmp_path / 'ctest.xml', tmp_path).failed == 1


def test_ctest_counts_a_bad_end_after_good_cases_as_failed(tmp_path):
    gtest(tmp_path / 'base_test.json', [PASSED])
    ctest(tmp_path / 'ctest.xml', [('base_test', 'fail')])
    result = suite_results.of_ctest(tmp_path / 'ctest.xml', tmp_path)
    assert (result.passed, result.failed) == (1, 1)


def test_pytest_counts_errors_as_failed(tmp_path):
    junit = tmp_path / 'p.xml'
    junit.write_text('<testsuites><testsuite><testcase classname="c" name="a"/>'
                     '<testcase classname="c" name="b"><error/></testcase>'
                     '<testcase classname="c" name="d"><skipped/></testcase></testsuite></testsuites>')
    result = suite_results.of_pytest(junit)
    assert (result.passed, result.failed, result.skipped) == (1, 1, 1)


def test_closing_line_is_taken_over_and_a_bad_exit_code_is_not_forgotten():
    good = suite_results.of_closing_line('x', 'text\n7 passed, 0 failed\n', True)
    assert (good.passed, good.failed) == (7, 0)
    bad = suite_results.of_closing_line('x', '7 passed, 0 failed\n', False)
    assert (bad.passed, bad.failed) == (7, 1)
    assert suite_results.of_closing_line('x', 'no counts', False).failed == 1


def test_skipped_is_named_only_where_it_applies():
    assert suite_results.Result(3, 0).line() == '3 passed, 0 failed'
    assert suite_results.Result(3, 0, 1).line() == '3 passed, 0 failed, 1 skipped'
