"""The list of scenarios: what README.md says, and what folders there are."""
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAST = 46
STATES = ('passes', 'refused', 'elsewhere', 'open')
ROW = re.compile(r'^\| *(\d+) *\| *(.*?) *\| *(\w+) *\| *(.*?) *\|$')


@dataclass
class Entry:
    """A row: `note` says what is covered where the state is `passes`, else why."""

    number: int
    title: str
    state: str
    note: str


def listed():
    rows = [ROW.match(line) for line in (HERE / 'README.md').read_text().splitlines()]
    return [Entry(int(row[1]), row[2], row[3], row[4]) for row in rows if row]


def folders():
    """Number to folder."""
    return {int(folder.name[:2]): folder for folder in sorted(HERE.glob('[0-9][0-9]_*')) if folder.is_dir()}
