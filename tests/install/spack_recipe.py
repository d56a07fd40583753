"""The Spack recipe asks for what CMakeLists.txt and the tests need, and sets options that there are. Spack itself is not
asked: the directives are taken down by a module of that name. usage: spack_recipe.py SOURCE_ROOT"""

import os
import re
import sys
import types

root = sys.argv[1]
recipe = os.path.join(root, "scripts/spack/packages/winnow/package.py")
said = {"depends_on": [], "version": [], "variant": []}


class CMakePackage:
    run_tests = False

    def define(self, name, value):
        return name, value

    def define_from_variant(self, name, variant):
        assert variant in [args[0] for args, _ in said["variant"]], f"no variant {variant}"
        return name, variant


def directive(name):
    return lambda *args, **kwargs: said.setdefault(name, []).append((args, kwargs))


package = types.ModuleType("spack.package")
package.CMakePackage = CMakePackage
for name in ("version", "variant", "depends_on", "license", "generator"):
    setattr(package, name, directive(name))
sys.modules.update({"spack": types.ModuleType("spack"), "spack.package": package})
scope = {"__file__": recipe, "__name__": "recipe"}
exec(compile(open(recipe).read(), recipe, "exec"), scope)
winnow = scope["Winnow"]

# Names of the same thing: in CMake, in Spack.
spack_names = {"MPI": "mpi", "HDF5": "hdf5", "ZLIB": "zlib-api", "PkgConfig": "pkgconfig", "openblas": "openblas",
               "libfyaml": "libfyaml", "jansson": "jansson", "libxxhash": "xxhash",
               "libprotobuf-c": "protobuf-c", "ncursesw": "ncurses", "cunit": "cunit"}
cmake = open(os.path.join(root, "CMakeLists.txt")).read()
needed = {spack_names[n] for n in re.findall(r"find_package\((\w+)", cmake)}
needed |= {spack_names[n] for n in re.findall(r"pkg_check_modules\(\w+ REQUIRED IMPORTED_TARGET ([\w-]+)\)", cmake)}
tests = open(os.path.join(root, "tests/CMakeLists.txt")).read()
needed |= {spack_names[n] for n in re.findall(r"pkg_check_modules\(\w+ REQUIRED IMPORTED_TARGET ([\w-]+)\)", tests)}
assert len(needed) >= 9, needed
asked = {re.match(r"[\w-]+", args[0]).group(): (args[0], kwargs) for args, kwargs in said["depends_on"]}
assert set(asked) == needed | {"c", "cmake", "gnuplot"}, (sorted(asked), sorted(needed))

assert asked["cunit"][1].get("type") == "test"
assert asked["gnuplot"][1].get("type") == "run"
least = re.search(r"cmake_minimum_required\(VERSION ([\d.]+)\)", cmake).group(1)
assert asked["cmake"][0] == f"cmake@{least}:", asked["cmake"]

options = set(re.findall(r"option\((\w+)", cmake))
given = dict(winnow().cmake_args())
assert set(given) <= options, set(given) - options
assert given["WINNOW_NATIVE"] is False and given["WINNOW_TESTS"] is False

assert os.path.samefile(winnow.git[len("file://"):], root), winnow.git
assert re.search(r"^  namespace: \w+$", open(os.path.join(root, "scripts/spack/repo.yaml")).read(), re.M)
