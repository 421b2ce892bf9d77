"""Commits as no usual writer makes them: what readers must accept is accepted, what is cut short is refused. A cut line
that is skipped is a lost file; a number read as a double is another number."""
import json

import pytest
from delta_tables import orders, write
from lab import edit, log_file, of_kind

BIG = 9007199254740993  # 2^53 + 1


def odd(text):
    first, *rest = text.decode().splitlines()
    lines = [first, '', *rest, '{"someday":{"what":[1,{"add":{"path":"x"}}]}}']
    return ('\r\n'.join(lines)).encode()  # and no line end at the end


def written_oddly(lab):
    write(lab.source, orders(10, 10))
    file = log_file(lab.source, lab.newest())

    def unknown_fields(text):
        lines = []
        for line in text.decode().splitlines():
            action = json.loads(line)
            if 'add' in action:
                action['add'] |= {'invented': {'deep': [None, True, 1.5]}, 'baseRowId': BIG}
            lines.append(json.dumps(action))
        lines.append(json.dumps({'txn': {'appId': 'big', 'version': BIG, 'lastUpdated': BIG}}))
        return '\n'.join(lines).encode()

    edit(file, unknown_fields)
    edit(file, odd)


@pytest.mark.parametrize('in_first_cut', [True, False])
def test_odd_but_legal_commits_are_read_whole(lab, in_first_cut):
    with lab.run():
        write(lab.source, orders(0, 10))
        if in_first_cut:
            written_oddly(lab)
    lab.ship()
    if not in_first_cut:
        with lab.run():
            written_oddly(lab)
        lab.ship()
    assert sum(lab.rows().values()) == 20
    assert BIG in [txn['version'] for txn in of_kind(lab.target, 'txn')]
    assert BIG in [add.get('baseRowId') for add in of_kind(lab.target, 'add')]


DAMAGES = {
    'empty': lambda text: b'',
    'blank': lambda text: b'\n\n',
    'last line cut': lambda text: text[:-20],
    'middle of a line gone': lambda text: text[:len(text) // 2] + text[len(text) // 2 + 30:],
    'no JSON': lambda text: b'<html>503 slow down</html>\n',
    'another document': lambda text: b'{"version":1}{"x"',
    'zeros': lambda text: bytes(len(text)),
}


@pytest.mark.parametrize('damage', DAMAGES)
def test_a_damaged_commit_is_named(bare, damage):
    with bare.run():
        write(bare.source, orders(0, 10))
    bare.sync()
    with bare.run():
        write(bare.source, orders(10, 10))
        edit(log_file(bare.source, 1), DAMAGES[damage])
    bare.refused('table', f'{1:020d}.json')
    assert bare.newest(bare.target) == 0
