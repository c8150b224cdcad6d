#include "test/apiserver/yaml.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <set>

namespace k8sm::apiserver {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr int kMaxDepth = 100;

template <std::size_t N>
bool OneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 5> kNulls{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 9> kTrues{"true", "True", "TRUE", "yes", "Yes",
                                                 "YES",  "on",   "On",   "ON"};
constexpr std::array<std::string_view, 9> kFalses{"false", "False", "FALSE", "no", "No",
                                                  "NO",    "off",   "Off",   "OFF"};

// 12, -7, +3, 0x1f, 0o17.
std::optional<std::int64_t> Integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative ? 1 : 0);
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0o")) {
    base = digits[1] == 'x' ? 16 : 8;
    digits.remove_prefix(2);
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (digits.empty() || digits.front() == '-' || error != std::errc() ||
      end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
std::optional<double> Float(const std::string& text) {
  if (text.find_first_not_of("0123456789+-.eE") != text.npos) return std::nullopt;
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == text.npos || digit > 2) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !std::isfinite(number)) return std::nullopt;
  return number;
}

void WriteScalar(Writer& writer, const YAML::Node& node) {
  const std::string& text = node.Scalar();
  // yaml-cpp tags quoted scalars with "!"; "!!str" is explicit.
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") {
    writer.String(text);
  } else if (OneOf(text, kNulls)) {
    writer.Null();
  } else if (OneOf(text, kTrues) || OneOf(text, kFalses)) {
    writer.Bool(OneOf(text, kTrues));
  } else if (const std::optional<std::int64_t> integer = Integer(text)) {
    writer.Int64(*integer);
  } else if (const std::optional<double> number = Float(text)) {
    writer.Double(*number);
  } else {
    writer.String(text);
  }
}

bool WriteNode(Writer& writer, const YAML::Node& node, int depth);

// Writes a map's members. Its own come first, since they override those of merge keys.
bool WriteMembers(Writer& writer, const YAML::Node& map, std::set<std::string>& seen, int depth) {
  for (const auto& member : map) {
    if (!member.first.IsScalar()) return false;
    const std::string& name = member.first.Scalar();
    if (name == "<<" && member.second.IsMap()) continue;
    if (!seen.insert(name).second) continue;
    writer.Key(name.c_str(), rapidjson::SizeType(name.size()));
    if (!WriteNode(writer, member.second, depth + 1)) return false;
  }
  const YAML::Node merged = map["<<"];
  return !merged.IsDefined() || !merged.IsMap() || WriteMembers(writer, merged, seen, depth + 1);
}

// Returns false for what JSON cannot express: keys that are not scalars, or recursive values.
bool WriteNode(Writer& writer, const YAML::Node& node, int depth) {
  if (depth > kMaxDepth) return false;
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      writer.Null();
      return true;
    case YAML::NodeType::Scalar:
      WriteScalar(writer, node);
      return true;
    case YAML::NodeType::Sequence:
      writer.StartArray();
      for (const YAML::Node& element : node) {
        if (!WriteNode(writer, element, depth + 1)) return false;
      }
      writer.EndArray();
      return true;
    case YAML::NodeType::Map:
      break;
  }
  writer.StartObject();
  std::set<std::string> seen;
  if (!WriteMembers(writer, node, seen, depth)) return false;
  writer.EndObject();
  return true;
}

}  // namespace

Result<std::vector<std::string>> YamlToJson(std::string_view text) {
  std::vector<std::string> documents;
  // yaml-cpp reports errors by exceptions.
  try {
    for (const YAML::Node& node : YAML::LoadAll(std::string(text))) {
      if (!node.IsDefined() || node.IsNull()) continue;
      rapidjson::StringBuffer buffer;
      Writer writer(buffer);
      if (!WriteNode(writer, node, 0)) {
        return Error{Errc::kMalformed, "document " + std::to_string(documents.size() + 1) +
                                           ": a key is no scalar, or values are nested too deep"};
      }
      documents.emplace_back(buffer.GetString(), buffer.GetSize());
    }
  } catch (const YAML::Exception& error) {
    return Error{Errc::kMalformed, error.what()};
  }
  return documents;
}

}  // namespace k8sm::apiserver
