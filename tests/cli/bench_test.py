# vivace bench: threads, batch sizes, callers, and the plot.
import unittest
import xml.etree.ElementTree

from program import MODEL, PICTURE, ProgramTest

QUICK = ("--seconds", 0.05)


class Bench(ProgramTest):
    def test_every_number_of_threads_measures_every_batch(self):
        answer = self.json("bench", MODEL, "--batch", "1,4", "--threads", "1,1", *QUICK)
        self.assertEqual(set(answer), {"threads", "isa", "open_s", "opens", "batches", "peak_bytes"})
        self.assertEqual([(entry["threads"], entry["batch"]) for entry in answer["batches"]],
                         [(1, 1), (1, 4), (1, 1), (1, 4)])
        self.assertEqual([set(opened) for opened in answer["opens"]], [{"threads", "seconds", "from_cache"}] * 2)
        self.assertGreater(answer["peak_bytes"], 1e6)
        for entry in answer["batches"]:
            self.assertEqual(set(entry), {"threads", "batch", "callers", "calls", "first_call_s", "latency_s",
                                          "samples_per_s"})
            latency = entry["latency_s"]
            self.assertEqual(list(latency), ["min", "median", "p90", "p99", "max"])
            self.assertEqual(sorted(latency.values()), list(latency.values()))
            self.assertLessEqual(entry["samples_per_s"], entry["batch"] / latency["min"] * 1.001)
            self.assertGreaterEqual(entry["samples_per_s"], entry["batch"] / latency["max"] * 0.999)

    def test_callers_at_once_all_count(self):
        one, three = (self.json("bench", MODEL, "--threads", 1, "--concurrent", n, *QUICK)["batches"][0]
                      for n in (1, 3))
        self.assertEqual((one["callers"], three["callers"]), (1, 3))
        self.assertGreaterEqual(three["calls"], 3)
        self.assertGreaterEqual(three["samples_per_s"] * 1.001, 3 / three["latency_s"]["max"])

    def test_more_threads_than_there_are_is_said(self):
        out, err = self.run_program("bench", MODEL, "--threads", 4096, *QUICK)
        self.assertIn("note: 4096 threads asked for", err)
        self.assertIn("samples/s", out)

    def test_an_input_and_a_wrong_number_of_anything(self):
        self.assertIn("peak memory", self.data("bench", MODEL, PICTURE, *QUICK))
        for words in (("--threads", "1,few"), ("--concurrent", "0"), ("--batch", "")):
            self.assertIn("error[usage.value]", self.refusal("bench", MODEL, *words))

    def test_the_plot_has_latency_throughput_and_a_histogram_of_each(self):
        self.data("bench", MODEL, "--batch", "1,2", "--threads", 1, *QUICK, "--svg", "b.svg", "--html", "b.html")
        texts = [element.text or "" for element in xml.etree.ElementTree.parse(self.folder / "b.svg").iter()]
        for wanted in ("latency of a call: the median", "throughput: samples a second",
                       "latencies of batch 1, 1 thread: calls", "latencies of batch 2, 1 thread: calls"):
            self.assertIn(wanted, texts)
        self.assertIn("<svg", (self.folder / "b.html").read_text())
        self.assertIn("error[usage.output]", self.refusal("bench", MODEL, "--svg", MODEL))


if __name__ == "__main__":
    unittest.main()
