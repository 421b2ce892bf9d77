"""How far a pass has come, on a terminal while it is under way, and nowhere else."""
import os
import pty
import re
import subprocess

import pyarrow
from delta_tables import orders
from far_regions import FarRegions
from lakeferry import BINARY, Run


def on_a_terminal(words, environment):
    """What the terminal of standard error was sent; standard output."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(list(map(str, words)), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=theirs) as process:
        os.close(theirs)
        shown = b''
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # nobody has it open any more
                break
            if not piece:
                break
            shown += piece
        output = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0, (shown, output)
    return shown.decode(), output.decode()


def test_a_terminal_shows_how_far_it_has_come_and_a_file_does_not(tmp_path, seaweedfs, fault_proxy):
    proxy = fault_proxy(seaweedfs)
    regions = FarRegions(tmp_path, seaweedfs, endpoint=proxy.endpoint, tables=['bronze'],
                         top={'copies_in_flight_max': 1})
    with Run(regions, 'run-1'):
        rows = pyarrow.concat_tables([orders(i, 1, f'region-{i}') for i in range(6)])
        regions.write('bronze', rows, run_id='run-1', partition_by=['region'])
    proxy.add('delay', path='.*part-.*', seconds=0.3)
    for role, phase in (('sender', 'copying'), ('receiver', 'placing')):
        shown, output = on_a_terminal([BINARY, 'sync', '-c', regions.config(role)], regions.environment())
        assert re.search(rf'orders: {phase}  \[[#-]{{20}}\] \d+%  \d+/6 files', shown), shown
        assert shown.endswith('\r\x1b[K'), 'the line is gone again'
        assert '[#' not in output and f'orders ({role})' in output
    shown, _ = on_a_terminal([BINARY, 'verify', '--deep', '-c', regions.config('receiver')], regions.environment())
    assert re.search(r'orders: verifying  \[[#-]{20}\] \d+%  \d+/6 files', shown), shown
    proxy.clear()
    for role in ('sender', 'receiver'):
        done = regions.run(role, 'verify', as_json=False) if role == 'receiver' else regions.run(role, 'sync')
        assert '\x1b' not in done.stderr + done.stdout
    regions.assert_equal()
