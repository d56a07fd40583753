# cpack reads this first.
if(CPACK_WINNOW_NATIVE)
  message(FATAL_ERROR "this build has WINNOW_NATIVE on, so it may not run on other machines than this one; build the package "
                      "from another: cmake --preset package && cmake --build --preset package && cpack --preset package")
endif()
