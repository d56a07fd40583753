# `cpack`: a .deb (or -G TGZ) of what is installed. For other machines than this one, so only from a build without
# WINNOW_NATIVE; the products' kernels are chosen at run time in any case.
set(CPACK_PACKAGE_NAME winnow)
set(CPACK_PACKAGE_CONTACT "winnow maintainers <maintainers@winnow.invalid>" CACHE STRING "Maintainer that a package names")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "tunes neural networks on clusters, coarse to fine")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_WINNOW_NATIVE ${WINNOW_NATIVE})
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/scripts/cmake/package_check.cmake)

set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/scripts/cmake/package_debian.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# winnow alone, and srun, do without mpirun; winnow-launch does not.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openmpi-bin, gnuplot-nox")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS dataset-fashion-mnist)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
winnow draws learning rate, momentum, layer sizes and other settings from wide
ranges, gives each draw to an MPI rank that trains a network with it, narrows
the ranges around what worked, trains longer there, and joins the best networks
into an ensemble. One program under mpirun or srun, one YAML file in, one HDF5
file out; whatever is killed, the same command goes on.")
include(CPack)
