# vivace predict on models that take or give strings: files, lines, tables and the text itself.
import unittest

from program import CASES, ProgramTest, npy

TEXT = CASES / "text/keras3/classifier.keras"
WORDS = CASES / "lookup/keras3/string_int.keras"  # cat dog größe 日本 fox, 1 to 5; anything else 0
NAMES = CASES / "lookup/keras3/string_inverted.keras"
TABLE = CASES / "lookup/keras3/structured.keras"


def unicode_npy(words):
    """The bytes of an .npy file of strings."""
    width = max(map(len, words))
    body = b"".join(word.encode("utf-32-le").ljust(4 * width, b"\0") for word in words)
    head = f"{{'descr': '<U{width}', 'fortran_order': False, 'shape': ({len(words)},), }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + body


@unittest.skipUnless(TEXT.exists(), "the golden cases are not unpacked")
class Strings(ProgramTest):
    def numbers(self, *words, **options):
        return self.json("predict", WORDS, *words, **options)["outputs"][0]["values"]

    def test_text_is_typed_read_by_lines_from_arrays_and_from_the_standard_input(self):
        self.assertEqual(self.numbers("text:größe"), [3])
        self.assertEqual(self.numbers("text:a=b"), [0])
        self.assertEqual(self.numbers("input_layer=text:fox"), [5])
        lines = "cat\r\n\n日本\nfox".encode()
        self.assertEqual(self.numbers(self.write("lines.txt", lines)), [1, 0, 4, 5])
        self.assertEqual(self.numbers("-", stdin=lines), [1, 0, 4, 5])
        self.assertEqual(self.numbers(self.write("words.npy", unicode_npy(["cat", "日本", "?"]))), [1, 4, 0])
        self.assertEqual(self.numbers(self.write("words.csv", b'cat\n"fox"\n')), [1, 5])
        self.assertEqual(self.numbers(self.write("named.csv", b"id,input_layer\n7,cat\n8,fox\n")), [1, 5])
        self.assertEqual(self.numbers(self.write("bytes.txt", b"\xff\xfe\ncat\0\ncat\n")), [0, 0, 1])

    def test_whole_sentences_are_read(self):
        both = self.json("predict", TEXT, self.write("two.txt", b"the cat\na dog\n"))["outputs"][0]
        one = self.json("predict", TEXT, "text:The cat!")["outputs"][0]
        self.assertEqual((both["shape"], both["values"][:2]), ([2, 2], one["values"]))

    def test_strings_come_out_printed_as_json_and_as_an_array(self):
        ids = self.write("ids.npy", npy((1, 4), [1, 3, 4, 99], "<i8"))
        self.assertEqual(self.data("predict", NAMES, ids).splitlines()[1], '"cat" "größe" "日本" "[UNK]"')
        self.assertEqual(self.json("predict", NAMES, ids)["outputs"][0]["values"], ["cat", "größe", "日本", "[UNK]"])
        self.run_program("predict", NAMES, ids, "-o", "names.npy")
        again = self.numbers(self.write("flat.csv", "cat\ngröße\n".encode()))
        self.assertEqual(again, [1, 3])
        self.assertIn(b"'<U5'", (self.folder / "names.npy").read_bytes())

    def test_a_table_feeds_inputs_by_column(self):
        table = self.write("rows.csv", b'age,kind,note,code\n20,cat,x,12\n40.5,"dog",y,7\n')
        out, err = self.run_program("predict", TABLE, table)
        self.assertEqual(len(out.splitlines()), 3)
        self.assertIn('no input for the column "note"', err)
        apart = self.run_program("predict", TABLE, "kind=text:cat", f"age={self.write('a.csv', b'20')}",
                                 f"code={self.write('c.npy', npy((1,), [12], '<i8'))}")[0]
        self.assertEqual(apart.splitlines()[1], out.splitlines()[1])

    def test_what_does_not_fit_is_refused(self):
        bad = self.write("bad.csv", b"age,kind,code\n20,cat,12\nold,dog,7\n")
        _, err = self.run_program("predict", TABLE, bad, code=1)
        self.assertIn('error[csv.number]: "old" is not a number', err)
        self.assertIn('column "age"', err)
        _, err = self.run_program("predict", NAMES, "text:x", code=2)
        self.assertIn("error[usage.input]", err)
        _, err = self.run_program("predict", WORDS, self.write("n.npy", npy((1,), [1.0])), code=1)
        self.assertIn("error[predict.dtype]", err)


if __name__ == "__main__":
    unittest.main()
