"""scripts/cached: what is kept outside of the clone is used as it was put there, or made anew."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def cache(tmp_path):
    """Calls it with a command that notes that it ran and fills the folder."""
    ran = tmp_path / "ran"
    fill = tmp_path / "fill"
    fill.write_text(f'#!/bin/sh\necho x >>"{ran}"\nmkdir "$1/deep"\necho one >"$1/a file"\necho two >"$1/deep/b"\n')
    fill.chmod(0o755)

    def call(key="jars-1", command=fill, home=tmp_path / "cache"):
        done = subprocess.run([ROOT / "scripts/cached", key, command], capture_output=True, text=True,
                              env={**os.environ, "LAKEFERRY_CACHE": str(home)})
        return done.returncode, done.stdout.strip()

    call.runs = lambda: len(ran.read_text().split()) if ran.exists() else 0
    call.home = tmp_path / "cache"
    return call


def test_it_is_made_once_and_then_found(cache):
    status, folder = cache()
    assert status == 0 and pathlib.Path(folder, "a file").read_text() == "one\n"
    assert cache() == (0, folder) and cache.runs() == 1


def test_another_key_is_another_folder(cache):
    assert cache()[1] != cache("jars-2")[1]
    assert cache.runs() == 2


@pytest.mark.parametrize("damage", ["change", "lose", "unsum"])
def test_what_is_not_as_it_was_is_made_anew(cache, damage):
    folder = pathlib.Path(cache()[1])
    if damage == "change":
        (folder / "deep/b").write_text("evil\n")
    elif damage == "lose":
        (folder / "a file").unlink()
    else:
        (folder / "SHA256SUMS").unlink()
    assert cache() == (0, str(folder)) and cache.runs() == 2
    assert (folder / "deep/b").read_text() == "two\n" and (folder / "a file").exists()


def test_command_that_fails_leaves_nothing(cache, tmp_path):
    fails = tmp_path / "fails"
    fails.write_text('#!/bin/sh\ntouch "$1/half"\nexit 7\n')
    fails.chmod(0o755)
    assert cache(command=fails) == (7, "")
    assert list(cache.home.iterdir()) == []


def test_cache_that_cannot_be_written_says_so(cache, tmp_path):
    (tmp_path / "taken").write_text("")
    assert cache(home=tmp_path / "taken") == (3, "")
    assert cache.runs() == 0
