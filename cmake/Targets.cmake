# How a folder becomes a library and how tests are declared, so that the lists of files never need writing down.

# lakeferry_library(NAME DEPS...): every .cc of the current folder and of those in it, as the static library lakeferry_NAME.
function(lakeferry_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  add_library(lakeferry_${name} STATIC ${sources})
  target_include_directories(lakeferry_${name} PUBLIC "${CMAKE_SOURCE_DIR}/libsync")
  target_link_libraries(lakeferry_${name} PUBLIC ${ARGN})
endfunction()

# lakeferry_precompile(TARGET HEADERS...): the target's own precompiled header.
function(lakeferry_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

# How many sources are handed to the compiler at a time where it is said of a target: half of what they cost are the
# headers that their neighbours include as well. 1: each apart, for whoever edits them.
set(LAKEFERRY_BATCH 8 CACHE STRING "Sources that are handed to the compiler at a time, of tests and adapters")

# lakeferry_together(TARGET): its sources are compiled some at a time. Not for what mutants stand in (scripts/mutants),
# whose objects take the place of a single source's.
function(lakeferry_together target)
  if(NOT LAKEFERRY_UNITY AND LAKEFERRY_BATCH GREATER 1)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${LAKEFERRY_BATCH})
    target_compile_options(${target} PRIVATE -Wno-shadow)
  endif()
endfunction()

# lakeferry_alone(SOURCES...): sources of the current folder that stay apart where others are compiled some at a time,
# because their unnamed namespaces use a name that another source's does.
function(lakeferry_alone)
  foreach(source ${ARGN})
    if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
      message(FATAL_ERROR "${CMAKE_CURRENT_SOURCE_DIR}/${source} is to be compiled alone and is not there")
    endif()
  endforeach()
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Tests are compiled more often than their own code runs: what they test is optimized, they are not.
set(LAKEFERRY_TEST_OPTIONS -O0 -U_FORTIFY_SOURCE)

# The precompiled header that tests share.
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/test_headers.cc" CONTENT "// No source of its own.\n")
add_library(lakeferry_test_headers OBJECT "${CMAKE_BINARY_DIR}/test_headers.cc")
target_link_libraries(lakeferry_test_headers PRIVATE fmt::fmt GTest::gmock GTest::gtest)
target_compile_options(lakeferry_test_headers PRIVATE -fPIE ${LAKEFERRY_TEST_OPTIONS})  # as tests are compiled
target_precompile_headers(lakeferry_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h>)

# lakeferry_test(NAME DEPS...): every source of the current folder and every *_test.cc of the folders in it, as one
# executable and one test NAME.
# Where the folder has set TEST_HEADERS, these are precompiled for it beside those that all tests share; where it has
# set TEST_OPTIMIZED, because it does much itself, the tests are optimized too; where it has set TEST_BESIDE to object
# stores of tests/servers, there is a test NAME.STORE for each, which finds the store in its environment.
function(lakeferry_test name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc" "${CMAKE_CURRENT_SOURCE_DIR}/*/*_test.cc")
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/libsync" "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARGN} GTest::gmock GTest::gtest GTest::gtest_main)
  if(NOT TEST_OPTIMIZED)
    target_compile_options(${name} PRIVATE ${LAKEFERRY_TEST_OPTIONS})
  endif()
  lakeferry_together(${name})
  if(LAKEFERRY_UNITY)
    target_compile_options(${name} PRIVATE "SHELL:-include gmock/gmock.h" "SHELL:-include gtest/gtest.h")
  elseif(TEST_HEADERS OR TEST_OPTIMIZED)
    target_precompile_headers(${name} PRIVATE <gmock/gmock.h> <gtest/gtest.h> ${TEST_HEADERS})
  else()
    target_precompile_headers(${name} REUSE_FROM lakeferry_test_headers)
  endif()
  if(NOT TEST_BESIDE)
    add_test(NAME ${name} COMMAND ${name})
  endif()
  foreach(store ${TEST_BESIDE})
    add_test(NAME ${name}.${store} COMMAND "${CMAKE_SOURCE_DIR}/tests/servers/run" --name ${name}.${store} ${store} --
             $<TARGET_FILE:${name}>)
  endforeach()
endfunction()
