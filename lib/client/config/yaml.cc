#include "lib/client/config/yaml.h"

#include "lib/base/printable.h"
#include "lib/base/utf8.h"
#include "lib/client/config/yaml_scalar.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace k8sm::client {
namespace {

using Kind = YamlValue::Kind;

constexpr std::size_t kMaxText = 4 << 20;
constexpr std::size_t kMaxValues = 200'000;
constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxJson = 1 << 20;
constexpr std::size_t kMaxTag = 100;

// Aborts parsing. The message continues "line 3 ".
class Refusal : public YAML::ParserException {
 public:
  using YAML::ParserException::ParserException;
};

// Builds the tree from the parser's events, and stops when a limit is exceeded.
class Builder : public YAML::EventHandler {
 public:
  YamlPtr Take() { return root_ ? std::move(root_) : std::make_shared<YamlValue>(); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(mark, anchor, std::make_shared<YamlValue>());
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto named = anchors_.find(anchor);
    if (named == anchors_.end()) throw Refusal(mark, "has an alias to what contains it");
    Add(mark, 0, named->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    // yaml-cpp accepts any bytes, but YAML requires valid characters, and so does the JSON made from it.
    if (Utf8Prefix(text) != text.size()) throw Refusal(mark, "is neither YAML nor JSON");
    auto value = ResolveScalar(tag, text);
    if (!value) {
      const std::string name = tag.substr(std::min(kYamlTagPrefix.size(), tag.size()));
      throw Refusal(mark, "has a value that is not !!" + Printable(name, kMaxTag));
    }
    const bool is_key = !open_.empty() && open_.back().value->kind == Kind::kMap && !open_.back().key;
    const bool is_merge = (tag == "?" && text == "<<") || tag == std::string(kYamlTagPrefix) + "merge";
    if (is_key && is_merge) {
      Count(mark);
      open_.back().key.emplace();
      open_.back().merges = true;
    } else {
      Add(mark, anchor, std::make_shared<YamlValue>(*std::move(value)));
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map that has not ended yet.
  struct Frame {
    YAML::Mark mark;
    YAML::anchor_t anchor;
    std::shared_ptr<YamlValue> value;
    std::optional<std::string> key;  // in a map: the key whose value comes next
    bool merges = false;             // the key is "<<"
  };

  void Count(const YAML::Mark& mark, std::size_t values = 1) {
    values_ += values;
    if (values_ > kMaxValues) throw Refusal(mark, "goes beyond 100 levels of nesting or 200,000 values");
  }

  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, Kind kind) {
    Count(mark, open_.size() >= kMaxDepth ? kMaxValues + 1 : 0);
    auto value = std::make_shared<YamlValue>();
    value->kind = kind;
    value->depth = 1;
    open_.push_back({mark, anchor, std::move(value), std::nullopt, false});
  }

  void Close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    Add(frame.mark, frame.anchor, std::move(frame.value));
  }

  // Adds a finished value to its parent.
  void Add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlPtr value) {
    Count(mark);
    if (anchor != 0) anchors_[anchor] = value;
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& frame = open_.back();
    const bool is_key = frame.value->kind == Kind::kMap && !frame.key;
    if (is_key) {
      frame.key = KeyOf(mark, *value);
      return;
    }
    frame.value->depth = std::max(frame.value->depth, value->depth + 1);
    if (frame.value->depth > kMaxDepth) Count(mark, kMaxValues);
    if (frame.value->kind == Kind::kList) {
      frame.value->list.push_back(std::move(value));
    } else if (std::exchange(frame.merges, false)) {
      Merge(mark, *value, *frame.value);
    } else {
      frame.value->map[*frame.key] = std::move(value);
    }
    frame.key.reset();
  }

  static std::string KeyOf(const YAML::Mark& mark, const YamlValue& value) {
    if (value.kind == Kind::kNull || value.kind == Kind::kList || value.kind == Kind::kMap)
      throw Refusal(mark, "has a key that is not text");
    return value.text;
  }

  // In a list, earlier maps take precedence.
  void Merge(const YAML::Mark& mark, const YamlValue& from, YamlValue& into) {
    if (from.kind == Kind::kMap) return MergeMap(mark, from, into);
    if (from.kind != Kind::kList) throw Refusal(mark, "merges (<<) what is not a map");
    for (auto map = from.list.rbegin(); map != from.list.rend(); ++map) {
      if ((*map)->kind != Kind::kMap) throw Refusal(mark, "merges (<<) what is not a map");
      MergeMap(mark, **map, into);
    }
  }

  void MergeMap(const YAML::Mark& mark, const YamlValue& from, YamlValue& into) {
    Count(mark, from.map.size());
    for (const auto& [key, value] : from.map) into.map[key] = value;
  }

  std::vector<Frame> open_;
  std::unordered_map<YAML::anchor_t, YamlPtr> anchors_;
  YamlPtr root_;
  std::size_t values_ = 0;
};

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

Error InvalidAt(const YAML::Mark& mark, const std::string& what) {
  return Invalid("line " + std::to_string(mark.line + 1) + " " + what);
}

class JsonWriter {
 public:
  // Returns false if the limit is exceeded.
  bool Write(const YamlValue& value) {
    switch (value.kind) {
      case Kind::kNull:
        json_ += "null";
        break;
      case Kind::kBool:
      case Kind::kNumber:
        json_ += value.text;
        break;
      case Kind::kText:
        json_ += Quoted(value.text, std::string::npos);
        break;
      case Kind::kList:
        return WriteList(value.list);
      case Kind::kMap:
        return WriteMap(value.map);
    }
    return json_.size() <= kMaxJson;
  }
  std::string Take() { return std::move(json_); }

 private:
  bool WriteList(const std::vector<YamlPtr>& list) {
    json_ += "[";
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) json_ += ",";
      if (!Write(*list[i])) return false;
    }
    json_ += "]";
    return json_.size() <= kMaxJson;
  }

  bool WriteMap(const std::map<std::string, YamlPtr>& map) {
    json_ += "{";
    const char* separator = "";
    for (const auto& [key, value] : map) {
      json_.append(std::exchange(separator, ",")).append(Quoted(key, std::string::npos)).append(":");
      if (!Write(*value)) return false;
    }
    json_ += "}";
    return json_.size() <= kMaxJson;
  }

  std::string json_;
};

}  // namespace

const YamlValue* YamlValue::Find(const std::string& key) const {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second.get();
}

Result<YamlPtr> ParseYaml(const std::string& text) {
  if (text.size() > kMaxText) return Invalid("is larger than 4 MiB");
  Builder builder;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    return builder.Take();
  } catch (const Refusal& refusal) {
    return InvalidAt(refusal.mark, refusal.msg);
  } catch (const YAML::Exception& exception) {
    // yaml-cpp's message may quote the file.
    return InvalidAt(exception.mark, "is neither YAML nor JSON");
  }
}

std::optional<std::string> ToJson(const YamlValue& value) {
  JsonWriter writer;
  if (!writer.Write(value)) return std::nullopt;
  return writer.Take();
}

}  // namespace k8sm::client
