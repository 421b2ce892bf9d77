"""Counts of a test suite, read from what GoogleTest, CTest and pytest write down."""
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field


@dataclass
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list = field(default_factory=list)  # names of what failed

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures

    def fail(self, name):
        self.failed += 1
        self.failures.append(name)

    def line(self):
        return f'{self.passed} passed, {self.failed} failed' + (f', {self.skipped} skipped' if self.skipped else '')


def of_check(name, ok):
    """A named check counts as one."""
    return Result(passed=1) if ok else Result(failed=1, failures=[name])


def of_gtest(path):
    """Every case of one GoogleTest executable, from its JSON."""
    result = Result()
    for suite in json.loads(path.read_text())['testsuites']:
        for case in suite['testsuite']:
            if case.get('failures'):
                result.fail(f"{suite['name']}.{case['name']}")
            elif case.get('result') == 'COMPLETED':
                result.passed += 1
            else:
                result.skipped += 1
    return result


def of_ctest(junit, gtest_folder):
    """Every case of every CTest test: GoogleTest's where the test left its JSON in the folder, else the test itself."""
    result = Result()
    for test in ElementTree.parse(junit).getroot().iter('testcase'):
        name, ok = test.get('name'), test.get('status') == 'run'
        cases = gtest_folder / f'{name}.json'
        if not cases.exists():
            result.add(of_check(name, ok))
            continue
        inner = of_gtest(cases)
        result.add(inner)
        if not ok and not inner.failed:
            result.fail(f'{name} (every case passed, the process did not: a leak, a race or a crash at its end)')
    return result


def of_pytest(junit):
    result = Result()
    for case in ElementTree.parse(junit).getroot().iter('testcase'):
        kinds = {child.tag for child in case}
        if kinds & {'failure', 'error'}:
            result.fail(f"{case.get('classname')}::{case.get('name')}")
        elif 'skipped' in kinds:
            result.skipped += 1
        else:
            result.passed += 1
    return result


def of_closing_line(name, text, ok):
    """The counts of a script that ends with "N passed, N failed", else the script as one check."""
    found = re.findall(r'^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$', text, re.MULTILINE)
    if not found:
        return of_check(name, ok)
    passed, failed, skipped = (int(number or 0) for number in found[-1])
    result = Result(passed, failed, skipped, [name] if failed else [])
    if not ok and not failed:
        result.fail(name)
    return result
