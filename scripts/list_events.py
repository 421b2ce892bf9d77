#!/usr/bin/env python3
"""Lists every event of the log with its level and fields, from the source itself: docs/events.md.

    scripts/list_events.py [--check]

An event is a constant phrase; what varies goes into its fields. With --check nothing is written, and the page that lies
there must be the one that would be written.
"""
import argparse
import re
import sys
from pathlib import Path

PAGE = 'docs/events.md'
FOLDERS = ('libsync', 'daemon')
CALL = re.compile(r'\blog_?\.Write\(')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
KEY = re.compile(r'\{\s*"(\w+)",')
LEVELS = re.compile(r'LogLevel::k(\w+)')
# How far above a call the fields are looked for that it hands on.
LINES_ABOVE = 12
HEAD = """# Events of the log

One event a line on standard error, as text or JSON (`log_format`): a level, a constant phrase, and fields. Fields that
end in `_ms` are milliseconds, `bytes` are bytes, `cut` and `from` are times in UTC. `group`, `role` and `table` say
whom it is about; `operation` for what it was done, as far as that was known: group, epoch, table. `kind` is the kind of
`error`, by which [operations.md](operations.md#when-a-group-is-not-well) says what to do. A failure that lasts is
logged at its first, second, fourth attempt and so on; a quiet service says `alive` once an hour. This page is made by
`scripts/list_events.py` from the source.

| event | level | fields | from |
| --- | --- | --- | --- |
"""


def arguments_of(text, start):
    """The arguments of a call whose bracket opened before `start`, as texts."""
    depth, begin, found, at = 0, start, [], start
    while True:
        character = text[at]
        if character == '"':
            at = LITERAL.match(text, at).end()
            continue
        if character in '({[':
            depth += 1
        elif character in ')}]':
            depth -= 1
            if depth < 0:
                return found + [text[begin:at]]
        elif character == ',' and depth == 0:
            found.append(text[begin:at])
            begin = at + 1
        at += 1


def fields_of(text, call_at, written):
    if 'std::move(' in written:
        above = '\n'.join(text[:call_at].splitlines()[-LINES_ABOVE:])
        begin = above.rfind('std::vector<LogField>')
        written = above[begin:] if begin >= 0 else above
    return list(dict.fromkeys(KEY.findall(written)))


def events_of(root):
    """(event, level, fields, file) of every call, and what is wrong with those that are none."""
    events, wrong = [], []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob('*.cc')):
            text = path.read_text()
            for call in CALL.finditer(text):
                arguments = arguments_of(text, call.end())
                for_call = arguments[0].strip() == 'call'
                level, phrase, *rest = arguments[for_call:]
                levels = ' or '.join(dict.fromkeys(name.lower() for name in LEVELS.findall(level)))
                phrases = LITERAL.findall(phrase)
                if not levels or not phrases:
                    line = text.count('\n', 0, call.start()) + 1
                    wrong.append(f'{path.relative_to(root)}:{line}: an event is a constant phrase with a level')
                for said in phrases:
                    fields = fields_of(text, call.start(), ','.join(rest)) + ['operation'] * for_call
                    events.append((said, levels, fields,
                                   path.relative_to(root).as_posix()))
    return sorted(events), wrong


def page_of(events):
    rows = dict.fromkeys(f'| {event} | {level} | {" ".join(f"`{name}`" for name in fields)} | `{path}` |\n'
                         for event, level, fields, path in events)
    return HEAD + ''.join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--check', action='store_true', help='write nothing; fail where the page is another')
    parser.add_argument('--root', type=Path, default=Path(__file__).resolve().parents[1], help=argparse.SUPPRESS)
    options = parser.parse_args()
    events, wrong = events_of(options.root)
    for problem in wrong:
        print(f'list_events: {problem}')
    if wrong:
        return 1
    page, path = page_of(events), options.root / PAGE
    if not options.check:
        path.write_text(page)
        return 0
    if not path.is_file() or path.read_text() != page:
        print(f'list_events: {PAGE} is not what the source says: run scripts/list_events.py')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
