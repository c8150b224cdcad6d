#include "lib/kube_json/peek.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <string>
#include <utility>

namespace k8sm::kube_json {
namespace {

using kube::ObjectVersion;

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

// Takes what is wanted from the parser, and stops it as soon as it has all, or at the end of the metadata.
class Collector : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Collector> {
 public:
  bool complete() const {
    return !object_.ns.empty() && !object_.name.empty() && !object_.uid.empty() &&
           !object_.resource_version.empty();
  }
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
    const std::string_view key(text, size);
    if (depth_ == 1) enters_ = key == "metadata";
    if (depth_ == 2 && within_) target_ = TargetOf(key);
    return true;
  }
  bool StartObject() {
    if (enters_) within_ = true;
    return StartArray();
  }
  bool EndObject(rapidjson::SizeType) { return depth_-- > 2 || !within_; }
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

  std::size_t depth_ = 0;          // of the value that is being parsed
  bool enters_ = false;            // whether the next value is the metadata
  bool within_ = false;            // whether the metadata has begun
  std::string* target_ = nullptr;  // where the next value belongs, if it is a string
  ObjectVersion object_;
};

}  // namespace

std::optional<ObjectVersion> PeekVersion(std::string_view json) {
  rapidjson::MemoryStream stream(json.data(), std::min(json.size(), kPeekedBytes));
  Collector collector;
  rapidjson::Reader().Parse<kParseFlags>(stream, collector);
  if (!collector.complete()) return std::nullopt;
  return std::move(collector.object());
}

}  // namespace k8sm::kube_json
