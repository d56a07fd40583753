# What Debian's policy wants otherwise than a plain installation; CPack runs this on what it has installed.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
file(RENAME ${root}/doc/winnow/CHANGELOG.md ${root}/doc/winnow/changelog)
file(REMOVE ${root}/doc/winnow/LICENSE)
file(WRITE ${root}/doc/winnow/copyright "\
winnow, under the Apache License, version 2.0, whose text is in
/usr/share/common-licenses/Apache-2.0 on Debian systems.

")
file(READ ${root}/doc/winnow/LICENCE.joe-kuo joe_kuo)
file(APPEND ${root}/doc/winnow/copyright "${joe_kuo}")
file(REMOVE ${root}/doc/winnow/LICENCE.joe-kuo)
execute_process(COMMAND gzip -9n ${root}/doc/winnow/changelog ${root}/man/man1/winnow.1 ${root}/man/man1/winnow-launch.1
                COMMAND_ERROR_IS_FATAL ANY)
