"""The systemd units and what comes with them: they verify, are locked up, and leave the daemon the time it asks for."""

import configparser
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.parse

import pytest
from lakeferry import BINARY

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEMD = ROOT / "systemd"
ROLES = ["sender", "receiver"]
EXPOSURE_MAX = 2.0

# What the daemon does to the kernel with file:// regions, SQLite, mail, threads and timers.
NEEDED_CALLS = {
    "openat2", "openat", "faccessat2", "linkat", "renameat2", "unlinkat", "mkdirat", "flock", "fcntl", "fsync",
    "fdatasync", "syncfs", "sync_file_range", "prlimit64",
    "ftruncate", "fallocate", "copy_file_range", "pread64", "pwrite64", "statx", "newfstatat", "getdents64", "mmap",
    "mprotect", "munmap", "clone3", "futex", "epoll_create1", "epoll_wait", "epoll_ctl", "eventfd2",
    "timerfd_create", "prctl", "madvise", "mlock", "munlock",
    "rt_sigaction", "rt_sigprocmask", "rt_sigtimedwait", "socket", "connect", "sendto", "sendmsg",
    "recvfrom", "poll", "shutdown", "socketpair", "getrandom", "ioctl", "sched_getaffinity", "exit_group", "kill",
    "tgkill",
}


class Unit(configparser.RawConfigParser):
    """A unit as key and last value; lists that are given twice are kept in `all`."""

    optionxform = staticmethod(str)

    def __init__(self, path):
        super().__init__(strict=False, interpolation=None)
        self.text = path.read_text()
        self.read_string(self.text)

    def seconds(self, key):
        value = self["Service"][key]
        assert re.fullmatch(r"\d+s", value), f"{key}={value}: whole seconds, so that this test can compare them"
        return int(value[:-1])

    def every(self, key):
        return re.findall(rf"^{key}=(.*)$", self.text, re.M)


@pytest.fixture(params=ROLES)
def role(request):
    return request.param


@pytest.fixture
def unit(role):
    return Unit(SYSTEMD / f"lakeferry-{role}.service")


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)


def test_unit_verifies_without_a_word(role, tmp_path):
    """As installed below a prefix of its own, where the binary is."""
    binary = tmp_path / "bin" / "lakeferry"
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    name = f"lakeferry-{role}.service"
    text = (SYSTEMD / name).read_text().replace("/usr/bin/lakeferry", str(binary))
    (tmp_path / name).write_text(text)
    answer = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", tmp_path / name)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_verify_would_see_a_mistake(tmp_path):
    (tmp_path / "broken.service").write_text("[Service]\nExecStart=/nowhere/lakeferry\nWatchdogSecs=1\n")
    answer = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", tmp_path / "broken.service")
    assert "WatchdogSecs" in answer.stderr


def test_exposure_is_small(role):
    answer = run("systemd-analyze", "security", "--offline=true", SYSTEMD / f"lakeferry-{role}.service")
    overall = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", answer.stdout)[1])
    assert overall <= EXPOSURE_MAX, answer.stdout


def default_drain_seconds():
    header = (ROOT / "daemon" / "config" / "config.h").read_text()
    return int(re.search(r"Millis drain_timeout\{([\d']+)\}", header)[1].replace("'", "")) // 1000


def test_systemd_waits_longer_than_the_drain(unit):
    assert unit.seconds("TimeoutStopSec") >= default_drain_seconds() + 10
    assert unit["Service"]["KillMode"] == "mixed", "a stop must reach the daemon alone, and its end everything"


def test_the_daemon_is_watched_and_restarted(unit):
    service = unit["Service"]
    assert service["Type"] == "notify" and service["NotifyAccess"] == "main" and unit.seconds("WatchdogSec") > 0
    assert service["Restart"] == "on-failure" and unit.seconds("RestartSec") >= 5
    assert unit["Unit"]["StartLimitIntervalSec"] == "0", "a daemon that gives up replicates nothing"


