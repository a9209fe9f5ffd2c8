// The names of ImageNet's classes.
#include "vivace/preprocess.h"

namespace vivace {
namespace {

constexpr std::string_view kClasses =
#include "api/pictures/imagenet_classes.inc"
    ;

constexpr std::size_t kWordNet = 8;  // digits of an id

}  // namespace

// Found by walking: some microseconds, and nothing is built before it is asked for.
ImageNetClass imagenet_class(int index) {
  std::size_t begin = 0;
  for (; index > 0; --index) begin = kClasses.find('\n', begin) + 1;
  const std::string_view line = kClasses.substr(begin, kClasses.find('\n', begin) - begin);
  return {line.substr(0, kWordNet), line.substr(kWordNet + 1)};
}

}  // namespace vivace
