// Which versions of CUDA, cuDNN and the driver a release of TensorFlow was built and tested with.
#pragma once

#include <string>
#include <string_view>

#include "doctor/evidence/machine.h"

namespace vivace::doctor {

/// The day that the table stands for.
inline constexpr std::string_view kVersionsAsOf = "2026-03-11";

struct BuiltWith {
  std::string_view tensorflow;  // "2.21"
  std::string_view cuda, cudnn;
  std::string_view oldest_python, newest_python;
};

/// The row of a release ("2.21.0"); nothing where the table does not know it.
const BuiltWith* built_with(std::string_view tensorflow);
/// The oldest driver of Linux that a CUDA version ("12.5.1") runs with; empty: not known.
std::string_view oldest_driver(std::string_view cuda);
/// -1, 0 or 1, number by number; as many as the shorter one has.
int compare_versions(std::string_view a, std::string_view b);

/// What keeps this release from the GPU, as a sentence; empty where all that is known fits.
std::string misfit(std::string_view tensorflow, const GpuSoftware& found);

}  // namespace vivace::doctor
