# Arrow and Parquet: an installed CMake package where there is one, else the pyarrow wheel, whose headers and shared
# libraries are documented for linking from C++. Defines the target lakeferry_parquet_dep and, for the wheel,
# LAKEFERRY_ARROW_LIBRARIES: the shared objects an install or a package carries along, in one folder, where they find
# each other ($ORIGIN). They need nothing beyond libc and libstdc++.
set(LAKEFERRY_ARROW_LIBRARIES "" CACHE INTERNAL "")
add_library(lakeferry_parquet_dep INTERFACE)

find_package(Parquet CONFIG QUIET)
if(Parquet_FOUND)
  target_link_libraries(lakeferry_parquet_dep INTERFACE Parquet::parquet_shared)
  message(STATUS "Arrow and Parquet ${Parquet_VERSION} from ${Parquet_DIR}")
  return()
endif()

set(LAKEFERRY_PYARROW "" CACHE PATH
    "The pyarrow package folder to take Arrow from (default: the one scripts/install made)")
set(_pyarrow "${LAKEFERRY_PYARROW}")
if(NOT _pyarrow)
  file(GLOB _pyarrow "${CMAKE_SOURCE_DIR}/build/tools/python/lib/python3*/site-packages/pyarrow")
endif()
list(LENGTH _pyarrow _count)
if(NOT _count EQUAL 1 OR NOT EXISTS "${_pyarrow}/include/arrow/util/config.h")
  message(FATAL_ERROR "no Arrow/Parquet: neither a CMake package nor a pyarrow wheel with headers "
                      "(found: \"${_pyarrow}\"). Run scripts/install, or name "
                      "the folder of an installed pyarrow with -DLAKEFERRY_PYARROW=…")
endif()

# Headers and libraries are of one release: the headers say which suffix theirs have.
file(STRINGS "${_pyarrow}/include/arrow/util/config.h" _so_version REGEX "define ARROW_SO_VERSION ")
string(REGEX REPLACE ".*\"([0-9]+)\".*" "\\1" _so_version "${_so_version}")
foreach(_name arrow parquet)
  set(_library "${_pyarrow}/lib${_name}.so.${_so_version}")
  if(NOT EXISTS "${_library}")
    message(FATAL_ERROR "the pyarrow wheel has headers of Arrow ${_so_version} but no ${_library}: install it anew")
  endif()
  add_library(lakeferry_wheel_${_name} SHARED IMPORTED GLOBAL)
  set_target_properties(lakeferry_wheel_${_name} PROPERTIES IMPORTED_LOCATION "${_library}"
                        IMPORTED_SONAME "lib${_name}.so.${_so_version}")
  target_include_directories(lakeferry_wheel_${_name} SYSTEM INTERFACE "${_pyarrow}/include")
  list(APPEND LAKEFERRY_ARROW_LIBRARIES "${_library}")
endforeach()
set(LAKEFERRY_ARROW_LIBRARIES "${LAKEFERRY_ARROW_LIBRARIES}" CACHE INTERNAL "")
target_link_libraries(lakeferry_parquet_dep INTERFACE lakeferry_wheel_parquet lakeferry_wheel_arrow)
message(STATUS "Arrow and Parquet ${_so_version} from the wheel in ${_pyarrow}")
