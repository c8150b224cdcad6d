#include "lib/kube_json/parse.h"

#include "lib/base/printable.h"
#include "lib/base/utf8.h"
#include "lib/kube_json/value_capture.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

namespace k8sm::kube_json {
namespace {

// RapidJSON's own UTF-8 validation is slower than the rest of the parser and does not check the result of
// escapes, so Guard validates the finished strings. RapidJSON's number parsing is either imprecise or has
// undefined behaviour for zeros with many leading zeros such as 0e-99, so Guard also parses numbers that are
// not integers.
constexpr unsigned kParseFlags =
    rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

constexpr std::size_t kExcerptBytes = 160;

// A filter between the parser and the document that rejects content that we do not support.
class Guard {
 public:
  using Ch = char;

  explicit Guard(rapidjson::Document& document) : document_(document) {}

  bool too_deep() const { return depth_ > kMaxDepth; }
  // Whether a number exceeded a double.
  bool too_big() const { return too_big_; }
  // Position of the first invalid byte in a string that is not valid UTF-8; null if there was none.
  const char* invalid_utf8() const { return invalid_utf8_; }

  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool Int(int value) { return document_.Int(value); }
  bool Uint(unsigned value) { return document_.Uint(value); }
  bool Int64(std::int64_t value) { return document_.Int64(value); }
  bool Uint64(std::uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    std::int64_t integer = 0;
    if (IsWhole(text, size, integer)) return document_.Int64(integer);
    std::uint64_t natural = 0;
    if (IsWhole(text, size, natural)) return document_.Uint64(natural);
    const double number = std::strtod(std::string(text, size).c_str(), nullptr);
    too_big_ = !std::isfinite(number);
    return !too_big_ && document_.Double(number);
  }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return IsUtf8(text, size) && document_.String(text, size, copy);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return IsUtf8(text, size) && document_.Key(text, size, copy);
  }
  bool StartObject() { return Enter() && document_.StartObject(); }
  bool EndObject(rapidjson::SizeType members) { return Leave() && document_.EndObject(members); }
  bool StartArray() { return Enter() && document_.StartArray(); }
  bool EndArray(rapidjson::SizeType elements) { return Leave() && document_.EndArray(elements); }

 private:
  template <class T>
  static bool IsWhole(const char* text, std::size_t size, T& number) {
    const auto [end, error] = std::from_chars(text, text + size, number);
    return error == std::errc() && end == text + size;
  }
  bool IsUtf8(const char* text, std::size_t size) {
    const std::size_t valid = Utf8Prefix({text, size});
    if (valid < size) invalid_utf8_ = text + valid;
    return valid == size;
  }
  bool Enter() { return ++depth_ <= kMaxDepth; }
  bool Leave() {
    --depth_;
    return true;
  }

  rapidjson::Document& document_;
  std::size_t depth_ = 0;
  bool too_big_ = false;
  const char* invalid_utf8_ = nullptr;
};

// The memory of the shared tree: the text, which contains its strings, and its nodes.
class Tree {
 public:
  Result<const rapidjson::Value*> Fill(std::string_view json, Excerpts excerpts);

 private:
  // Memory kept for the next tree; what a larger tree used beyond it is freed.
  static constexpr std::size_t kKeptBytes = 64 << 10;

  char* CopyOf(std::string_view json);

  std::vector<char> text_;
  char nodes_[kKeptBytes];
  rapidjson::MemoryPoolAllocator<> pool_{nodes_, sizeof nodes_};
  rapidjson::Document document_{&pool_};
};

// Returns a zero-terminated, writable copy.
char* Tree::CopyOf(std::string_view json) {
  if (text_.size() > kKeptBytes) text_ = {};
  if (text_.size() < json.size() + 1) text_.resize(json.size() + 1);
  if (!json.empty()) std::memcpy(text_.data(), json.data(), json.size());
  text_[json.size()] = '\0';
  return text_.data();
}

Error Malformed(std::string_view what, std::size_t offset, std::string_view shown) {
  return {.code = Errc::kMalformed,
          .message = std::string(what) + " at byte " + std::to_string(offset) +
                     (shown.empty() ? "" : " of " + Printable(shown, kExcerptBytes))};
}

Result<const rapidjson::Value*> Tree::Fill(std::string_view json, Excerpts excerpts) {
  document_.SetNull();
  pool_.Clear();
  char* text = CopyOf(json);
  rapidjson::InsituStringStream stream(text);
  rapidjson::Reader reader;
  Guard guard(document_);
  const std::string_view shown = excerpts == Excerpts::kNone ? std::string_view() : json;
  auto fill = [&](rapidjson::Document&) { return !reader.Parse<kParseFlags>(stream, guard).IsError(); };
  document_.Populate(fill);
  if (guard.invalid_utf8() != nullptr)
    return Malformed("invalid UTF-8", static_cast<std::size_t>(guard.invalid_utf8() - text), shown);
  if (guard.too_deep())
    return Malformed("more than " + std::to_string(kMaxDepth) + " levels of nesting", reader.GetErrorOffset(),
                     shown);
  if (guard.too_big()) return Malformed("a number too big for a double", reader.GetErrorOffset(), shown);
  if (reader.HasParseError()) {
    std::string what = rapidjson::GetParseError_En(reader.GetParseErrorCode());
    if (what.ends_with('.')) what.pop_back();
    return Malformed("invalid JSON (" + what + ")", reader.GetErrorOffset(), shown);
  }
  // The parser stops at a zero byte.
  if (stream.Tell() != json.size()) return Malformed("invalid JSON (a zero byte)", stream.Tell(), shown);
  return &document_;
}

}  // namespace

Result<const rapidjson::Value*> Parse(std::string_view json, Excerpts excerpts) {
  static Tree tree;
  return tree.Fill(json, excerpts);
}

}  // namespace k8sm::kube_json
