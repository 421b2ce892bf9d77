"""delta_rs_log.py TABLE: gets the list of live files of the newest snapshot from delta-rs, with paths and sizes, and
prints {"files": …, "seconds": …}. The seconds leave out the start of Python and the import."""
import json
import sys
import time

from deltalake import DeltaTable

began = time.monotonic()
actions = DeltaTable(sys.argv[1]).get_add_actions()  # an Arrow table; file_uris() takes longer
print(json.dumps({'files': actions.num_rows, 'seconds': time.monotonic() - began}))
