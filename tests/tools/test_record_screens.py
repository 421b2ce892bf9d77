"""What of docs/screens.md has to be what the program says, and that it is."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'scripts'))
import record_screens  # noqa: E402

PAGE = """# Screens

```
$ lakeferry status
OK: 1 group
orders  idle  2  2026-11-29 20:41:15Z  0s  -
orders: clocks compared 2026-11-29 20:41:15Z: the store's is 4ms behind, that of
    the runs in step; margin 50ms
[exit 0]
```
"""


def test_numbers_times_and_breaks_may_differ():
    other = (PAGE.replace('20:41:15Z', '21:00:00Z').replace('0s  -', '3m 10s  12s').replace('4ms behind', 'in step')
             .replace('OK: 1 group\n', 'OK: 1\n    group\n'))
    assert record_screens.differences(PAGE, other) == []


def test_a_word_and_an_exit_code_may_not():
    assert record_screens.differences(PAGE, PAGE.replace('idle', 'waiting'))
    assert record_screens.differences(PAGE, PAGE.replace('$ lakeferry status', '$ lakeferry status --check'))
    assert record_screens.differences(PAGE, PAGE + '\n## More\n')
    assert record_screens.differences(PAGE, PAGE.replace('[exit 0]', '[exit 3]'))


def test_the_page_shows_what_the_program_says():
    done = subprocess.run([ROOT / 'scripts/record_screens.py', '--check'], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
