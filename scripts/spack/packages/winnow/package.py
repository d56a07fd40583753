import os

from spack.package import *


class Winnow(CMakePackage):
    """Tunes neural networks on clusters: random draws from wide ranges, coarse to fine, over MPI; one YAML file in,
    one HDF5 file out, no server. Finished trials survive whatever is killed."""

    # The checkout that this recipe lies in.
    git = "file://" + os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", "..", ".."))

    license("Apache-2.0")

    version("main", branch="main")

    variant("blas_first", default=False, description="Let OpenBLAS compute all matrix products that it can")

    depends_on("c", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("pkgconfig", type="build")

    # winnow-launch needs mpirun of Open MPI 4.1; under srun --mpi=pmix other versions may do.
    depends_on("mpi")
    depends_on("hdf5@1.10: ~mpi")
    depends_on("openblas")
    depends_on("libfyaml@0.7.12:")
    depends_on("jansson")
    depends_on("xxhash@0.8:")
    depends_on("protobuf-c@1.4:")
    depends_on("zlib-api")
    depends_on("ncurses")

    depends_on("gnuplot+cairo", type="run")
    depends_on("cunit", type="test")

    generator("ninja")

    def cmake_args(self):
        # Spack's compiler wrappers say which processor to build for. What comes later on the command line counts, so
        # the kernels for AVX2 and AVX-512 are there all the same, and chosen at run time.
        return [
            self.define("WINNOW_NATIVE", False),
            self.define("WINNOW_TESTS", self.run_tests),
            self.define_from_variant("WINNOW_BLAS_FIRST", "blas_first"),
        ]

    def check(self):
        with working_dir(self.build_directory):
            Executable(self.spec["cmake"].prefix.bin.ctest)("-L", "unit")
