#include "cli/command.h"

#include <charconv>

#include "base/text.h"
#include "base/try.h"

namespace vivace::cli {

namespace {
constexpr Range kThreads{0, 4096};
}

void ModelOptions::setup(Arguments& arguments) {
  arguments.take("--threads N", options.threads, "threads at most; 0: what the machine and its cgroup allow",
                 kThreads);
  setup_others(arguments);
}

void ModelOptions::setup(Arguments& arguments, std::vector<std::int64_t>& threads) {
  arguments.take("--threads N,...", threads,
                 "threads at most, like 1,2; 0: what the machine and its cgroup allow", kThreads);
  setup_others(arguments);
}

void ModelOptions::setup_others(Arguments& arguments) {
  arguments.take("MODEL", model,
                 "a Keras .h5 or .keras file, an unzipped .keras folder, a .tflite, or a compiled .viv",
                 true);
  arguments.take("--memory SIZE", memory, "bytes for activations, like 512M; larger batches run in parts");
  arguments.flag("--strict", options.strict, "only rewrites that keep every bit");
  arguments.flag("--small", options.small, "less memory for less speed: no Winograd");
  arguments.flag("--no-cache", no_cache, "neither read nor write the cache of prepared models");
  arguments.take("--isa LEVEL", options.isa,
                 "baseline, avx2, avx2_vnni, avx512, avx512_vnni or avx512_amx instead of the best");
  arguments.take("--without PASS", options.without_passes,
                 "a pass to leave out, or \"all\"; may be given again");
  arguments.take("--architecture FILE", options.architecture,
                 "model.json for a file that holds weights only");
  arguments.take("--signature NAME", options.signature,
                 "the signature of a .tflite file to run, by whose names its inputs go");
  arguments.take(
      "--dynamic-range ARITHMETIC", dynamic_range,
      "8-bit weights of a .tflite file with float activations: \"tflite\" as it computes, or \"float\"");
  arguments.take(
      "--rounding WHOSE", rounding,
      "integers of a .tflite file: \"reference\", TensorFlow Lite's reference kernels, or \"xnnpack\"");
  arguments.take("--map-lambda NAME=FUNCTION", lambdas,
                 "what a Lambda layer computes, like \"norm=x / 127.5 - 1\"; may be given again");
}

Result<Options> ModelOptions::resolved() const {
  Options result = options;
  result.cache = !no_cache;
  if (!memory.empty()) {
    VIVACE_TRY(result.memory, parse_bytes(memory));
  }
  if (!dynamic_range.empty() && dynamic_range != "tflite" && dynamic_range != "float")
    return Error("usage.dynamic-range", text("\"{}\" is no arithmetic for dynamic range", dynamic_range))
        .fix("write --dynamic-range tflite, which is the default, or --dynamic-range float");
  result.dynamic_range_float = dynamic_range == "float";
  if (!rounding.empty() && rounding != "reference" && rounding != "xnnpack")
    return Error("usage.rounding", text("\"{}\" is nobody's rounding", rounding))
        .fix("write --rounding reference, which is the default, or --rounding xnnpack");
  result.xnnpack_rounding = rounding == "xnnpack";
  for (const std::string& words : lambdas) {
    const std::size_t equals = words.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error("usage.map-lambda", text("\"{}\" is no NAME=FUNCTION", words))
          .fix("write it like --map-lambda \"lambda_1=x / 127.5 - 1.0\"");
    result.lambdas.emplace_back(words.substr(0, equals), words.substr(equals + 1));
  }
  return result;
}

Result<std::size_t> parse_bytes(std::string_view words) {
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(words.data(), words.data() + words.size(), number);
  std::string_view unit(end, static_cast<std::size_t>(words.data() + words.size() - end));
  if (unit.ends_with('B') || unit.ends_with('b')) unit.remove_suffix(1);
  const std::string_view units = "kmgt";
  const std::size_t power = unit.empty() ? 0 : units.find(static_cast<char>(unit[0] | 0x20)) + 1;
  if (code != std::errc() || unit.size() > 1 || (!unit.empty() && power == 0) ||
      number > (SIZE_MAX >> (10 * power)))
    return Error("usage.memory", text("\"{}\" is no amount of memory", words))
        .fix("write it like 512M or 2G");
  return number << (10 * power);
}

Result<Shape> parse_shape(std::string_view words) {
  Shape shape;
  for (const std::string_view word : split(words, ',')) {
    std::int64_t size = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), size);
    if (code != std::errc() || end != word.data() + word.size() || size < 0)
      return Error("usage.shape", text("\"{}\" is no shape", words)).fix("write it like 1,224,224,3");
    shape.push_back(size);
  }
  return shape;
}

}  // namespace vivace::cli
