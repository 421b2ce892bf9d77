#!/usr/bin/env python3
"""Writes the reference of docs/configuration.md from the table of keys that the program reads its configuration by.

    build/release/lakeferry grammar | scripts/config_pages.py docs/configuration.md     # writes it anew
    build/release/lakeferry grammar | scripts/config_pages.py --check docs/configuration.md

What stands above the mark is written by hand and stays.
"""
import argparse
import json
import sys
from pathlib import Path

MARK = '<!-- From here on made by scripts/config_pages.py from daemon/config/schema_of_*.cc. -->'


def roff(text):
    escaped = text.replace('\\', '\\e').replace('-', '\\-')
    return '\\&' + escaped if escaped.startswith(('.', "'")) else escaped


def otherwise(key):
    return 'required' if key['required'] else key['default']


def manual_of_configuration(levels, example, version):
    """lakeferry.yaml(5): every key with what it takes, then the example."""
    lines = [f'.TH LAKEFERRY.YAML 5 "" "lakeferry {version}" "File Formats"', '.SH NAME',
             'lakeferry.yaml \\- the configuration of lakeferry', '.SH DESCRIPTION',
             'YAML, or JSON with the same keys. \\fBlakeferry check\\fR says everything that is wrong with a file, and',
             'how to mend it; \\fBlakeferry init\\fR writes a first one.', '.SH KEYS', '.nh', '.ad l']
    for level in levels:
        lines.append(f'.SS {roff(level["level"])}')
        lines += [f'({roff(level["place"])})'] if level['place'] else []
        for key in level['keys']:
            fallback = f' [{roff(otherwise(key))}]' if otherwise(key) else ''
            lines += ['.TP', f'\\fB{roff(key["name"])}\\fR: \\fI{roff(key["takes"])}\\fR{fallback}', roff(key['text'])]
    lines += ['.SH EXAMPLE', 'Every key with its default and unit; a comment that says \\(lqexample\\(rq marks what is',
              'no default.', '.PP', '.nf', *map(roff, example.rstrip().split('\n')), '.fi', '.SH SEE ALSO',
              '\\fBlakeferry\\fR(1)']
    return '\n'.join(lines) + '\n'


def cell(text):
    return text.replace('|', '\\|').replace('<', '&lt;')


def table(level):
    lines = [f'### {level["level"][:1].upper()}{level["level"][1:]}', '']
    if level['place']:
        lines += [f'`{level["place"]}`' if ' ' not in level['place'] else level['place'][:1].upper() +
                  level['place'][1:] + '.', '']
    lines += ['| key | takes | default | what |', '| --- | --- | --- | --- |']
    for key in level['keys']:
        fallback = 'required' if key['required'] else f'`{key["default"]}`' if key['default'] else ''
        lines.append(f'| `{key["name"]}` | {cell(key["takes"])} | {fallback} | {cell(key["text"])} |')
    return '\n'.join(lines) + '\n'


def page(levels, before):
    """The page with its reference written anew."""
    head, mark, _ = before.partition(MARK)
    if not mark:
        sys.exit(f'config_pages: the page has no line that says {MARK}')
    return head + MARK + '\n\n' + '\n'.join(table(level) for level in levels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('page', type=Path)
    parser.add_argument('--check', action='store_true', help='write nothing; fail where it would change')
    arguments = parser.parse_args()
    levels = json.load(sys.stdin)['configuration']
    before = arguments.page.read_text()
    text = page(levels, before)
    if arguments.check and text != before:
        sys.exit(f'{arguments.page} is not what the program says of its configuration: run scripts/config_pages.py')
    if not arguments.check:
        arguments.page.write_text(text)


if __name__ == '__main__':
    main()
