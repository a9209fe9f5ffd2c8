// The settings of every layer in a Keras config, and where their texts stand: for tests that edit them.
#pragma once

#include <cctype>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace vivace::test {

/// A piece of valid JSON text: text[begin, end).
struct JsonPiece {
  std::size_t begin = 0, end = 0;
  std::string key;               // a member's name
  std::size_t key_begin = 0;     // where it stands, its quote included
  std::vector<JsonPiece> parts;  // members or elements

  std::string in(const std::string& text) const { return text.substr(begin, end - begin); }
  const JsonPiece* find(std::string_view name) const {
    for (const JsonPiece& part : parts)
      if (part.key == name) return &part;
    return nullptr;
  }
};

namespace detail {

inline void skip_blanks(const std::string& text, std::size_t& at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
}

inline void skip_string(const std::string& text, std::size_t& at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  ++at;
}

inline JsonPiece piece_at(const std::string& text, std::size_t& at) {
  JsonPiece piece;
  piece.begin = at;
  const char first = text.at(at);
  if (first == '"') {
    skip_string(text, at);
  } else if (first == '[' || first == '{') {
    for (skip_blanks(text, ++at); text.at(at) != ']' && text.at(at) != '}'; skip_blanks(text, at)) {
      const std::size_t key_begin = at;
      if (first == '{') skip_string(text, at);
      const std::string key = first == '{' ? text.substr(key_begin + 1, at - key_begin - 2) : "";
      if (first == '{') skip_blanks(text, at), skip_blanks(text, ++at);
      piece.parts.push_back(piece_at(text, at));
      piece.parts.back().key = key;
      piece.parts.back().key_begin = key_begin;
      skip_blanks(text, at);
      if (text.at(at) == ',') ++at;
    }
    ++at;
  } else {
    while (at < text.size() && !std::strchr(",]} \n", text[at])) ++at;
  }
  piece.end = at;
  return piece;
}

}  // namespace detail

inline JsonPiece json_piece(const std::string& text) {
  std::size_t at = 0;
  detail::skip_blanks(text, at);
  return detail::piece_at(text, at);
}

/// One entry of the config of one layer. `places` are the names of that layer and of all it lies in.
struct LayerEntry {
  std::string class_name, key;
  std::vector<std::string> places;
  std::size_t key_begin, begin, end;
};

namespace detail {

inline bool describes_no_layer(const std::string& key) {
  for (const std::string_view end :
       {"_initializer", "_regularizer", "_constraint", "dtype", "compile_config"})
    if (key.ends_with(end)) return true;
  return false;
}

inline std::string unquoted(const std::string& text) {
  return text.size() > 1 && text[0] == '"' ? text.substr(1, text.size() - 2) : "";
}

inline void add_entries(const std::string& text, const JsonPiece& piece, std::vector<std::string> places,
                        std::vector<LayerEntry>& into) {
  if (describes_no_layer(piece.key)) return;
  const JsonPiece* class_name = piece.find("class_name");
  const JsonPiece* config = piece.find("config");
  if (class_name && config) {
    const JsonPiece* name = config->find("name") ? config->find("name") : piece.find("name");
    if (name) places.push_back(unquoted(name->in(text)));
    for (const JsonPiece& entry : config->parts)
      if (!entry.key.empty() && !describes_no_layer(entry.key))
        into.push_back(
            {unquoted(class_name->in(text)), entry.key, places, entry.key_begin, entry.begin, entry.end});
  }
  for (const JsonPiece& part : piece.parts) add_entries(text, part, places, into);
}

}  // namespace detail

inline std::vector<LayerEntry> layer_entries(const std::string& config) {
  std::vector<LayerEntry> entries;
  detail::add_entries(config, json_piece(config), {}, entries);
  return entries;
}

}  // namespace vivace::test
