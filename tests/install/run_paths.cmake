# Run paths name the folders of libraries that the loader does not find by itself, and no others.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/../../scripts/cmake/run_paths.cmake)

function(expect wanted)
  winnow_run_paths(paths ${ARGN})
  if(NOT "${paths}" STREQUAL "${wanted}")
    message(FATAL_ERROR "${ARGN} give the run path '${paths}' instead of '${wanted}'")
  endif()
endfunction()

execute_process(COMMAND gcc -print-file-name=libz.so OUTPUT_VARIABLE system OUTPUT_STRIP_TRAILING_WHITESPACE)
file(REAL_PATH "${system}" system)
get_filename_component(name "${system}" NAME)
set(apart ${CMAKE_CURRENT_BINARY_DIR}/run_paths)
file(REMOVE_RECURSE ${apart})
file(MAKE_DIRECTORY ${apart}/copy ${apart}/link)
configure_file(${system} ${apart}/copy/libz.so COPYONLY)
configure_file(${system} ${apart}/copy/libother.so.1.2 COPYONLY)
file(CREATE_LINK ${system} ${apart}/link/libz.so SYMBOLIC)

expect("" ${system})
# A name elsewhere for the file that the loader takes.
expect("" ${apart}/link/libz.so)
# The loader knows another file by this name, or none.
expect("${apart}/copy" ${apart}/copy/libz.so)
expect("${apart}/copy" ${apart}/copy/libother.so.1.2 ${system} ${apart}/copy/libz.so)
# No shared libraries.
expect("" m -lm ${apart}/copy/libz.a "")
# Where the linker looks by itself stands what only the linker reads, as libm.so.
set(CMAKE_C_IMPLICIT_LINK_DIRECTORIES ${apart}/copy)
expect("" ${apart}/copy/libother.so.1.2)
