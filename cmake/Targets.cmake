# How a folder becomes a library and how tests are declared, so that the lists of files never need writing down.

# lakeferry_library(NAME DEPS...): every .cc of the current folder, as the static library lakeferry_NAME.
function(lakeferry_library name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  add_library(lakeferry_${name} STATIC ${sources})
  target_include_directories(lakeferry_${name} PUBLIC "${CMAKE_SOURCE_DIR}/libsync")
  target_link_libraries(lakeferry_${name} PUBLIC ${ARGN})
endfunction()

# lakeferry_precompile(TARGET HEADERS...): the target's own precompiled header.
function(lakeferry_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

# lakeferry_test(NAME DEPS...): every *_test.cc of the current folder, as one executable and one test NAME.
function(lakeferry_test name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/libsync" "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARGN} GTest::gmock GTest::gtest GTest::gtest_main)
  target_precompile_headers(${name} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  if(LAKEFERRY_SANITIZE MATCHES "fuzzer")
    # What guides a fuzzer through the libraries is a quarter of a test's compile time and tells nothing here.
    target_compile_options(${name} PRIVATE -fno-sanitize=fuzzer-no-link)
  endif()
  add_test(NAME ${name} COMMAND ${name})
endfunction()
