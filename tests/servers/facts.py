#!/usr/bin/env python3
"""Asks the object stores of the tests what they really answer, and prints it as Markdown.

    tests/servers/facts.py [SERVER…] [--only TEXT]
"""
import argparse
import sys
import tempfile

import facts_s3
from stores import SERVERS, S3Server


def answers_of(name, only):
    with tempfile.TemporaryDirectory(prefix='lakeferry-facts-') as folder, SERVERS[name](folder) as server:
        questions = facts_s3.QUESTIONS
        asked = facts_s3.Asked(server)
        found = {}
        for text, ask in questions:
            if only and only not in text:
                continue
            try:
                found[text] = ask(asked)
            except Exception as error:  # an answer too
                found[text] = f'{type(error).__name__}: {error}'
            print(f'{name}: {text}: {found[text]}', file=sys.stderr)
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('server', nargs='*', default=[])
    parser.add_argument('--only', help='questions that hold this text')
    arguments = parser.parse_args()
    names = arguments.server or [name for name, kind in SERVERS.items() if issubclass(kind, S3Server)]
    columns = {name: answers_of(name, arguments.only) for name in names}
    print('| question |', ' | '.join(names), '|')
    print('| --- |', ' | '.join('---' for _ in names), '|')
    for text in dict.fromkeys(text for column in columns.values() for text in column):
        print('|', text, '|', ' | '.join(columns[name].get(text, '').replace('|', '\\|') for name in names), '|')


if __name__ == '__main__':
    main()
