# Runs at install time: puts units, sysusers, tmpfiles and defaults where the prefix wants them. Below /usr that is /etc
# for what operators edit; any other prefix keeps everything to itself, and its units name its own paths.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(etc "/etc")
else()
  set(etc "${CMAKE_INSTALL_PREFIX}/etc")
endif()

# install_text(SOURCE FOLDER NAME): the file with the paths of this prefix in it.
function(install_text source folder name)
  file(READ "${LAKEFERRY_SYSTEMD_DIR}/${source}" text)
  string(REPLACE "/usr/bin/lakeferry" "${CMAKE_INSTALL_PREFIX}/bin/lakeferry" text "${text}")
  string(REPLACE "/usr/share/" "${CMAKE_INSTALL_PREFIX}/share/" text "${text}")
  string(REPLACE "/etc/" "${etc}/" text "${text}")
  file(WRITE "${LAKEFERRY_INSTALL_SCRATCH}/${name}" "${text}")
  file(INSTALL DESTINATION "${folder}" TYPE FILE FILES "${LAKEFERRY_INSTALL_SCRATCH}/${name}")
endfunction()

install_text(lakeferry-sender.service "${CMAKE_INSTALL_PREFIX}/lib/systemd/system" lakeferry-sender.service)
install_text(lakeferry-receiver.service "${CMAKE_INSTALL_PREFIX}/lib/systemd/system" lakeferry-receiver.service)
install_text(lakeferry.sysusers "${CMAKE_INSTALL_PREFIX}/lib/sysusers.d" lakeferry.conf)
install_text(lakeferry.tmpfiles "${CMAKE_INSTALL_PREFIX}/lib/tmpfiles.d" lakeferry.conf)
install_text(lakeferry.default "${etc}/default" lakeferry)
