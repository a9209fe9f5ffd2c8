// Spectra. A complex tensor is two values: its real part, and beside it its imaginary one.
#include "import/tflite/operators/families.h"

namespace vivace::tflite {
namespace {

ValueId imaginary(Call& call) {
  const ValueId real = call.input();
  if (call.failed()) return kNoValue;
  const ValueId found = call.scope().imaginary[static_cast<std::size_t>(call.op().inputs[0])];
  if (found == kNoValue) call.mistake("its input is not complex");
  return real == kNoValue ? kNoValue : found;
}

// Rows by the transform of real numbers, then columns by that of complex ones.
void rfft_2d(Call& call) {
  const ValueId x = call.input();
  const Sizes lengths = call.integers(1);
  call.want_rank(x, 2, 32);
  if (call.failed() || lengths.size() != 2) return call.mistake("it needs two lengths");
  auto parts = call.add_many(with(Dft{}, &Dft::kind, Dft::Kind::real, &Dft::length, lengths[1]), {x}, "rows");
  if (parts.size() != 2) return;
  const std::int64_t rank = call.rank(x);
  if (lengths[0] != 1 || call.dims(x)[static_cast<std::size_t>(rank - 2)] != Dim(1)) {
    Sizes swapped;
    for (std::int64_t axis = 0; axis < rank; ++axis) swapped.push_back(axis);
    std::swap(swapped[swapped.size() - 1], swapped[swapped.size() - 2]);
    for (ValueId& part : parts) part = call.transpose(part, swapped, "columns");
    parts = call.add_many(with(Dft{}, &Dft::kind, Dft::Kind::complex, &Dft::length, lengths[0]), parts,
                          "columns");
    for (ValueId& part : parts) part = call.transpose(part, swapped);
  }
  if (parts.size() == 2) call.output(parts[0], parts[1]);
}

void real(Call& call) {
  (void)imaginary(call);
  call.output(call.input());
}

void imag(Call& call) { call.output(imaginary(call)); }

void complex_abs(Call& call) {
  const ValueId im = imaginary(call);
  const ValueId sum = call.binary(Binary::Kind::add, call.unary(UnaryKind::square, call.input(), "real"),
                                  call.unary(UnaryKind::square, im, "imaginary"), "sum");
  call.output(call.unary(UnaryKind::sqrt, sum));
}

constexpr Rule kRules[] = {
    {Code::RFFT2D, rfft_2d, OptionsKind::Rfft2dOptions},
    {Code::REAL, real},
    {Code::IMAG, imag},
    {Code::COMPLEX_ABS, complex_abs},
};

}  // namespace

std::span<const Rule> signal_rules() { return kRules; }

}  // namespace vivace::tflite
