// RapidJSON as this room includes it. Its stacks begin as null pointers to which it adds offsets before they
// are allocated: harmless, but undefined by the letter, so clang is told not to check that in these headers.
#pragma once

#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#ifdef __clang__
#pragma clang attribute pop
#endif
