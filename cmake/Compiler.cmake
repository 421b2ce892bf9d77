# The compiler settings every target shares.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "lakeferry is built with clang 19: use a preset (cmake --preset release). "
                      "g++ 12 miscompiles several coroutine forms.")
endif()

set(LAKEFERRY_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
option(LAKEFERRY_UNITY "Hand all sources to the compiler some at a time" OFF)
option(LAKEFERRY_FUZZ "Build the fuzz targets" OFF)

add_compile_options(-Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wunused-result
                    -Wno-missing-designated-field-initializers -fno-omit-frame-pointer)
add_link_options(-fuse-ld=lld-19)

if(LAKEFERRY_UNITY)
  # Most of the time goes into what headers bring to every source: inline functions and their instrumentation, or
  # declarations for clang-tidy to visit. Names of unnamed namespaces meet; lakeferry_alone() takes a source out. A
  # precompiled header costs more than so few units gain.
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 24)
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
  add_compile_options(-Wno-shadow)
endif()

if(LAKEFERRY_SANITIZE)
  # Compiling takes longer than running here.
  add_compile_options(-O0 -g1 "-fsanitize=${LAKEFERRY_SANITIZE}" -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${LAKEFERRY_SANITIZE}")
else()
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
                      -fcf-protection)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  set(CMAKE_EXE_LINKER_FLAGS "${CMAKE_EXE_LINKER_FLAGS} -pie")
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # The cache lives in the build folder, so that a clone leaves nothing elsewhere; precompiled headers need the sloppiness.
  # What a source includes comes from its compilation: to preprocess it beforehand is a tenth of what a new one costs.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      "CCACHE_DIR=${CMAKE_SOURCE_DIR}/build/ccache" "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
      "CCACHE_SLOPPINESS=pch_defines,time_macros" "CCACHE_DEPEND=1" ${CCACHE_PROGRAM})
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()
