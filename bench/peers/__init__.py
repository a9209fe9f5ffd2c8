"""The parts of ./dev bench peers: vivace beside TensorFlow, ONNX Runtime, OpenVINO and LiteRT."""
