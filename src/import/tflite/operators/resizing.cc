// Pictures of another size.
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

template <class Options>
void resize(Call& call, Resize::Mode mode) {
  const auto& o = call.options<Options>();
  const ValueId x = call.input();
  call.want_rank(x, 4, 4);
  const Sizes size = call.integers(1);
  if (!call.failed() && size.size() != 2) return call.mistake("it needs a height and a width");
  if (o.align_corners() && o.half_pixel_centers())
    return call.mistake("both align_corners and half_pixel_centers");
  Resize op = with(Resize{}, &Resize::mode, mode, &Resize::size, size);
  op.coordinates = o.align_corners()        ? Resize::Coordinates::align_corners
                   : o.half_pixel_centers() ? Resize::Coordinates::half_pixel
                                            : Resize::Coordinates::asymmetric;
  call.output(call.add(op, {x}));
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
