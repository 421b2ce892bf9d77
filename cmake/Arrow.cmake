# Arrow and Parquet: an installed CMake package where there is one, else the pyarrow wheel, whose headers and shared
# libraries are documented for linking from C++. Defines the target lakeferry_parquet_dep and, for the wheel,
# LAKEFERRY_ARROW_LIBRARIES: the shared objects an install or a package carries along.
set(LAKEFERRY_ARROW_LIBRARIES "" CACHE INTERNAL "")
add_library(lakeferry_parquet_dep INTERFACE)

find_package(Parquet CONFIG QUIET)
if(Parquet_FOUND)
  target_link_libraries(lakeferry_parquet_dep INTERFACE Parquet::parquet_shared)
  return()
endif()

set(LAKEFERRY_PYARROW "" CACHE PATH "The pyarrow package folder to take Arrow from (default: the one scripts/install made)")
set(_pyarrow "${LAKEFERRY_PYARROW}")
if(NOT _pyarrow)
  file(GLOB _found "${CMAKE_SOURCE_DIR}/build/tools/python/lib/python3*/site-packages/pyarrow")
  list(GET _found 0 _pyarrow)
endif()
file(GLOB _arrow "${_pyarrow}/libarrow.so.*")
file(GLOB _parquet "${_pyarrow}/libparquet.so.*")
if(NOT _arrow OR NOT _parquet)
  message(FATAL_ERROR "no Arrow/Parquet: neither a CMake package nor a pyarrow wheel. Run scripts/install, "
                      "or name the folder of an installed pyarrow with -DLAKEFERRY_PYARROW=…")
endif()
target_include_directories(lakeferry_parquet_dep SYSTEM INTERFACE "${_pyarrow}/include")
target_link_libraries(lakeferry_parquet_dep INTERFACE "${_parquet}" "${_arrow}")
set(LAKEFERRY_ARROW_LIBRARIES "${_arrow};${_parquet}" CACHE INTERNAL "")
message(STATUS "Arrow and Parquet from the wheel in ${_pyarrow}")
