# Runs at install time: puts the documents into one folder, with links that lead to where things are in an installation.
set(folder "${CMAKE_INSTALL_PREFIX}/share/doc/lakeferry")

# install_document(SOURCE): a page under its own name. Links into docs/ and out of it lead to pages beside it, those into
# config/ to the examples.
function(install_document source)
  get_filename_component(name "${source}" NAME)
  file(READ "${source}" text)
  string(REGEX REPLACE "\\]\\((\\.\\./)?config/" "](../../lakeferry/" text "${text}")
  string(REGEX REPLACE "\\]\\((docs|\\.\\.|\\.\\./libsync/plan)/([A-Za-z0-9_.]+[)#])" "](\\2" text "${text}")
  file(WRITE "${LAKEFERRY_INSTALL_SCRATCH}/${name}" "${text}")
  file(INSTALL DESTINATION "${folder}" TYPE FILE FILES "${LAKEFERRY_INSTALL_SCRATCH}/${name}")
endfunction()

file(GLOB pages "${LAKEFERRY_SOURCE_DIR}/docs/*.md" "${LAKEFERRY_SOURCE_DIR}/*.md")
foreach(page ${pages} "${LAKEFERRY_SOURCE_DIR}/libsync/plan/PROTOCOL.md")
  install_document("${page}")
endforeach()
file(GLOB pictures "${LAKEFERRY_SOURCE_DIR}/docs/*.svg" "${LAKEFERRY_SOURCE_DIR}/docs/*.txt")
file(INSTALL DESTINATION "${folder}" TYPE FILE FILES ${pictures})
file(GLOB screens "${LAKEFERRY_SOURCE_DIR}/docs/page/*.png")
file(INSTALL DESTINATION "${folder}/page" TYPE FILE FILES ${screens})
