# What `cmake --install` puts where, and the .deb that CPack makes of it.
#
# bin/lakeferry finds the Arrow and Parquet libraries it was built against in lib/lakeferry beside it, where they find
# each other; everything else it needs is the distribution's.

set(_private_lib_dir lib/lakeferry)

install(TARGETS lakeferry RUNTIME DESTINATION bin)
set_target_properties(lakeferry PROPERTIES INSTALL_RPATH "")
if(LAKEFERRY_ARROW_LIBRARIES)
  set_target_properties(lakeferry PROPERTIES INSTALL_RPATH "$ORIGIN/../${_private_lib_dir}")
  install(PROGRAMS ${LAKEFERRY_ARROW_LIBRARIES} DESTINATION ${_private_lib_dir})
endif()

# Units, sysusers, tmpfiles and defaults hold paths, which depend on a prefix known only at install time.
install(CODE "set(LAKEFERRY_SYSTEMD_DIR \"${CMAKE_SOURCE_DIR}/systemd\")
set(LAKEFERRY_INSTALL_SCRATCH \"${CMAKE_BINARY_DIR}/install_scratch\")
include(\"${CMAKE_SOURCE_DIR}/systemd/install.cmake\")")

# Examples and documents.
install(DIRECTORY "${CMAKE_SOURCE_DIR}/config/" DESTINATION share/lakeferry
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.json" PATTERN Containerfile)
install(CODE "set(LAKEFERRY_SOURCE_DIR \"${CMAKE_SOURCE_DIR}\")
set(LAKEFERRY_INSTALL_SCRATCH \"${CMAKE_BINARY_DIR}/install_scratch\")
include(\"${CMAKE_SOURCE_DIR}/cmake/InstallDocuments.cmake\")")

# Manual pages and completions, from what the program itself says of its command line.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(_pages "${CMAKE_BINARY_DIR}/pages")
set(_example "${CMAKE_SOURCE_DIR}/config/lakeferry.example.yaml")
add_custom_command(
  OUTPUT "${_pages}/lakeferry.1" "${_pages}/lakeferry.yaml.5" "${_pages}/lakeferry.bash" "${_pages}/_lakeferry"
         "${_pages}/lakeferry.fish"
  COMMAND lakeferry grammar > "${CMAKE_BINARY_DIR}/grammar.json"
  COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/scripts/command_pages.py" --version "${PROJECT_VERSION}"
          --example "${_example}" --to "${_pages}" < "${CMAKE_BINARY_DIR}/grammar.json"
  DEPENDS lakeferry "${CMAKE_SOURCE_DIR}/scripts/command_pages.py" "${CMAKE_SOURCE_DIR}/scripts/config_pages.py"
          "${_example}"
  COMMENT "Manual pages and completions"
  VERBATIM)
add_custom_target(pages ALL DEPENDS "${_pages}/lakeferry.1")
install(FILES "${_pages}/lakeferry.1" DESTINATION share/man/man1)
install(FILES "${_pages}/lakeferry.yaml.5" DESTINATION share/man/man5)
install(FILES "${_pages}/lakeferry.bash" DESTINATION share/bash-completion/completions RENAME lakeferry)
install(FILES "${_pages}/_lakeferry" DESTINATION share/zsh/vendor-completions)
install(FILES "${_pages}/lakeferry.fish" DESTINATION share/fish/vendor_completions.d)

# Licences: what the package says of itself, and those of what the binary holds or brings along and that ask for it.
install(FILES "${CMAKE_SOURCE_DIR}/systemd/debian/copyright" DESTINATION share/doc/lakeferry)
foreach(_package libcli11-dev libhowardhinnant-date-dev libsimdjson-dev libspdlog-dev libxxhash-dev)
  install(FILES "/usr/share/doc/${_package}/copyright" DESTINATION share/doc/lakeferry/third-party
          RENAME "${_package}" OPTIONAL)
endforeach()
if(LAKEFERRY_ARROW_LIBRARIES)
  list(GET LAKEFERRY_ARROW_LIBRARIES 0 _arrow_library)
  get_filename_component(_arrow_dir "${_arrow_library}" DIRECTORY)
  file(GLOB _arrow_licences "${_arrow_dir}-*.dist-info/licenses/*.txt" "${_arrow_dir}/LICENSE.txt" "${_arrow_dir}/NOTICE.txt")
  install(FILES ${_arrow_licences} DESTINATION share/doc/lakeferry/third-party/arrow)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${_arrow_dir}")
endif()

# The package. With DESTDIR the install rules see the prefix /usr itself, not a folder below the build's.
set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME lakeferry)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_VENDOR lakeferry)
set(CPACK_PACKAGE_CONTACT "the lakeferry developers <lakeferry@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps groups of Delta Lake tables in a second region")
set(CPACK_PACKAGE_DESCRIPTION "A daemon that replicates groups of Delta Lake tables between regions, each group always at the
state that a finished workflow left behind. One binary, as sender and as receiver; no Spark, no JVM, no cluster.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY "${CMAKE_BINARY_DIR}/package")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, libjemalloc2, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS systemd)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/systemd/debian/postinst"
    "${CMAKE_SOURCE_DIR}/systemd/debian/prerm" "${CMAKE_SOURCE_DIR}/systemd/debian/postrm"
    "${CMAKE_SOURCE_DIR}/systemd/debian/conffiles")
include(CPack)
