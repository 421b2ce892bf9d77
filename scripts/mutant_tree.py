"""Programs that hold mutants, asleep: the release build's own, but for the sources that mutants stand in. They lie in
build/mutants.

Only those sources are compiled, as in the release build but not optimized; their objects stand before its libraries, of
which then nothing that they define is taken.
"""
import json
import os
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import mutant_sites

HEADER = 'lakeferry_mutants.h'
RELEASE = 'build/release'
# Compiling takes longer than running here.
OPTIONS = ['-O0', '-g0', '-w', '-fPIC', '-fno-omit-frame-pointer', '-fcf-protection', '-Xclang', '-fno-pch-timestamp']
# Whose precompiled header, and whose definitions, all of libsync are compiled with. Each of the daemon's sources has
# definitions of its own, and no precompiled header.
LIKE = 'libsync/engine/log/table_log.cc'
DAEMON = 'daemon'
DAEMON_HEADER = 'daemon/CMakeFiles/lakeferry_daemon.dir/cmake_pch.hxx'
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
               for folder in mutant_sites.FOLDERS for path in sorted((libsync / folder).rglob('*.cc'))]
    sources += [mutant_sites.Source(path.relative_to(root).as_posix(), path.read_text())
                for folder in mutant_sites.DAEMON_FOLDERS for path in sorted((root / DAEMON / folder).rglob('*.cc'))]
    headers = [path.read_text() for top in (libsync, root / DAEMON) for path in sorted(top.rglob('*.h'))]
    return sources, mutant_sites.makers_of([*headers, *(source.text for source in sources)])


def find_mutants(root):
    """(sources, all mutants of the tree)."""
    sources, makers = read_sources(root)
    found = [mutant for source in sources for mutant in mutant_sites.Finder(source, makers).all()]
    listed = (root / 'tests/mutants/listed.txt').read_text()
    return sources, mutant_sites.numbered(found + list(mutant_sites.listed(sources, listed)))


def is_daemons(file):
    return file.split('/')[0] == DAEMON


def write_if_changed(path, content):
    """So that the compiler's cache takes up only what changed."""
    if path.is_file() and path.read_text() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


class Build:
    """`folder` gets the sources, objects and programs; what the compiler said stands in its build.log."""

    def __init__(self, root, folder):
        self.root, self.folder = root, folder
        self.release = root / RELEASE
        self.log = folder / 'build.log'
        folder.mkdir(parents=True, exist_ok=True)
        self.log.write_text('')

    def make(self, sources, mutants, programs):
        """Compiles the sources with their mutants, and links each of the test programs with all of them."""
        targets = [os.path.basename(program) for program in programs]
        self.call([self.root / 'scripts/build', 'release', '--', *targets], self.root)
        header = HEADER_TEXT.replace('@NUMBER_MAX@', str(mutant_sites.NUMBER_MAX))
        write_if_changed(self.folder / 'src' / HEADER, header)
        if any(not is_daemons(source.file) for source in sources):
            self.precompile(self.compiler(LIKE))
        write_if_changed(self.folder / 'daemon.h', (self.release / DAEMON_HEADER).read_text())
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = list(pool.map(lambda source: self.compile(source, mutants), sources))
            list(pool.map(lambda program: self.link(program, objects), programs))

    def compiler(self, like):
        """The command of the release build for that source, to the last of the definitions and folders."""
        for entry in json.loads((self.release / 'compile_commands.json').read_text()):
            if entry['file'] == str(self.root / like):
                words = shlex.split(entry['command'])
                break
        kept = [word for word in words[1:] if word.startswith(('-D', '-I', '-std=', '-isystem'))]
        cached = [shutil.which('ccache')] if shutil.which('ccache') else []
        return [*cached, words[0], *[word for word in kept if not word.startswith('-D_FORTIFY')], *OPTIONS,
                f'-I{self.folder}/src']

    def precompile(self, compiler):
        header = self.release / 'libsync/engine/CMakeFiles/lakeferry_engine.dir/cmake_pch.hxx'
        write_if_changed(self.folder / 'all.h', header.read_text())
        self.call([*compiler, '-x', 'c++-header', self.folder / 'all.h', '-o', self.folder / 'all.h.pch'])

    def compile(self, source, mutants):
        text = mutant_sites.applied(source, [mutant for mutant in mutants if mutant.file == source.file], HEADER)
        path, made = self.folder / 'src' / source.file, self.folder / 'objects' / f'{source.file}.o'
        write_if_changed(path, text)
        made.parent.mkdir(parents=True, exist_ok=True)
        daemons = is_daemons(source.file)
        compiler = self.compiler(source.file if daemons else LIKE)
        self.call([*compiler, '-include', self.folder / ('daemon.h' if daemons else 'all.h'), '-c', path, '-o', made])
        return made

    def link(self, program, objects):
        """As the release build links it, with the objects before its libraries."""
        name = os.path.basename(program)
        commands = subprocess.run(['ninja', '-C', self.release, '-t', 'commands', name], capture_output=True, text=True,
                                  check=True).stdout
        words = [word for word in shlex.split(commands.strip().splitlines()[-1]) if word not in (':', '&&')]
        at = words.index('-o')
        # A layer's tests are linked with what lies below it.
        linked = [made for made in objects if any(f'lakeferry_{self.layer_of(made)}.a' in word for word in words)]
        made = self.folder / program
        made.parent.mkdir(parents=True, exist_ok=True)
        self.call([*words[:at], *linked, '-o', made, '-Wl,--strip-debug', *words[at + 2:]])

    def layer_of(self, made):
        return made.relative_to(self.folder / 'objects').parts[0]

    def call(self, command, where=None):
        env = {**os.environ, 'CCACHE_DIR': str(self.root / 'build/ccache'), 'CCACHE_BASEDIR': str(self.root),
               'CCACHE_SLOPPINESS': 'pch_defines,time_macros'}
        done = subprocess.run(command, cwd=where or self.release, env=env, capture_output=True, text=True)
        with self.log.open('a') as log:
            print('$', ' '.join(map(str, command)), done.stdout, done.stderr, sep='\n', file=log)
        if done.returncode != 0:
            raise BuildFailed(f'{done.stderr[-2000:]}\nsee {self.log}')
