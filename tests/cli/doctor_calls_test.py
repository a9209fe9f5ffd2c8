# vivace doctor from inside: calls of frameworks, which stand-ins play, and workers.
import json
import os
import sys
import time
import unittest

from doctor import DoctorTest


class Calls(DoctorTest):
    """With stand-ins that have the frameworks' names."""

    def setUp(self):
        super().setUp()
        (self.folder / "ai_edge_litert").mkdir()
        self.script("""
            class Interpreter:
                def __init__(self, model_path=None):
                    self.made = model_path

                def get_input_details(self):
                    return [{"shape": (4, 8), "dtype": float}]

                def invoke(self):
                    if self.made == "broken":
                        raise ValueError("cannot")
                    sum(range(100))
            """, "ai_edge_litert/interpreter.py")

    def test_every_call_of_a_tight_loop_is_counted_and_few_are_looked_at(self):
        self.diagnosis(sys.executable, self.script("""
            from ai_edge_litert.interpreter import Interpreter
            one = Interpreter(model_path="m.tflite")
            for _ in range(300000): one.invoke()
            """))
        evidence = json.loads((self.folder / "e.json").read_text())
        calls = {row["kind"]: row for row in evidence["python"]["calls"]}
        invoked = calls["invoke"]
        self.assertEqual((invoked["count"], invoked["outer"], invoked["line"]), (300000, 300000, 4))
        self.assertEqual((invoked["shape"], invoked["dtype"], invoked["batch"]), ("4x8", "float", 4))
        self.assertLess(invoked["timed"], 30000)
        self.assertEqual((calls["load"]["object"], calls["load"]["count"]), ("m.tflite", 1))
        phases = [sum(column) for column in zip(*(row["phase"] + [0] * (12 - len(row["phase"])) for row in evidence["slices"]))]
        self.assertGreater(phases[5], 0.5 * invoked["total"])  # calls
        self.assertLess(phases[5], 1.5 * invoked["total"])

    def traced(self, loop):
        """The rows of functions of a program in which one traces for 3 ms for each new argument, and is quick then."""
        package = self.folder / "tensorflow/python/eager/polymorphic_function"
        package.mkdir(parents=True, exist_ok=True)
        self.script("""
            import time

            class Function:
                def __init__(self, python_function):
                    self.python_function, self.traces, self.__name__ = python_function, set(), "g"

                def experimental_get_tracing_count(self):
                    return len(self.traces)

                def __call__(self, number):
                    end = time.perf_counter() + (0.00005 if number in self.traces else 0.003)
                    self.traces.add(number)
                    while time.perf_counter() < end: pass
            """, str(package.relative_to(self.folder) / "polymorphic_function.py"))
        self.diagnosis(sys.executable, self.script(
            "from tensorflow.python.eager.polymorphic_function.polymorphic_function import Function\n" + loop))
        return json.loads((self.folder / "e.json").read_text())["python"]["functions"]

    def test_functions_made_anew_are_counted_where_their_calls_are_let_through(self):
        (row,) = self.traced("for i in range(500): Function(lambda: 0)(0)")
        self.assertEqual(row["traces"], row["objects"])
        self.assertGreater(row["traces"], 350)
        self.assertGreater(row["trace"], 0.7 * 500 * 3e6)
        self.assertGreater(row["trace"], 0.9 * row["total"])

    def test_graphs_for_new_arguments_are_timed_where_their_calls_are_let_through(self):
        (row,) = self.traced("f = Function(lambda: 0)\nfor i in range(500): f(i)")
        self.assertEqual(row["objects"], 1)
        self.assertGreater(row["traces"], 350)
        self.assertGreater(row["trace"], 0.9 * row["total"])
        (row,) = self.traced("f = Function(lambda: 0)\nfor i in range(20000): f(i // 1000)")
        self.assertAlmostEqual(row["traces"], 20, delta=1)
        self.assertLess(row["trace"], 0.2 * row["total"])

    def test_a_new_function_among_calls_of_old_ones_stands_for_itself(self):
        (row,) = self.traced("for i in range(8):\n  g = Function(lambda: 0)\n  for k in range(4000): g(0)")
        self.assertLessEqual(row["traces"], 8)
        self.assertLess(row["trace"], 0.2 * row["total"])

    def test_objects_without_end(self):
        self.diagnosis(sys.executable, self.script("""
            import sys
            from ai_edge_litert.interpreter import Interpreter
            for i in range(25000): Interpreter(f"m{i}").invoke()
            held = sys.modules.get("vivace_doctor.calls")
            print(len(held.rows), len(held._objects), len(held._called))
            assert len(held.rows) <= 401 and len(held._objects) <= 10000 and len(held._called) <= 30000
            """))
        evidence = json.loads((self.folder / "e.json").read_text())
        self.assertEqual(evidence["program"]["exit_code"], 0)
        self.assertEqual(sum(row["count"] for row in evidence["python"]["calls"] if row["kind"] == "invoke"), 25000)

    def test_errors_of_watched_calls_are_the_programs_own(self):
        self.same(sys.executable, self.script("""
            from ai_edge_litert.interpreter import Interpreter
            one = Interpreter("broken")
            for _ in range(3000):
                try: one.invoke()
                except ValueError: pass
            one.invoke()
            """))

    def test_calls_are_divided_by_what_they_are_at(self):
        package = self.folder / "site-packages" / "tensorflow"
        package.mkdir(parents=True, exist_ok=True)
        (package / "interpreter.py").write_text("def invoke():\n    for i in range(60_000): i * i\n")
        (package / "constant_op.py").write_text("def constant():\n    for i in range(180_000): i * i\n")
        self.script("""
            import sys
            sys.path.append("site-packages/tensorflow")
            import constant_op, interpreter

            class Interpreter:
                def invoke(self):
                    constant_op.constant()
                    interpreter.invoke()
            """, "ai_edge_litert/interpreter.py")
        code, diagnosis, err = self.diagnosis(sys.executable, self.script("""
            import time
            from ai_edge_litert.interpreter import Interpreter
            one, end = Interpreter(), time.time() + 3
            while time.time() < end: one.invoke()
            """))
        self.assertEqual(code, 0, err)
        (part,) = diagnosis["inside_calls"]
        self.assertEqual((part["kind"], part["place"]), ("invoke", "app.py:5"))
        looks, every = part["looks"], sum(part["looks"].values())
        self.assertGreater(every, 10)
        self.assertAlmostEqual(looks["in"] / every, 0.75, delta=0.25)
        self.assertGreater(looks["kernels"] + looks["in"], 0.9 * every)
        self.assertIn("a call: data in", err)


