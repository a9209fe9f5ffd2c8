// Pictures of another size.
#include "import/tflite/operators/families.h"

namespace vivace::tflite {

Resize resized_like(Call& call, bool align_corners, bool half_pixel_centers) {
  call.want_rank(call.input(), 4, 4);
  Resize op = with(Resize{}, &Resize::size, call.integers(1));
  if (!call.failed() && op.size.size() != 2) call.mistake("it needs a height and a width");
  if (align_corners && half_pixel_centers) call.mistake("both align_corners and half_pixel_centers");
  op.coordinates = align_corners        ? Resize::Coordinates::align_corners
                   : half_pixel_centers ? Resize::Coordinates::half_pixel
                                        : Resize::Coordinates::asymmetric;
  return op;
}

namespace {

template <class Options>
void resize(Call& call, Resize::Mode mode) {
  const auto& o = call.options<Options>();
  Resize op = resized_like(call, o.align_corners(), o.half_pixel_centers());
  op.mode = mode;
  call.output(call.add(op, {call.input()}));
}

void bilinear(Call& call) { resize<schema::ResizeBilinearOptions>(call, Resize::Mode::bilinear); }
void nearest(Call& call) { resize<schema::ResizeNearestNeighborOptions>(call, Resize::Mode::nearest); }

constexpr Rule kRules[] = {
    {Code::RESIZE_BILINEAR, bilinear, OptionsKind::ResizeBilinearOptions},
    {Code::RESIZE_NEAREST_NEIGHBOR, nearest, OptionsKind::ResizeNearestNeighborOptions, Quantised::moved},
};

}  // namespace

std::span<const Rule> resizing_rules() { return kRules; }

}  // namespace vivace::tflite
