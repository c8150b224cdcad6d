#include "lib/manifest/yaml_documents.h"

#include "lib/base/utf8.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace k8sm::manifest {
namespace {

constexpr std::size_t kMaxText = 4 << 20;
constexpr std::size_t kMaxValues = 200'000;
constexpr int kMaxDepth = 100;
constexpr std::string_view kSeparator = "\n---";
constexpr std::size_t kEscape = std::string_view("\\uD83D").size();

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

// Checks the limits without building a tree, and stops when one is exceeded.
class Counter : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Count(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& text) override {
    Count(mark);
    // yaml-cpp accepts any bytes, but YAML requires valid characters, and so does the JSON made from it.
    if (Utf8Prefix(text) != text.size()) throw YAML::ParserException(mark, "no UTF-8");
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

// Whether a document, with its "---" if it has one, is to be JSON.
bool IsJson(std::string_view document) {
  constexpr std::string_view kMarker = kSeparator.substr(1);
  if (document.starts_with(kMarker)) document.remove_prefix(kMarker.size());
  const std::size_t begin = document.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && (document[begin] == '{' || document[begin] == '[');
}

// Returns the half of a surrogate pair that `text` begins with as an escape "\uD83D"; 0 if there is none.
std::uint32_t SurrogateAt(std::string_view text) {
  if (text.size() < kEscape || !text.starts_with("\\u")) return 0;
  std::uint32_t unit = 0;
  const char* end = text.data() + kEscape;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, unit, 16);
  return error == std::errc() && stop == end && unit >= 0xD800 && unit < 0xE000 ? unit : 0;
}

// Appends a character beyond U+FFFF.
void AppendUtf8(std::uint32_t code_point, std::string& text) {
  text += static_cast<char>(0xF0 | code_point >> 18);
  for (const int shift : {12, 6, 0}) text += static_cast<char>(0x80 | (code_point >> shift & 0x3F));
}

// Only strings of JSON have backslashes, so it need not be parsed.
void AppendWithoutSurrogates(std::string_view json, std::string& text) {
  while (!json.empty()) {
    const std::size_t plain = std::min(json.find('\\'), json.size());
    text += json.substr(0, plain);
    json.remove_prefix(plain);
    const std::uint32_t high = SurrogateAt(json);
    const std::uint32_t low = high != 0 ? SurrogateAt(json.substr(kEscape)) : 0;
    std::size_t taken = std::min<std::size_t>(2, json.size());
    if (high != 0 && high < 0xDC00 && low >= 0xDC00) {
      AppendUtf8(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), text);
      taken = 2 * kEscape;
    } else {
      // The backslash and what it escapes, which may be a backslash too.
      text += json.substr(0, taken);
    }
    json.remove_prefix(taken);
  }
}

// JSON escapes a character beyond U+FFFF as a surrogate pair, "\ud83d\ude80"; YAML does not know such pairs.
// Returns the text with the character in place of each pair in its JSON documents, on the same line. Half a
// pair stays, and is invalid.
std::string WithoutSurrogates(std::string_view text) {
  std::string without;
  without.reserve(text.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(kSeparator), text.size() - 1) + 1;
    const std::string_view document = text.substr(0, end);
    if (IsJson(document)) {
      AppendWithoutSurrogates(document, without);
    } else {
      without += document;
    }
    text.remove_prefix(end);
  }
  return without;
}

}  // namespace

Result<void> LoadYamlDocuments(const std::string& text, std::vector<YAML::Node>& documents) {
  if (text.size() > kMaxText) return Invalid("is larger than 4 MiB");
  const std::string readable = WithoutSurrogates(text);
  Counter counter;
  try {
    std::istringstream stream(readable);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(counter)) {
    }
    documents = YAML::LoadAll(readable);
    return {};
  } catch (const YAML::Exception& exception) {
    // yaml-cpp's message may quote the file.
    return Invalid("line " + std::to_string(exception.mark.line + 1) +
                   (counter.too_much() ? " goes beyond 100 levels of nesting or 200,000 values"
                                       : " is neither YAML nor JSON"));
  }
}

}  // namespace k8sm::manifest
