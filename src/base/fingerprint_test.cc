#include "base/fingerprint.h"

#include <doctest/doctest.h>

#include <string>

using namespace vivace;

namespace {

std::string sample(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ";
  return text.substr(0, size);
}

}  // namespace

// What tf.strings.to_hash_bucket_fast and _strong (key 7, -9) give for 2^63 - 25 buckets.
TEST_CASE("hashes of every length class are TensorFlow's") {
  constexpr std::uint64_t kBuckets = (std::uint64_t{1} << 63) - 25;
  struct Known {
    std::size_t size;
    std::uint64_t fast, strong;
  };
  for (const Known& known : {
           Known{0, 1936946117179621480, 6154589220502549772},
           {1, 5975597238397796952, 6870083844213509260},
           {2, 7149277000631076631, 1024156652759565293},
           {3, 8347415407982900060, 2332650219880119135},
           {4, 259744646550992544, 5686293756909322763},
           {7, 2092326130583504517, 6094022816517946812},
           {8, 7926118692302350582, 5687165510010203791},
           {9, 5460912367792631725, 3901259759423121506},
           {15, 8973211576868890572, 5398644773018830160},
           {16, 6105018409752412263, 5688937722150245181},
           {17, 2800675501336285795, 2348475096782818559},
           {31, 234057273420473933, 1332992109754181833},
           {32, 5309998426329684901, 8276065058090855645},
           {33, 2481852824537632280, 3058003096610112347},
           {48, 4221186839211444072, 2380426289899257922},
           {63, 5272762941723083061, 7407083243768714459},
           {64, 8533307453979440489, 1080769030153293115},
           {65, 3315466726478011838, 4438500920976997505},
           {127, 1317550062932198960, 4857783567338503910},
           {128, 3590795831784915004, 4682433916732378482},
           {129, 962743559197523503, 6652649934606965884},
           {200, 3678403132841575671, 7495158112551451225},
           {256, 2519524277167628369, 4047443495672405161},
       }) {
    CAPTURE(known.size);
    const std::string text = sample(known.size);
    CHECK(fingerprint64(text) % kBuckets == known.fast);
    CHECK(siphash64(7, static_cast<std::uint64_t>(-9), text) % kBuckets == known.strong);
  }
}

// tf.sparse.cross_hashed of "a" and 5 into 2^60 buckets, and of 7, 5 and "x"; its seed is TensorFlow's own.
TEST_CASE("fingerprints join as in tf.sparse.cross_hashed") {
  constexpr std::uint64_t kSeed = 0xdecafcaffe, kBuckets = std::uint64_t{1} << 60;
  CHECK(fingerprint_cat64(fingerprint_cat64(kSeed, fingerprint64("a")), 5) % kBuckets == 1019146045564160463);
  CHECK(fingerprint_cat64(fingerprint_cat64(fingerprint_cat64(kSeed, 7), 5), fingerprint64("x")) % kBuckets ==
        513459743108517513);
}
