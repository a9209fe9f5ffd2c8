// vivace through its own C++ library, measured by the very program that measures the peers (main.c).
#include <filesystem>
#include <optional>
#include <string>

#include "peer.h"
#include "vivace/model.h"

namespace {

struct Opened {
  vivace::Model model;
  vivace::Shape dims;
  vivace::TensorView input;
  std::optional<vivace::Tensor> output;
};
Opened* opened = nullptr;

template <class T>
T must(vivace::Result<T> result) {
  if (!result.ok()) peer_fail("vivace", result.error().what().c_str());
  return std::move(result).value();
}

}  // namespace

void peer_open(const task* task) {
  vivace::Options options;
  options.threads = task->threads;
  std::filesystem::path file = std::filesystem::path(task->folder) / "model.h5";
  if (!std::filesystem::exists(file)) file = peer_file(task, ".tflite");  // a quantised model
  opened = new Opened{must(vivace::Model::open(file, options)), {}, {}, {}};
  const vivace::Port& port = opened->model.inputs()[0];
  opened->dims = port.dims;
  for (std::int64_t& dim : opened->dims) dim = dim < 0 ? task->batch : dim;
  opened->input = {task->input, port.dtype, opened->dims};
  if (opened->input.bytes() != task->input_bytes) peer_fail("vivace", "the input has another size");
}

void peer_run() {
  if (!opened->output) {  // the first call makes the output's memory
    opened->output = std::move(must(opened->model.predict(opened->input))[0]);
    return;
  }
  const vivace::MutableTensorView output[] = {opened->output->view()};
  const vivace::Status status = opened->model.predict_into({&opened->input, 1}, output);
  if (!status.ok()) peer_fail("vivace", status.error().what().c_str());
}

const int peer_floats_only = 0;

const void* peer_output(std::size_t* bytes) {
  *bytes = opened->output->bytes();
  return opened->output->data();
}

void peer_close() { delete opened; }  // waits until the prepared form is in the cache
