// How the functions of the vector layer are declared: always inlined, so that no copy of them is ever linked.
#pragma once

#define VIVACE_INLINE [[gnu::always_inline]] static inline
