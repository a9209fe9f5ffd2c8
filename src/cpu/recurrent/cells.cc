#include "cpu/recurrent/cells.h"

namespace vivace::cpu {

void Cell::lstm(float* gates, float* c, float* h, float* spare) const {
  float *const input = gates, *const forget = gates + units, *const fresh = gates + 2 * units,
               *const output = gates + 3 * units;
  apply(gate, input, input, 2 * units);
  apply(activation, fresh, fresh, units);
  apply(gate, output, output, units);
  for (std::int64_t u = 0; u < units; ++u) c[u] = forget[u] * c[u] + input[u] * fresh[u];
  apply(activation, c, spare, units);
  for (std::int64_t u = 0; u < units; ++u) h[u] = output[u] * spare[u];
}

void Cell::gru_after(const float* x, float* hr, float* h) const {
  const float* const reset = hr + units;
  float* const proposed = hr + 2 * units;
  for (std::int64_t u = 0; u < 2 * units; ++u) hr[u] += x[u];
  apply(gate, hr, hr, 2 * units);
  for (std::int64_t u = 0; u < units; ++u) proposed[u] = x[2 * units + u] + reset[u] * proposed[u];
  gru_state(hr, proposed, h);
}

void Cell::gru_gates(float* gates, const float* h, float* reset) const {
  apply(gate, gates, gates, 2 * units);
  for (std::int64_t u = 0; u < units; ++u) reset[u] = gates[units + u] * h[u];
}

void Cell::gru_state(const float* update, float* proposed, float* h) const {
  apply(activation, proposed, proposed, units);
  for (std::int64_t u = 0; u < units; ++u) h[u] = update[u] * h[u] + (1 - update[u]) * proposed[u];
}

}  // namespace vivace::cpu
