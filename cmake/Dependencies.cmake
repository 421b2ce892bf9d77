# Every third-party target by name. Debian packages, but for Arrow and Parquet.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(simdjson REQUIRED)
find_package(pugixml REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)

# Asio alone, header-only; Beast comes with the same headers but is a matter of few source files.
add_library(lakeferry_asio INTERFACE)
target_link_libraries(lakeferry_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(lakeferry_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_CO_AWAIT)

# The Parquet library of a pyarrow wheel exports a simdjson of its own, of another version: a program that finds that one
# first calls functions that do not fit its headers. So ours is the first library of every program.
add_link_options("$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:$<TARGET_FILE:simdjson::simdjson>>")

include(Arrow)