class Workers(DoctorTest):
    def test_forked_and_spawned_workers_are_told(self):
        self.diagnosis(sys.executable, self.script("""
            import multiprocessing, os, sys, time
            def work(n):
                end = time.time() + 0.7
                while time.time() < end: sum(range(1000))
            if __name__ == "__main__":
                for way in ("fork", "spawn"):
                    worker = multiprocessing.get_context(way).Process(target=work, args=(1,))
                    worker.start()
                    worker.join()
                if os.fork() == 0:
                    work(1)
                    sys.exit(0)
                os.wait()
            """))
        evidence = json.loads((self.folder / "e.json").read_text())
        self.assertEqual(evidence["python"]["forked"], 2)
        self.assertEqual({line["function"] for worker in evidence["python"]["workers"] if not worker["spawned"] for line in worker["lines"]}, {"work"})
        self.assertEqual(evidence["python"]["spawned"], 1)
        self.assertIn("spawn", [process["role"] for process in evidence["processes"]])

    POOLS = """
        import concurrent.futures, multiprocessing, os, subprocess, sys, time
        def work(n):
            end = time.time() + 0.7
            while time.time() < end: sum(range(1000))
            main = sys.modules.get("__mp_main__") or sys.modules["__main__"]
            return [sorted(name for name in vars(main) if name in ("told", "here", "begin")), sys.argv[1:], os.environ.get("PYTHONPATH"),
                    [word for word in os.environ if "VIVACE" in word], [path for path in sys.path if "vivace-doctor" in path]]
        if __name__ == "__main__":
            for way in ("spawn", "forkserver"):
                with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(way)) as pool:
                    print(list(pool.map(work, [1, 2])))
            child = "import sys; print([name for name in sys.modules if 'vivace' in name])"
            print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout)
            print(subprocess.run([sys.executable, "-c", "from multiprocessing.spawn import spawn_main; " + child],
                                 capture_output=True, text=True).stdout)
        """

    def test_workers_that_are_started_are_followed_and_other_children_are_not(self):
        app = self.script(self.POOLS)
        self.same(sys.executable, app)
        self.diagnosis(sys.executable, app)
        python = json.loads((self.folder / "e.json").read_text())["python"]
        self.assertGreaterEqual(python["spawned"], 2)
        # The server that forks, or a worker whose task another took, may tell of itself as it begins only.
        functions = [{line["function"] for line in worker["lines"]} for worker in python["workers"]]
        self.assertLessEqual(set().union(*functions), {"work", "<module>"})
        working = [worker for worker, seen in zip(python["workers"], functions) if "work" in seen]
        self.assertEqual({worker["spawned"] for worker in working}, {True, False})  # of either pool
        self.assertTrue(all(worker["import_total"] > 0 for worker in working if worker["spawned"]))

    def test_a_worker_whose_folder_is_gone_works(self):
        self.same(sys.executable, self.script("""
            import glob, multiprocessing, os, shutil, sys
            def work(n): print("works", flush=True)
            if __name__ == "__main__":
                held = sys.modules.get("vivace_doctor.state")
                if held: shutil.rmtree(held.state.folder)
                worker = multiprocessing.get_context("spawn").Process(target=work, args=(1,))
                worker.start()
                worker.join()
                print(worker.exitcode)
            """))


if __name__ == "__main__":
    unittest.main()
