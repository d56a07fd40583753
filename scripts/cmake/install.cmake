# What `cmake --install` puts where. Nothing of it knows the prefix, apart from the module file, which also finds out: the
# prefix may be moved.
include(GNUInstallDirs)
include(scripts/cmake/run_paths.cmake)
set(scripts ${PROJECT_SOURCE_DIR}/scripts)
set(documents ${PROJECT_BINARY_DIR}/src/cli/documents)
set(share ${CMAKE_INSTALL_DATADIR}/winnow)

winnow_run_paths(run_paths ${OPENBLAS_LINK_LIBRARIES} ${MPI_C_LIBRARIES} ${HDF5_C_LIBRARIES} ${FYAML_LINK_LIBRARIES}
                 ${JANSSON_LINK_LIBRARIES} ${XXHASH_LINK_LIBRARIES} ${PROTOBUF_C_LINK_LIBRARIES}
                 ${NCURSESW_LINK_LIBRARIES} ${ZLIB_LIBRARIES})
set_target_properties(winnow PROPERTIES INSTALL_RPATH "${run_paths}")
install(TARGETS winnow RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(PROGRAMS ${scripts}/launch DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME winnow-launch)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/search_spaces ${scripts}/slurm ${scripts}/pbs ${scripts}/lsf DESTINATION ${share}
        USE_SOURCE_PERMISSIONS)
install(FILES LICENSE README.md CHANGELOG.md src/search/points/LICENCE.joe-kuo DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${documents}/winnow.1 ${scripts}/man/winnow-launch.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
foreach(command IN ITEMS winnow winnow-launch)
  install(FILES ${documents}/winnow.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${command})
endforeach()

# The prefix is known when it is installed, not before. In /usr nobody needs a module.
set(BIN ${CMAKE_INSTALL_BINDIR})
set(MAN ${CMAKE_INSTALL_MANDIR})
set(MODULES ${share}/modulefiles)
set(PREFIX @PREFIX@)
configure_file(${scripts}/modules/winnow.in ${PROJECT_BINARY_DIR}/modulefile.in @ONLY)
install(CODE "
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    get_filename_component(PREFIX \"\${CMAKE_INSTALL_PREFIX}\" ABSOLUTE)
    configure_file(${PROJECT_BINARY_DIR}/modulefile.in ${PROJECT_BINARY_DIR}/modulefile @ONLY)
    file(INSTALL ${PROJECT_BINARY_DIR}/modulefile DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${MODULES}/winnow\"
         RENAME ${PROJECT_VERSION})
  endif()
")
