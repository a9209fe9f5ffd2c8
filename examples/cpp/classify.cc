// Classifies a picture: classify MODEL PICTURE. Then runs again and again into memory of its own.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "vivace/io.h"
#include "vivace/model.h"

int main(int argc, char** argv) try {
  if (argc != 3) return std::fprintf(stderr, "usage: classify MODEL PICTURE\n"), 2;
  const vivace::Model model = vivace::Model::open(argv[1]).value();
  const vivace::ReadTensor picture = vivace::read_tensor(argv[2]).value();
  const vivace::Tensor input = vivace::fit_to_input(picture, model.inputs()[0]).value().tensor;

  // The easy way: fresh tensors.
  std::vector<vivace::Tensor> outputs = model.predict(input.view()).value();
  const float* const scores = outputs[0].as<float>();
  const float* const best = std::max_element(scores, scores + outputs[0].count());
  std::printf("class %d with %.4f\n", static_cast<int>(best - scores), static_cast<double>(*best));

  // The quick way: the same memory for every call, nothing allocated.
  constexpr int kCalls = 100;
  const vivace::TensorView inputs[] = {input.view()};
  const vivace::MutableTensorView results[] = {outputs[0].view()};
  const auto start = std::chrono::steady_clock::now();
  for (int call = 0; call < kCalls; ++call) model.predict_into(inputs, results).value();
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  std::fprintf(stderr, "%.3f ms a call\n", taken.count() / kCalls);
  return 0;
} catch (const vivace::Exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
