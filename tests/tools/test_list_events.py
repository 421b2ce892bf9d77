"""The page of events is what the source logs, and scripts/list_events.py notices when it is not."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts' / 'list_events.py'


def list_events(root, *options):
    return subprocess.run([sys.executable, SCRIPT, '--root', root, *options], capture_output=True, text=True)


def plant(root, text):
    (root / 'libsync').mkdir(exist_ok=True)
    (root / 'docs').mkdir(exist_ok=True)
    (root / 'libsync' / 'a.cc').write_text(text)


def test_the_page_of_this_tree_is_up_to_date():
    done = list_events(ROOT, '--check')
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_event_is_listed_with_level_and_fields(tmp_path):
    plant(tmp_path, 'log_.Write(ok ? LogLevel::kInfo : LogLevel::kError, ok ? "it, (works" : "it fails",\n'
                    '           {{"group", f("x", {1})}, {"took_ms", 5}});\n')
    assert list_events(tmp_path).returncode == 0
    page = (tmp_path / 'docs' / 'events.md').read_text()
    assert '| it, (works | info or error | `group` `took_ms` | `libsync/a.cc` |' in page
    assert '| it fails | info or error |' in page


def test_fields_that_were_gathered_before_are_found(tmp_path):
    plant(tmp_path, 'x({"not", 1});\nstd::vector<LogField> fields{{"group", g}};\n'
                    'if (y) fields.push_back({"error", e});\n'
                    'log.Write(LogLevel::kInfo, "done", std::move(fields));\n')
    assert list_events(tmp_path).returncode == 0
    assert '| done | info | `group` `error` |' in (tmp_path / 'docs' / 'events.md').read_text()


def test_an_event_of_a_call_says_what_it_was_done_for(tmp_path):
    plant(tmp_path, 'log.Write(call, LogLevel::kInfo, "done", {{"group", g}});\n')
    assert list_events(tmp_path).returncode == 0
    assert '| done | info | `group` `operation` |' in (tmp_path / 'docs' / 'events.md').read_text()


def test_a_new_event_is_noticed(tmp_path):
    plant(tmp_path, '')
    assert list_events(tmp_path).returncode == 0
    plant(tmp_path, 'log.Write(LogLevel::kInfo, "new", {});\n')
    done = list_events(tmp_path, '--check')
    assert done.returncode == 1 and 'docs/events.md' in done.stdout


def test_a_phrase_that_varies_is_no_event(tmp_path):
    plant(tmp_path, 'int x;\nlog.Write(LogLevel::kInfo, why, {});\n')
    done = list_events(tmp_path)
    assert done.returncode == 1 and 'libsync/a.cc:2' in done.stdout
