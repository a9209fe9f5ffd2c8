// Keeps the room a library while every kernel is compiled from its body.
#include "kernels/isa.h"
