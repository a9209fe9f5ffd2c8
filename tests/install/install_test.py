# Installs the build into a fresh folder, moves it, and uses it as strangers do: through CMake's package,
# through pkg-config, and with the README's own lines of C++. Usage: install_test.py BUILD SOURCE COMPILER
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, SOURCE, COMPILER = (sys.argv.pop(1) for _ in range(3))
SOURCE = Path(SOURCE)
EXAMPLE = SOURCE / "examples/cpp"
MODEL, PICTURE = SOURCE / "examples/cifar10_resnet8.h5", SOURCE / "examples/cat.png"
SYSTEM = {"linux-vdso", "libc", "libm", "ld-linux-x86-64"}
COMPILERS_OWN = {"libstdc++", "libgcc_s"}


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} gave {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def libraries(program):
    """The shared libraries that a program loads, by name without version."""
    return {re.split(r"\.so", Path(line.split()[0]).name)[0] for line in run("ldd", program).splitlines()}


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        run("cmake", "--install", BUILD, "--prefix", cls.work / "first")
        (cls.work / "first").rename(cls.work / "moved")
        cls.prefix = cls.work / "moved"
        cls.environment = {**os.environ, "VIVACE_CACHE": "off",
                           "PKG_CONFIG_PATH": str(next(cls.prefix.rglob("pkgconfig")))}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def compile(self, source, program):
        flags = run("pkg-config", "--cflags", "--libs", "vivace", env=self.environment).split()
        run(COMPILER, "-std=c++20", source, "-o", program, *flags)
        return program

    def assert_says_cat(self, program):
        self.assertEqual(run(program, MODEL, PICTURE, env=self.environment), "class 3 with 0.9934\n")
        self.assertLessEqual(libraries(program), SYSTEM | COMPILERS_OWN)

    def test_the_program_loads_libc_and_libm_only(self):
        program = self.prefix / "bin/vivace"
        self.assertLessEqual(libraries(program), SYSTEM)
        self.assertRegex(run(program, "--version"), r"^vivace \d+\.\d+\.\d+\n$")

    def test_the_example_builds_through_the_cmake_package(self):
        build = self.work / "example"
        run("cmake", "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER={COMPILER}")
        run("cmake", "--build", build)
        self.assert_says_cat(build / "classify")

    def test_the_example_builds_through_pkg_config(self):
        self.assert_says_cat(self.compile(EXAMPLE / "classify.cc", self.work / "classify"))

    def test_a_wrong_picture_is_told_not_thrown_out_of_main(self):
        program = self.compile(EXAMPLE / "classify.cc", self.work / "classify_wrong")
        done = subprocess.run([program, MODEL, "missing.png"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('error[file.missing]: there is no file "missing.png"', done.stderr)

    def test_the_lines_of_c_plus_plus_in_the_readme_compile_and_run(self):
        code = re.search(r"^```cpp\n(.*?)^```", (SOURCE / "README.md").read_text(), re.S | re.M)[1]
        includes = "".join(line + "\n" for line in code.splitlines() if line.startswith("#include"))
        body = "".join(line + "\n" for line in code.splitlines() if not line.startswith("#include"))
        source = self.work / "readme.cc"
        source.write_text(f"{includes}int main() {{\n{body}}}\n")
        program = self.compile(source, self.work / "readme")
        (self.work / "my_model.h5").write_bytes(MODEL.read_bytes())
        (self.work / "photo.png").write_bytes(PICTURE.read_bytes())
        self.assertEqual(run(program, cwd=self.work, env=self.environment), "0.993\n")


if __name__ == "__main__":
    unittest.main()
