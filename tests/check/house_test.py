# The checks of the house find what they are there for: each is given a small tree with one planted fault.
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools" / "check"))
import architecture  # noqa: E402
import cpp  # noqa: E402
import errors  # noqa: E402
import headers  # noqa: E402
import init_array  # noqa: E402
import objects  # noqa: E402
import paths  # noqa: E402
import sizes  # noqa: E402
from tree import Tree  # noqa: E402

TABLE = """
vocabulary = ["vivace/result.h"]
[rooms]
base = { floor = 0, may_include = [] }
graph = { floor = 1, may_include = [] }
"formats/zip" = { floor = 1, may_include = [] }
"formats/npy" = { floor = 1, may_include = ["formats/zip"] }
ops = { floor = 2, may_include = ["graph"] }
cli = { floor = 6, may_include = ["include"] }
"""


class House(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.tree = Tree(self.folder.name)
        self.write("architecture.toml", TABLE)
        self.write("include/vivace/result.h", "")
        self.write("include/vivace/model.h", "")
        self.write("src/base/text.h", "")
        self.write("src/graph/graph.h", '#include "base/text.h"\n#include "vivace/result.h"\n')
        self.write("src/ops/conv.cc", '#include "graph/graph.h"\n')

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = Path(self.folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def only_problem(self, check):
        problems = check.check(self.tree)
        self.assertEqual(len(problems), 1, problems)
        return problems[0]


class Architecture(House):
    def test_a_tree_that_keeps_the_rules_passes(self):
        self.write("src/formats/npy/npy.cc", '#include "formats/zip/zip.h"\n')
        self.write("src/formats/zip/zip.h", "")
        self.write("src/cli/main.cc", '#include "vivace/model.h"\n')
        self.assertEqual(architecture.check(self.tree), [])

    def test_an_include_of_a_room_above_fails_and_is_named_with_its_line(self):
        self.write("src/ops/conv.cc", "")
        self.write("src/ops/conv.h", "")
        self.write("src/graph/bad.cc", '#include "base/text.h"\n#include "ops/conv.h"\n')
        problem = self.only_problem(architecture)
        self.assertIn("src/graph/bad.cc:2: includes ops/conv.h", problem)
        self.assertIn("graph may include base", problem)

    def test_what_the_build_makes_for_a_room_belongs_to_that_room(self):
        self.write("src/ops/registry.cc", '#include "ops/all.h"\n')
        self.assertEqual(architecture.check(self.tree), [])
        self.write("src/graph/bad.cc", '#include "ops/all.h"\n')
        self.assertTrue(architecture.check(self.tree)[0].startswith("src/graph/bad.cc:1: includes ops/all.h"))

    def test_what_tests_share_is_for_tests_only(self):
        self.write("tests/support/skip.h", "")
        self.write("src/ops/testing.h", '#include "support/skip.h"\n')
        self.write("src/ops/conv_test.cc", '#include "ops/testing.h"\n')
        self.assertEqual(architecture.check(self.tree), [])
        self.write("src/ops/bad.cc", '#include "ops/testing.h"\n')
        self.assertIn("src/ops/bad.cc:1: includes ops/testing.h, which is for tests only",
                      self.only_problem(architecture))

    def test_rooms_within_a_room_are_apart(self):
        self.write("src/formats/npy/npy.h", "")
        self.write("src/formats/zip/zip.cc", '#include "formats/npy/npy.h"\n')
        self.assertIn("includes formats/npy/npy.h", self.only_problem(architecture))

    def test_a_circle_in_the_table_fails(self):
        self.write("architecture.toml", TABLE.replace("graph = { floor = 1, may_include = [] }",
                                                      'graph = { floor = 2, may_include = ["ops"] }'))
        self.assertIn("a circle: graph -> ops -> graph", self.only_problem(architecture))

    def test_a_circle_between_rooms_fails_even_where_the_table_allows_it(self):
        self.write("architecture.toml", TABLE.replace("graph = { floor = 1, may_include = [] }",
                                                      'graph = { floor = 2, may_include = ["ops"] }'))
        self.write("src/ops/conv.h", "")
        self.write("src/graph/bad.cc", '#include "ops/conv.h"\n')
        problems = architecture.check(self.tree)
        self.assertTrue(any(problem.startswith("rooms include each other in a circle") for problem in problems))

    def test_a_circle_of_headers_fails(self):
        self.write("src/graph/a.h", '#include "graph/b.h"\n')
        self.write("src/graph/b.h", '#include "graph/a.h"\n')
        self.assertIn("files include each other in a circle", self.only_problem(architecture))

    def test_a_table_that_reaches_upwards_fails(self):
        self.write("architecture.toml", TABLE.replace("graph = { floor = 1, may_include = [] }",
                                                      'graph = { floor = 1, may_include = ["cli"] }'))
        self.assertIn("graph may include cli, which is a floor above it", self.only_problem(architecture))

    def test_only_programs_include_public_headers_that_are_not_vocabulary(self):
        self.write("src/ops/bad.cc", '#include "vivace/model.h"\n')
        self.assertIn("src/ops/bad.cc:1: includes vivace/model.h", self.only_problem(architecture))

    def test_a_folder_that_is_no_room_fails(self):
        self.write("src/attic/old.cc", "")
        self.assertIn("is in no room", self.only_problem(architecture))


class Sizes(House):
    def test_measures_functions_by_their_braces_and_skips_comments_strings_and_scopes(self):
        text = (
            "namespace a {\nstruct S {\n  int f() const {\n    // }\n    const char* s = \"}\";\n    return s[0];\n"
            "  }\n  std::vector<int> v = {1, 2};\n};\ntemplate <class T>\nvoid g(T t) {\n  if (t) {\n  }\n}\n}\n"
        )
        self.assertEqual(cpp.functions(text), [("f", 3, 5), ("g", 10, 5)])

    def test_tells_functions_apart_when_their_arguments_hold_lists_and_lambdas(self):
        text = (
            "const Fact kImage = f32({1, 8});\nA a(const F& f = [](A&) {}) {\n  return {};\n}\n\n"
            "TEST_CASE(\"x\") {\n  all({{[](A& a) { a.b = {1}; }, \"y\"}});\n}\nint g() {\n  return 1;\n}\n"
        )
        self.assertEqual(cpp.functions(text), [("a", 2, 3), ("TEST_CASE", 6, 3), ("g", 9, 3)])

    def test_a_function_that_is_too_long_fails(self):
        self.write("src/ops/long.cc", "int f() {\n" + "  ++x;\n" * 90 + "}\n")
        self.assertIn("src/ops/long.cc:1: f has 92 lines", self.only_problem(sizes))

    def test_a_kernel_body_may_be_longer(self):
        self.write("src/kernels/k/k.body.h", "int f() {\n" + "  ++x;\n" * 90 + "}\n")
        self.assertEqual(sizes.check(self.tree), [])

    def test_a_file_that_is_too_long_fails_and_a_crowded_folder_too(self):
        self.write("src/ops/long.h", "// x\n" * 601)
        self.assertIn("601 lines", self.only_problem(sizes))
        self.write("src/ops/long.h", "")
        for number in range(25):
            self.write(f"src/ops/f{number}.cc", "")
        self.assertIn("src/ops: 27 files", self.only_problem(sizes))


class Errors(House):
    def setUp(self):
        super().setUp()
        self.write("docs/errors.md", "| `op.shape` | when |\n")
        self.write("src/ops/conv.cc", 'return Error("op.shape", "x");\n')

    def test_a_documented_id_passes(self):
        self.assertEqual(errors.check(self.tree), [])

    def test_an_id_that_is_not_documented_fails_also_when_a_helper_makes_it(self):
        self.write("src/ops/pool.cc", 'return refuse("op.window", node); open("op.json");\n')
        self.assertIn("op.window is not explained", self.only_problem(errors))

    def test_an_id_that_nobody_uses_any_more_fails(self):
        self.write("src/ops/conv.cc", 'return Error("op.shape", "op.gone");\n')
        self.write("docs/errors.md", "| `op.shape` | when |\n| `op.left` | when |\n| `op.gone` | when |\n")
        self.assertIn("op.left is used nowhere", self.only_problem(errors))


class Paths(House):
    def test_a_path_that_is_not_there_fails(self):
        self.write("README.md", "See `src/ops/conv.cc`, `ops/`, `src/*/graph.h`, `a/b` and `build/x`.\n")
        self.assertEqual(paths.check(self.tree), [])
        self.write("README.md", "See\n`src/ops/gone.cc`.\n")
        self.assertEqual(self.only_problem(paths), "README.md:2: there is no src/ops/gone.cc")

    def test_a_link_that_leads_nowhere_fails(self):
        self.write("README.md", "[this](docs/gone.md)\n")
        self.assertIn("there is no docs/gone.md", self.only_problem(paths))


class Headers(House):
    def test_a_header_that_needs_another_fails_until_it_is_mended(self):
        self.assertEqual(headers.check(self.tree), [])
        self.write("src/ops/bad.h", "inline std::string name();\n")
        self.assertIn("src/ops/bad.h: does not compile alone", self.only_problem(headers))
        self.write("src/ops/bad.h", "#include <string>\ninline std::string name();\n")
        self.assertEqual(headers.check(self.tree), [])


class Objects(unittest.TestCase):
    def test_a_weak_symbol_outside_the_namespace_of_its_instruction_set_leaks(self):
        listing = (
            "0000000000000000 W std::vector<int>::resize(unsigned long)\n"
            "0000000000000000 W vivace::avx2::tile<8>(float*)\n"
            "0000000000000000 T vivace::gemm()\n"
        )
        self.assertEqual(objects.leaks(listing), ["std::vector<int>::resize(unsigned long)"])

    def test_a_constructor_table_is_seen(self):
        listing = "  [ 7] .init_array       INIT_ARRAY      0000000000000000 000060 000008 08  WA  0   0  8\n"
        self.assertEqual(init_array.constructor_bytes(listing), 8)
        self.assertEqual(init_array.constructor_bytes("  [ 7] .text  PROGBITS 0 000060 000008\n"), 0)


if __name__ == "__main__":
    unittest.main()
