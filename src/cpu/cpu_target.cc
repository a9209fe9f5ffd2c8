#include "cpu/cpu_target.h"

#include "base/text.h"
#include "cpu/reference_step.h"

namespace vivace::cpu {

#define EMITTER(op) extern const Emitter k_##op;
#define LAYOUT(name) extern const WeightLayout k_##name;
#include "cpu/emitters.inc"
#include "cpu/layouts.inc"
#undef EMITTER
#undef LAYOUT

namespace {

const Emitter* find_emitter([[maybe_unused]] std::string_view op) {
#define EMITTER(name) \
  if (op == #name) return &k_##name;
#include "cpu/emitters.inc"
#undef EMITTER
  return nullptr;
}

const WeightLayout* find_layout([[maybe_unused]] std::string_view layout) {
#define LAYOUT(name) \
  if (layout == #name) return &k_##name;
#include "cpu/layouts.inc"
#undef LAYOUT
  return nullptr;
}

constexpr std::string_view kReference = "reference";

class CpuTarget : public Target {
 public:
  explicit CpuTarget(Processor processor)
      : processor_(processor), name_("cpu-" + name_of({processor.isa, processor.vnni, processor.amx})) {}

  std::string_view name() const override { return name_; }
  std::size_t near_bytes() const override { return processor_.l2_bytes; }

  Choice choose(const NodeView& node, const NumericOptions& numerics) const override {
    if (const Emitter* const emitter = find_emitter(node.op().name()))
      if (auto choice = emitter->choose(node, processor_, numerics)) return *std::move(choice);
    Choice reference;
    reference.algorithm = kReference;
    return reference;
  }

  std::size_t packed_bytes(const NodeView& node, const Choice::Packing& packing) const override {
    const WeightLayout* const layout = find_layout(packing.layout);
    return layout ? layout->bytes(node, packing.input) : 0;
  }

  Status pack(const NodeView& node, const Choice::Packing& packing, std::byte* into) const override {
    const WeightLayout* const layout = find_layout(packing.layout);
    if (!layout) return Error("plan.layout", text("there is no weight layout \"{}\"", packing.layout));
    layout->pack(node, packing.input, into);
    return {};
  }

  Result<Step> emit(const NodeView& node, const Choice& choice) const override {
    if (choice.algorithm == kReference) return emit_reference(node);
    return find_emitter(node.op().name())->emit(node, choice, processor_);
  }

 private:
  Processor processor_;
  std::string name_;
};

}  // namespace

InstructionSet best_set(const machine::CpuFeatures& features) {
  if (features.avx512) return {kernels::Isa::avx512, features.avx512_vnni, features.amx};
  if (features.avx2) return {kernels::Isa::avx2, features.avx_vnni};
  return {};
}

bool runs(const machine::CpuFeatures& features, InstructionSet set) {
  switch (set.isa) {
    case kernels::Isa::baseline:
      return !set.vnni;
    case kernels::Isa::avx2:
      return features.avx2 && (!set.vnni || features.avx_vnni);
    case kernels::Isa::avx512:
      return features.avx512 && (!set.vnni || features.avx512_vnni) && (!set.amx || features.amx);
  }
  return false;
}

std::string name_of(InstructionSet set) {
  return text("{}{}", kernels::kIsaNames[static_cast<int>(set.isa)],
              set.amx    ? "_amx"
              : set.vnni ? "_vnni"
                         : "");
}

std::shared_ptr<const Target> make_cpu_target(InstructionSet set, const machine::CoreCaches& caches) {
  const Processor processor{set.isa, set.vnni, set.amx, caches.l1_bytes, caches.l2_bytes};
  return std::make_shared<const CpuTarget>(processor);
}

}  // namespace vivace::cpu
