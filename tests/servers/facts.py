#!/usr/bin/env python3
"""Asks the object stores of the tests what they really answer, and prints it as Markdown.

    build/tools/python/bin/python tests/servers/facts.py            all of them, each kind a table
    … tests/servers/facts.py [SERVER…] [--only TEXT]                some servers, some questions
    … tests/servers/facts.py --into docs/object_stores.md           in place of the tables that stand there

Between the lines `<!-- facts -->` and `<!-- /facts -->` of that file nothing is written by hand.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import facts_azure
import facts_gcs
import facts_s3
from stores import SERVERS

KINDS = {'S3': (facts_s3, ['seaweedfs', 'versitygw', 'bench-store', 'moto']), 'Azure': (facts_azure, ['azurite']),
         'GCS': (facts_gcs, ['fake-gcs'])}
BEGIN, END = '<!-- facts -->\n', '<!-- /facts -->\n'


def answers_of(name, kind, only):
    with tempfile.TemporaryDirectory(prefix='lakeferry-facts-') as folder, SERVERS[name](folder) as server:
        asked, found = kind.Asked(server), {}
        for text, ask in kind.QUESTIONS:
            if only and only not in text:
                continue
            try:
                found[text] = ask(asked)
            except Exception as error:  # an answer too
                found[text] = f'{type(error).__name__}: {error}'
            print(f'{name}: {text}: {found[text]}', file=sys.stderr)
        return found


def table(title, kind, names, only):
    columns = [answers_of(name, kind, only) for name in names]
    lines = [f'### {title}', '', f'| question | {" | ".join(names)} |', f'|{" --- |" * (len(names) + 1)}']
    for text, _ in kind.QUESTIONS:
        if text in columns[0]:
            cells = [column[text].replace('|', '\\|').replace('\n', ' ') for column in columns]
            lines.append(f'| {text} | {" | ".join(cells)} |')
    return '\n'.join(lines) + '\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('server', nargs='*', help=', '.join(SERVERS))
    parser.add_argument('--only', help='questions that hold this text')
    parser.add_argument('--into', type=Path)
    arguments = parser.parse_args()
    tables = []
    for title, (kind, names) in KINDS.items():
        names = [name for name in names if not arguments.server or name in arguments.server]
        if names:
            tables.append(table(title, kind, names, arguments.only))
    text = '\n'.join(tables)
    if arguments.into is None:
        print(text)
        return
    before, _, rest = arguments.into.read_text().partition(BEGIN)
    arguments.into.write_text(f'{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}')


if __name__ == '__main__':
    main()
