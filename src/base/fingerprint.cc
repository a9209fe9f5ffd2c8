// FarmHash (Geoff Pike, 2014, its fingerprint for 64 bits) and SipHash (Aumasson and Bernstein, 2012).
#include "base/fingerprint.h"

#include <bit>

#include "base/bytes.h"

namespace vivace {
namespace {

using std::rotl;
using std::rotr;
using Word = std::uint64_t;

constexpr Word kA = 0xc3a5c85c97cb3127, kB = 0xb492b66fbe98f273, kC = 0x9ae16a3b2f90404f;

Word word(const std::byte* p) { return load_le<std::uint64_t>(p); }
Word half(const std::byte* p) { return load_le<std::uint32_t>(p); }
Word byte(const std::byte* p) { return static_cast<unsigned char>(*p); }
constexpr Word mixed(Word x) { return x ^ (x >> 47); }

constexpr Word joined(Word u, Word v, Word multiplier) {
  const Word a = mixed((u ^ v) * multiplier);
  return mixed((v ^ a) * multiplier) * multiplier;
}

Word of_16(const std::byte* s, std::size_t size) {
  const Word multiplier = kC + size * 2;
  if (size >= 8) {
    const Word a = word(s) + kC, b = word(s + size - 8);
    return joined(rotr(b, 37) * multiplier + a, (rotr(a, 25) + b) * multiplier, multiplier);
  }
  if (size >= 4) return joined(size + (half(s) << 3), half(s + size - 4), multiplier);
  if (size == 0) return kC;
  const Word y = byte(s) + (byte(s + size / 2) << 8), z = size + (byte(s + size - 1) << 2);
  return mixed(y * kC ^ z * kA) * kC;
}

Word of_32(const std::byte* s, std::size_t size) {
  const Word multiplier = kC + size * 2;
  const Word a = word(s) * kB, b = word(s + 8);
  const Word c = word(s + size - 8) * multiplier, d = word(s + size - 16) * kC;
  return joined(rotr(a + b, 43) + rotr(c, 30) + d, a + rotr(b + kC, 18) + c, multiplier);
}

Word of_64(const std::byte* s, std::size_t size) {
  const Word multiplier = kC + size * 2;
  const Word a = word(s) * kC, b = word(s + 8);
  const Word c = word(s + size - 8) * multiplier, d = word(s + size - 16) * kC;
  const Word y = rotr(a + b, 43) + rotr(c, 30) + d;
  const Word z = joined(y, a + rotr(b + kC, 18) + c, multiplier);
  const Word e = word(s + 16) * multiplier, f = word(s + 24);
  const Word g = (y + word(s + size - 32)) * multiplier, h = (z + word(s + size - 24)) * multiplier;
  return joined(rotr(e + f, 43) + rotr(g, 30) + h, e + rotr(f + a, 18) + g, multiplier);
}

struct Pair {
  Word first = 0, second = 0;
};

Pair of_block(const std::byte* s, Word a, Word b) {
  const Word z = word(s + 24);
  a += word(s);
  b = rotr(b + a + z, 21);
  const Word c = a;
  a += word(s + 8) + word(s + 16);
  return {a + z, b + rotr(a, 44) + c};
}

// 56 bytes of state, fed with 64 bytes at a time.
struct State {
  Word x, y, z;
  Pair v, w;

  void feed(const std::byte* s, Word multiplier, Word of_second, Word of_first) {
    x = rotr(x + y + v.first + word(s + 8), 37) * multiplier;
    y = rotr(y + v.second + word(s + 48), 42) * multiplier;
    x ^= w.second * of_second;
    y += v.first * of_first + word(s + 40);
    z = rotr(z + w.first, 33) * multiplier;
    v = of_block(s, v.second * multiplier, x + w.first);
    w = of_block(s + 32, z + w.second, y + word(s + 16));
    std::swap(z, x);
  }
};

Word of_long(const std::byte* s, std::size_t size) {
  constexpr Word kSeed = 81;
  State state{kSeed * kC + word(s), kSeed * kB + 113, 0, {}, {}};
  state.z = mixed(state.y * kC + 113) * kC;
  const std::byte* const last = s + size - 64;  // the last 64 bytes are fed once more, whole
  for (const std::byte* const end = s + (size - 1) / 64 * 64; s != end; s += 64) state.feed(s, kB, 1, 1);
  const Word multiplier = kB + ((state.z & 0xff) << 1);
  state.w.first += (size - 1) & 63;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.feed(last, multiplier, 9, 9);
  return joined(joined(state.v.first, state.w.first, multiplier) + mixed(state.y) * kA + state.z,
                joined(state.v.second, state.w.second, multiplier) + state.x, multiplier);
}

struct Sip {
  Word v0, v1, v2, v3;

  void round() {
    v0 += v1, v2 += v3;
    v1 = rotl(v1, 13) ^ v0, v3 = rotl(v3, 16) ^ v2;
    v0 = rotl(v0, 32);
    v2 += v1, v0 += v3;
    v1 = rotl(v1, 17) ^ v2, v3 = rotl(v3, 21) ^ v0;
    v2 = rotl(v2, 32);
  }
  void take(Word m) {
    v3 ^= m;
    round();
    round();
    v0 ^= m;
  }
};

}  // namespace

std::uint64_t fingerprint64(std::string_view text) {
  const std::byte* const s = as_bytes(text).data();
  if (text.size() <= 16) return of_16(s, text.size());
  if (text.size() <= 32) return of_32(s, text.size());
  return text.size() <= 64 ? of_64(s, text.size()) : of_long(s, text.size());
}

std::uint64_t fingerprint_cat64(std::uint64_t first, std::uint64_t second) {
  constexpr Word kMultiplier = 0xc6a4a7935bd1e995;
  const Word result = (first ^ kMultiplier ^ mixed(second * kMultiplier) * kMultiplier) * kMultiplier;
  return mixed(mixed(result) * kMultiplier);
}

std::uint64_t siphash64(std::uint64_t key0, std::uint64_t key1, std::string_view text) {
  Sip sip{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d, key0 ^ 0x6c7967656e657261,
          key1 ^ 0x7465646279746573};
  const std::byte* const s = as_bytes(text).data();
  const std::size_t whole = text.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) sip.take(word(s + at));
  Word last = static_cast<Word>(text.size()) << 56;
  for (std::size_t at = whole; at < text.size(); ++at) last |= byte(s + at) << (at - whole) * 8;
  sip.take(last);
  sip.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) sip.round();
  return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

}  // namespace vivace
