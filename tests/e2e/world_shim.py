"""Builds world_shim.c and gives the environment that preloads it."""
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name('world_shim.c')


def built(folder):
    library = folder / 'world_shim.so'
    subprocess.run(['clang-19', '-O1', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, SOURCE], check=True)
    return library


def environment(library, writes_max=None, clock_offset_s=None, die_at=None):
    values = {'LD_PRELOAD': str(library)}
    if writes_max is not None:
        values['SHIM_WRITES_MAX'] = str(writes_max)
    if clock_offset_s is not None:
        values['SHIM_CLOCK_OFFSET_S'] = str(clock_offset_s)
    if die_at is not None:
        values['SHIM_DIE_AT'] = str(die_at)
    return values
