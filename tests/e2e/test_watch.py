"""watch: in place on a terminal, what has changed elsewhere; ends by q, by Ctrl-C, and when nobody reads."""
import json
import os
import pty
import signal
import subprocess
import time

from delta_tables import orders, write
from lakeferry import BINARY, DONE, Regions, Run, wait_until


def words(regions, *more):
    return [BINARY, 'watch', '-c', regions.config('sender'), '--interval', '250ms', *more]


def regions_of(tmp_path):
    regions = Regions(tmp_path, ['bronze'])
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 5))
    return regions


def test_what_changes_is_a_line_where_output_is_no_terminal(tmp_path):
    regions = regions_of(tmp_path)
    out = tmp_path / 'out'
    with out.open('w') as stdout, subprocess.Popen(words(regions), stdout=stdout) as watch:
        wait_until(lambda: 'orders: unknown' in out.read_text(), 'the first line')
        time.sleep(1)
        assert len(out.read_text().splitlines()) <= 2, 'nothing has changed'
        regions.sync()
        wait_until(lambda: 'staged 1' in out.read_text(), 'the change')
        watch.send_signal(signal.SIGINT)
        assert watch.wait(30) == DONE
    assert '\x1b' not in out.read_text() and max(map(len, out.read_text().splitlines())) <= 80


def test_json_is_a_document_a_line(tmp_path):
    regions = regions_of(tmp_path)
    out = tmp_path / 'out'
    with out.open('w') as stdout, subprocess.Popen(words(regions, '--json'), stdout=stdout) as watch:
        wait_until(lambda: out.read_text().count('\n') == 1, 'the first')
        regions.sync()
        wait_until(lambda: out.read_text().count('\n') >= 2, 'the change')
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(30) == DONE
    documents = [json.loads(line) for line in out.read_text().splitlines()]
    assert documents[0]['groups'][0]['state'] == 'unknown' and documents[-1]['groups'][0]['staged_epoch'] == 1


def test_a_terminal_is_written_in_place_and_given_back(tmp_path):
    regions = regions_of(tmp_path)
    parent, child = pty.openpty()
    with subprocess.Popen(words(regions), stdin=child, stdout=child, stderr=child) as watch:
        os.close(child)
        shown = b''
        while b'GROUP' not in shown:
            shown += os.read(parent, 4096)
        os.write(parent, b'q')
        try:
            while True:
                shown += os.read(parent, 4096)
        except OSError:  # the other side is closed
            pass
        assert watch.wait(30) == DONE
    os.close(parent)
    assert shown.startswith(b'\x1b[?1049h') and shown.rstrip().endswith(b'\x1b[?1049l') and b'\x1b[H' in shown