def megabytes(value):
    number, unit = re.fullmatch(r"(\d+)([MG])", value).groups()
    return int(number) * (1024 if unit == "G" else 1)


def test_memory_has_a_bound_that_the_guide_argues(unit):
    service = unit["Service"]
    high, most = megabytes(service["MemoryHigh"]), megabytes(service["MemoryMax"])
    assert high < most, "the kernel takes pages back before it kills"
    guide = (ROOT / "docs" / "operations.md").read_text()
    assert f"MemoryMax={service['MemoryMax']}" in guide and f"MemoryHigh={service['MemoryHigh']}" in guide
    # What one pass over a whole table of ten million files was seen to take, with room for a second one beside it.
    figures = (ROOT / "docs" / "performance.md").read_text()
    epochs = re.findall(r"^\| [^|]*, (?:sender|receiver) \|.*$", figures, re.M)
    seen = [int(found) for row in epochs for found in re.findall(r"\((\d+) MB", row)]
    assert len(seen) >= 8 and high > 2 * max(seen), f"MemoryHigh={high}M, and passes take up to {max(seen)} MB"


def test_no_core_file_holds_a_secret(unit):
    assert unit["Service"]["LimitCORE"] == "0"


# Folders as people name them, and what a unit makes of each.
ODD = ["/srv/dr/plain", "/srv/two words/x", "/srv/100%/x", "/srv/it's/x", '/srv/q"x/x', "/srv/back\\slash/x",
       "/srv/ünïcode/x", "/srv/tail\\/x", "/srv/$HOME/x", "/srv/;#/x"]


def drop_in(tmp_path, role, folders, credential="smtp_password"):
    """The unit and the drop-in that `lakeferry init` makes of a configuration whose targets lie in these folders."""
    tables = [{"name": f"t{at}", "source": f"file:///srv/lake/t{at}", "target": "file://" + urllib.parse.quote(folder)}
              for at, folder in enumerate(folders)]
    config = {"region": "west", "smtp": {"host": "m.example.com", "from": "a@example.com", "user": "u",
                                         "password": {"credential": credential}},
              "workspaces": [{"workspace_name": "demo", "sync_location_secondary": "file:///srv/dr/staging",
                              "sync_groups": [{"group_name": "orders", "tables": tables}]}]}
    (tmp_path / "c.json").write_text(json.dumps(config))
    units = tmp_path / "units"
    answer = run(BINARY, "init", "--config", tmp_path / "c.json", "--role", role, "--units", units)
    assert answer.returncode == 0, answer.stderr
    name = f"lakeferry-{role}.service"
    (units / name).write_text((SYSTEMD / name).read_text().replace("/usr/bin/lakeferry", str(BINARY)))
    return units


def test_drop_ins_verify_without_a_word(role, tmp_path):
    units = drop_in(tmp_path, role, ODD)
    assert "LoadCredential=smtp_password:/etc/lakeferry/credentials/smtp_password\n" in (
        units / f"lakeferry-{role}.service.d" / "lakeferry.conf").read_text()
    answer = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", units / f"lakeferry-{role}.service")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_verify_would_see_a_mistake_in_a_drop_in(tmp_path):
    units = drop_in(tmp_path, "receiver", ODD)
    with (units / "lakeferry-receiver.service.d" / "lakeferry.conf").open("a") as file:
        file.write('ReadWritePaths="/srv/open\n')
    answer = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", units / "lakeferry-receiver.service")
    assert "lakeferry.conf" in answer.stderr


