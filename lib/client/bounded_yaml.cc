#include "lib/client/bounded_yaml.h"

#include "lib/kube_json/utf8.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <sstream>
#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

constexpr std::size_t kMaxText = 4 << 20;
constexpr std::size_t kMaxValues = 200'000;
constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxJson = 1 << 20;

// Builds nothing, and stops where there would be too much to build.
class Counter : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& text) override {
    Count(mark);
    // yaml-cpp takes any bytes, but YAML is made of characters, and what becomes of it has to be JSON.
    if (kube_json::Utf8Prefix(text) != text.size()) throw YAML::ParserException(mark, "no UTF-8");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Enter(mark);
  }
  void OnMapEnd() override { --depth_; }

  bool too_much() const { return values_ > kMaxValues || depth_ > kMaxDepth; }

 private:
  void Count(const YAML::Mark& mark) {
    ++values_;
    if (too_much()) throw YAML::ParserException(mark, "too much");
  }
  void Enter(const YAML::Mark& mark) {
    ++depth_;
    Count(mark);
  }

  std::size_t values_ = 0;
  int depth_ = 0;
};

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

template <std::size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Takes the digits off the front of `text`; whether there were any.
bool TakeDigits(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(size);
  return size > 0;
}

bool TakeOneOf(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// RFC 8259, 6.
bool IsJsonNumber(std::string_view text) {
  TakeOneOf(text, "-");
  if (text.size() > 1 && text.front() == '0' && std::isdigit(static_cast<unsigned char>(text[1])) != 0)
    return false;
  if (!TakeDigits(text)) return false;
  if (TakeOneOf(text, ".") && !TakeDigits(text)) return false;
  if (TakeOneOf(text, "eE")) {
    TakeOneOf(text, "+-");
    if (!TakeDigits(text)) return false;
  }
  return text.empty();
}

class JsonWriter {
 public:
  // False where it would be too much.
  bool Write(const YAML::Node& node) {
    if (json_.size() > kMaxJson || depth_ == kMaxDepth) return false;
    ++depth_;
    const bool fits = WriteValue(node);
    --depth_;
    return fits;
  }
  std::string Take() { return std::move(json_); }

 private:
  bool WriteValue(const YAML::Node& node) {
    if (node.IsMap()) return WriteMap(node);
    if (node.IsSequence()) return WriteSequence(node);
    if (node.IsScalar()) {
      WriteScalar(node);
    } else {
      json_ += "null";
    }
    return json_.size() <= kMaxJson;
  }

  bool WriteMap(const YAML::Node& map) {
    const char* separator = "{";
    for (const auto& entry : map) {
      json_ += separator;
      WriteString(entry.first.IsScalar() ? entry.first.Scalar() : "");
      json_ += ":";
      if (!Write(entry.second)) return false;
      separator = ",";
    }
    json_ += map.size() == 0 ? "{}" : "}";
    return true;
  }

  bool WriteSequence(const YAML::Node& sequence) {
    const char* separator = "[";
    for (const YAML::Node& element : sequence) {
      json_ += separator;
      if (!Write(element)) return false;
      separator = ",";
    }
    json_ += sequence.size() == 0 ? "[]" : "]";
    return true;
  }

  void WriteScalar(const YAML::Node& node) {
    static constexpr std::array<std::string_view, 5> kNulls{"", "~", "null", "Null", "NULL"};
    static constexpr std::array<std::string_view, 9> kTrues{"true", "True", "TRUE", "yes", "Yes",
                                                            "YES",  "on",   "On",   "ON"};
    static constexpr std::array<std::string_view, 9> kFalses{"false", "False", "FALSE", "no", "No",
                                                             "NO",    "off",   "Off",   "OFF"};
    const std::string& text = node.Scalar();
    // yaml-cpp tags what was quoted with "!".
    if (const bool plain = node.Tag() == "?" || node.Tag().empty(); !plain) {
      WriteString(text);
    } else if (IsOneOf(text, kNulls)) {
      json_ += "null";
    } else if (IsOneOf(text, kTrues)) {
      json_ += "true";
    } else if (IsOneOf(text, kFalses)) {
      json_ += "false";
    } else if (IsJsonNumber(text)) {
      json_ += text;
    } else {
      WriteString(text);
    }
  }

  void WriteString(std::string_view text) {
    constexpr const char* kHex = "0123456789abcdef";
    json_ += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        json_ += '\\';
        json_ += c;
      } else if (byte < ' ') {
        json_.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
      } else {
        json_ += c;
      }
    }
    json_ += '"';
  }

  std::string json_;
  int depth_ = 0;
};

// Counts what the text holds, and builds it where that is not too much.
template <class Count, class Build>
Result<void> Load(const std::string& text, Count count, Build build) {
  if (text.size() > kMaxText) return Invalid("is larger than 4 MiB");
  Counter counter;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    count(parser, counter);
    build();
    return {};
  } catch (const YAML::Exception& exception) {
    // Its own words may repeat what stands in the file.
    return Invalid("line " + std::to_string(exception.mark.line + 1) +
                   (counter.too_much() ? " goes beyond 100 levels of nesting or 200,000 values"
                                       : " is neither YAML nor JSON"));
  }
}

}  // namespace

Result<void> LoadYaml(const std::string& text, YAML::Node& root) {
  return Load(
      text, [](YAML::Parser& parser, Counter& counter) { parser.HandleNextDocument(counter); },
      [&] { root.reset(YAML::Load(text)); });
}

Result<void> LoadYamlDocuments(const std::string& text, std::vector<YAML::Node>& documents) {
  return Load(
      text,
      [](YAML::Parser& parser, Counter& counter) {
        while (parser.HandleNextDocument(counter)) {
        }
      },
      [&] { documents = YAML::LoadAll(text); });
}

std::optional<std::string> ToJson(const YAML::Node& node) {
  JsonWriter writer;
  if (!writer.Write(node)) return std::nullopt;
  return writer.Take();
}

}  // namespace k8sm::client
