"""The table of what the stores answer: as many rows as questions, and made without touching what stands around it."""
import subprocess
import sys

import pytest
from facts import BEGIN, END, KINDS
from process import ROOT

DOCUMENT = ROOT / 'docs' / 'object_stores.md'


@pytest.mark.parametrize('title', list(KINDS))
def test_every_question_is_answered_in_the_document(title):
    kind, servers = KINDS[title]
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith('| ')]
    assert f'| question | {" | ".join(servers)} |' in rows
    assert [text for text, _ in kind.QUESTIONS if not any(row.startswith(f'| {text} | ') for row in rows)] == []


def test_table_is_put_between_its_lines(tmp_path):
    document = tmp_path / 'stores.md'
    document.write_text(f'before\n{BEGIN}old\n{END}after\n')
    subprocess.run([sys.executable, ROOT / 'tests' / 'servers' / 'facts.py', 'moto', '--only', 'ETag of a PUT',
                    '--into', document], check=True, capture_output=True)
    text = document.read_text()
    assert text.startswith('before\n') and text.endswith('after\n') and 'old' not in text
    assert '| ETag of a PUT: MD5 of the content | True |' in text
