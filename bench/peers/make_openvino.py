#!/usr/bin/env python3
"""Writes OpenVINO's own format, in float32, beside a network's .onnx files.

usage: make_openvino.py FOLDER BATCH...   (in the peers' environment)
"""

import pathlib
import sys

import openvino

folder = pathlib.Path(sys.argv[1])
for batch in sys.argv[2:]:
    model = openvino.convert_model(str(folder / f"batch{batch}.onnx"))
    openvino.save_model(model, str(folder / f"batch{batch}.xml"), compress_to_fp16=False)
