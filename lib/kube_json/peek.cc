#include "lib/kube_json/peek.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

namespace k8sm::kube_json {
namespace {

using kube::ObjectVersion;

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

// The members that lead to the metadata.
constexpr std::array<std::string_view, 2> kPath = {"object", "metadata"};

// Takes what is wanted from the parser, and stops it as soon as it has all, or at the end of the metadata.
class Collector : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Collector> {
 public:
  // `path`: the members that lead from the text to the metadata. `with_type`: the member "type" is wanted.
  Collector(std::span<const std::string_view> path, bool with_type) : path_(path), with_type_(with_type) {}

  bool complete() const {
    return !object_.ns.empty() && !object_.name.empty() && !object_.uid.empty() &&
           !object_.resource_version.empty() && (!with_type_ || !type_.empty());
  }
  const std::string& type() const { return type_; }
  ObjectVersion& object() { return object_; }

  bool Default() {
    enters_ = false;
    target_ = nullptr;
    return true;
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return Default(); }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (target_ != nullptr) target_->assign(text, size);
    return Default() && !complete();
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ != matched_ + 1) return true;
    const std::string_view key(text, size);
    if (matched_ == path_.size()) {
      target_ = TargetOf(key);
    } else {
      enters_ = key == path_[matched_];
      if (with_type_ && depth_ == 1 && key == "type") target_ = &type_;
    }
    return true;
  }
  bool StartObject() {
    if (enters_) ++matched_;
    return StartArray();
  }
  bool EndObject(rapidjson::SizeType) { return depth_-- > matched_ + 1; }
  bool StartArray() {
    ++depth_;
    return Default();
  }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return true;
  }

 private:
  std::string* TargetOf(std::string_view key) {
    if (key == "namespace") return &object_.ns;
    if (key == "name") return &object_.name;
    if (key == "uid") return &object_.uid;
    return key == "resourceVersion" ? &object_.resource_version : nullptr;
  }

  const std::span<const std::string_view> path_;
  const bool with_type_;
  std::size_t depth_ = 0;          // of the value that is being parsed
  std::size_t matched_ = 0;        // how much of the path has been entered
  bool enters_ = false;            // whether the next value is the next part of the path
  std::string* target_ = nullptr;  // where the next value belongs, if it is a string
  std::string type_;
  ObjectVersion object_;
};

void Collect(std::string_view json, Collector& collector) {
  rapidjson::MemoryStream stream(json.data(), std::min(json.size(), kPeekedBytes));
  rapidjson::Reader().Parse<kParseFlags>(stream, collector);
}

}  // namespace

std::optional<ObjectVersion> PeekVersion(std::string_view json) {
  Collector collector(std::span<const std::string_view>(kPath).subspan(1), false);
  Collect(json, collector);
  if (!collector.complete()) return std::nullopt;
  return std::move(collector.object());
}

std::optional<PeekedEvent> PeekEvent(std::string_view json) {
  Collector collector(kPath, true);
  Collect(json, collector);
  if (!collector.complete()) return std::nullopt;
  const auto type = kube::WatchEventTypeOf(collector.type());
  if (!type) return std::nullopt;
  return PeekedEvent{*type, std::move(collector.object())};
}

}  // namespace k8sm::kube_json
