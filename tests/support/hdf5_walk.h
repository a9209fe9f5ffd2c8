// Reads all that an HDF5 file holds, for the tests of malformed files and the fuzzer.
#pragma once

#include <set>
#include <vector>

#include "formats/hdf5/hdf5.h"

namespace vivace::hdf5 {

struct WalkCounts {
  int objects = 0;
  int attributes = 0;
  int datasets = 0;  // read without an error
  int errors = 0;
};

class Walker {
 public:
  explicit Walker(std::uint64_t most_bytes) : most_bytes_(most_bytes) {}

  WalkCounts walk(const Object& root) {
    std::vector<Object> open = {root};
    while (!open.empty() && counts_.objects < kMostObjects) {
      const Object object = std::move(open.back());
      open.pop_back();
      if (!seen_.insert(object.id()).second) continue;
      ++counts_.objects;
      read_attributes(object);
      if (object.is_dataset()) read_dataset(object);
      const auto names = object.children();
      if (!names.ok() && object.is_group()) note(names);
      for (std::size_t i = 0; names.ok() && i < names->size(); ++i) {
        auto child = object.child((*names)[i]);
        if (note(child)) open.push_back(*std::move(child));
      }
    }
    return counts_;
  }

 private:
  static constexpr int kMostObjects = 10000;

  template <class T>
  bool note(const Result<T>& result) {
    if (result.ok()) return true;
    ++counts_.errors;
    const Error& error = result.error();
    const bool complete = error.id().rfind("hdf5.", 0) == 0 && !error.what().empty() && !error.at().empty() &&
                          !error.why().empty() && !error.fix().empty();
    if (!complete) __builtin_trap();
    return false;
  }

  // Every byte counts: sanitizers see a view that leaves its memory.
  void touch(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const volatile unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) sum_ += bytes[i];
  }

  void decode(const Values& values) {
    const auto texts = values.texts();
    const auto numbers = values.numbers();
    const auto text = values.text();
    const auto integer = values.integer();
    note(text);
    note(integer);
    note(numbers);
    if (!note(texts)) return;
    for (const auto& each : *texts) touch(each.data(), each.size());
  }

  void read_attributes(const Object& object) {
    const auto names = object.attribute_names();
    if (!note(names)) return;
    std::size_t left = 200;  // finding one reads all: hostile headers hold thousands
    for (const auto& name : *names) {
      if (left-- == 0) return;
      const auto values = object.attribute(name);
      if (!note(values)) continue;
      ++counts_.attributes;
      decode(*values);
    }
  }

  void read_dataset(const Object& object) {
    const auto info = object.info();
    if (!note(info) || info->bytes > most_bytes_) return;
    if (info->type.is_text()) {
      const auto values = object.values();
      if (note(values)) decode(*values), ++counts_.datasets;
      return;
    }
    const auto elements = object.read();
    if (!note(elements)) return;
    touch(elements->data, elements->view().bytes());
    ++counts_.datasets;
  }

  std::uint64_t most_bytes_;
  std::set<std::uint64_t> seen_;
  WalkCounts counts_;
  unsigned sum_ = 0;
};

}  // namespace vivace::hdf5
