"""A copy of the project that holds every mutant, asleep, and its build: build/mutants of scripts/mutants."""
import os
import shutil
import subprocess

import mutant_sites

HEADER = 'lakeferry_mutants.h'
# What configuring needs; what is built of it is named by target.
COPIED = ['CMakeLists.txt', 'cmake', 'libsync', 'daemon', 'tests', 'bench', 'systemd', 'config', 'docs', 'README.md']
# Each without the C++ of its own that a build needs.
LEFT_OUT = {'corpus', 'conformance', 'e2e', '__pycache__', 'mutants'}

# Which guard is gone is read once; which were asked is written down where somebody wants to know what a test reaches.
HEADER_TEXT = '''#pragma once
#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace lakeferry_mutants {
inline constexpr int kNumberMax = @NUMBER_MAX@;
inline const int chosen = [] {
  const char* text = std::getenv("LAKEFERRY_MUTANT");
  return text == nullptr ? 0 : std::atoi(text);
}();
struct Asked {
  std::atomic<bool> of[kNumberMax] = {};
  ~Asked() {
    const char* path = std::getenv("LAKEFERRY_MUTANTS_ASKED");
    std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
    if (file == nullptr) return;
    for (int n = 1; n < kNumberMax; ++n) {
      if (of[n].load(std::memory_order_relaxed)) std::fprintf(file, "%d\\n", n);
    }
    std::fclose(file);
  }
};
inline Asked asked;
inline bool Keeps(int number) {
  if (chosen == 0) asked.of[number].store(true, std::memory_order_relaxed);
  return number != chosen;
}
}  // namespace lakeferry_mutants
'''


class BuildFailed(Exception):
    pass


def read_sources(root):
    """The sources that mutants are looked for in, and the makers of errors that they use."""
    libsync = root / 'libsync'
    sources = [mutant_sites.Source(path.relative_to(libsync).as_posix(), path.read_text())
               for folder in mutant_sites.FOLDERS for path in sorted((libsync / folder).glob('*.cc'))]
    headers = [path.read_text() for path in libsync.glob('*/*.h')]
    return sources, mutant_sites.makers_of([*headers, *(source.text for source in sources)])


def find_mutants(root):
    """(sources, all mutants of the tree)."""
    sources, makers = read_sources(root)
    found = [mutant for source in sources for mutant in mutant_sites.Finder(source, makers).all()]
    listed = (root / 'tests/mutants/listed.txt').read_text()
    return sources, mutant_sites.numbered(found + list(mutant_sites.listed(sources, listed)))


def write_if_changed(path, content):
    """So that the build takes up only what changed."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def wanted_files(root):
    for name in COPIED:
        top = root / name
        if top.is_file():
            yield top
        for folder, inner, files in os.walk(top):
            inner[:] = [name for name in inner if name not in LEFT_OUT]
            yield from (top.__class__(folder) / name for name in files)


def write_tree(root, tree, sources, mutants):
    by_file = {f'libsync/{source.file}': source for source in sources}
    wanted = {tree / 'libsync' / HEADER}
    header = HEADER_TEXT.replace('@NUMBER_MAX@', str(mutant_sites.NUMBER_MAX))
    write_if_changed(tree / 'libsync' / HEADER, header.encode())
    for path in wanted_files(root):
        name = path.relative_to(root).as_posix()
        content = path.read_bytes()
        if name in by_file:
            source = by_file[name]
            inside = [mutant for mutant in mutants if mutant.file == source.file]
            content = mutant_sites.applied(source, inside, HEADER).encode()
        write_if_changed(tree / name, content)
        wanted.add(tree / name)
    for path in [*tree.glob('*/**/*')]:
        if path.relative_to(tree).parts[0] != 'build' and path.is_file() and path not in wanted:
            path.unlink()
    (tree / 'build').mkdir(exist_ok=True)
    for shared in ('ccache', 'tools'):
        link = tree / 'build' / shared
        if not link.is_symlink():
            link.symlink_to(root / 'build' / shared)


def build(tree, folder, targets, log):
    """Compiles the targets; what the compiler said stands in `log`."""
    # Not optimized: compiling takes longer than running here.
    configure = ['cmake', '-S', tree, '-B', folder, '-G', 'Ninja', '-DCMAKE_CXX_COMPILER=clang++-19',
                 '-DCMAKE_C_COMPILER=clang-19', '-DCMAKE_BUILD_TYPE=Debug', '-DLAKEFERRY_UNITY=ON',
                 '-DCMAKE_CXX_FLAGS=-w', '-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0']
    with log.open('w') as out:
        for command in (configure, ['ninja', '-C', folder, *targets]):
            if subprocess.run(command, stdout=out, stderr=subprocess.STDOUT).returncode != 0:
                raise BuildFailed(f'{" ".join(map(str, command))}: see {log}')


def clear(folder):
    shutil.rmtree(folder, ignore_errors=True)