def as_systemd_reads(units):
    """What the service manager itself makes of ReadWritePaths=; it tells that to no root."""
    (units / "default.target").write_text("[Unit]\nWants=lakeferry-receiver.service\n")
    room = pathlib.Path(tempfile.mkdtemp(prefix="lakeferry-units-", dir="/tmp"))
    try:
        shutil.copytree(units, room / "units")
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        for path in [room, *room.rglob("*")] if nobody else []:
            os.chown(path, 65534, 65534)
        env = {**os.environ, "SYSTEMD_UNIT_PATH": str(room / "units"), "XDG_RUNTIME_DIR": str(room), "HOME": str(room)}
        answer = subprocess.run(["/usr/lib/systemd/systemd", "--test", "--user", "--unit=default.target"], env=env,
                                capture_output=True, text=True, timeout=60, cwd=room, check=False, **nobody)
    finally:
        shutil.rmtree(room)
    found = re.findall(r"^\s*ReadWritePaths: (.*)$", answer.stdout + answer.stderr, re.M)
    assert len(found) == 1, answer.stdout + answer.stderr
    return found[0]


def test_systemd_reads_every_folder_as_it_is(tmp_path):
    units = drop_in(tmp_path, "receiver", ODD)
    above = sorted({str(pathlib.PurePath(folder).parent) for folder in ODD}, key=lambda folder: folder.encode())
    assert as_systemd_reads(units) == " ".join("-" + folder for folder in above)


def test_where_it_may_write_is_the_operators_word(unit):
    assert unit["Service"]["ProtectSystem"] == "strict" and not unit.every("ReadWritePaths")
    assert "#   ReadWritePaths=" in unit.text and "LoadCredential=" in unit.text


def members(group, seen=None):
    """The calls in a set of systemd's, and in the sets it refers to."""
    found = set()
    for line in run("systemd-analyze", "syscall-filter", group).stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            found |= members(word)
        elif word and not word.startswith("#"):
            found.add(word)
    return found


def test_system_call_filter_lets_through_what_the_daemon_does(unit):
    allowed, *denied = unit.every("SystemCallFilter")
    calls = set().union(*(members(group) for group in allowed.split()))
    for line in denied:
        assert line.startswith("~")
        calls -= set().union(*(members(group) for group in line[1:].split()))
    assert len(calls) > 100, "systemd-analyze lists no sets"
    assert NEEDED_CALLS - calls == set()


def test_a_unit_runs_nothing_that_a_small_debian_lacks(unit):
    commands = re.findall(r"^Exec\w+=(.*)$", unit.text, re.M)
    assert {line.split()[0] for line in commands} == {"/usr/bin/lakeferry", "/bin/sh"}


def test_paths_of_units_and_configuration_agree(role, unit):
    config = (ROOT / "daemon" / "config" / "config.h").read_text()
    assert f'"/var/lib/{unit["Service"]["StateDirectory"]}/metadata.db"' in config
    assert unit["Service"]["ExecStart"].startswith(f"/usr/bin/lakeferry {role} --config /etc/lakeferry/lakeferry.yaml")


def test_sysusers_and_tmpfiles_make_user_and_folders(tmp_path):
    for folder in ("etc", "usr/lib/sysusers.d", "usr/lib/tmpfiles.d"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(SYSTEMD / "lakeferry.sysusers", tmp_path / "usr/lib/sysusers.d/lakeferry.conf")
    shutil.copy(SYSTEMD / "lakeferry.tmpfiles", tmp_path / "usr/lib/tmpfiles.d/lakeferry.conf")
    for _ in range(2):  # again is the same
        for tool in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
            answer = run(*tool, f"--root={tmp_path}", "lakeferry.conf")
            assert answer.returncode == 0 and "error" not in answer.stderr.lower(), answer.stderr
    entry = re.search(r"^lakeferry:.*", (tmp_path / "etc/passwd").read_text(), re.M)[0].split(":")
    assert entry[5:] == ["/var/lib/lakeferry", "/usr/sbin/nologin"] and 0 < int(entry[2]) < 1000
    modes = {name: (tmp_path / name).stat().st_mode & 0o777
             for name in ("etc/lakeferry", "etc/lakeferry/credentials", "var/lib/lakeferry")}
    assert modes == {"etc/lakeferry": 0o750, "etc/lakeferry/credentials": 0o700, "var/lib/lakeferry": 0o750}
    assert (tmp_path / "var/lib/lakeferry").stat().st_uid == int(entry[2])
