#include "lib/kube_json/framer.h"

#include "lib/base/printable.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"

#include <algorithm>

namespace k8sm::kube_json {
namespace {

constexpr std::size_t kExcerptBytes = 100;

void SkipSpace(std::string_view& bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
}

Error Malformed(const std::string& message) {
  return {.code = Errc::kMalformed, .message = message};
}

}  // namespace

WatchFramer::WatchFramer(std::size_t max_bytes) : capture_(max_bytes) {}

void WatchFramer::Push(std::string_view bytes) {
  pushed_.erase(0, taken_);
  taken_ = 0;
  if (!broken_) pushed_.append(bytes);
}

std::optional<Result<std::string_view>> WatchFramer::Next() {
  std::string_view bytes = std::string_view(pushed_).substr(taken_);
  if (!capture_.started()) SkipSpace(bytes);
  if (bytes.empty() || broken_) return std::nullopt;
  if (!capture_.started() && bytes.front() != '{') {
    broken_ = true;
    return Malformed("a watch goes on with something other than a JSON object: " +
                     Printable(bytes, kExcerptBytes));
  }
  auto object = capture_.Take(bytes);
  taken_ = pushed_.size() - bytes.size();
  return object;
}

ListFramer::ListFramer(std::string_view kind, std::size_t max_bytes, std::string_view other_kind)
    : capture_(max_bytes), wanted_kind_(kind), other_kind_(other_kind) {}

void ListFramer::Push(std::string_view bytes) {
  pushed_.erase(0, taken_);
  taken_ = 0;
  if (!broken()) pushed_.append(bytes);
}

std::optional<Result<std::string_view>> ListFramer::Next() {
  std::string_view bytes = std::string_view(pushed_).substr(taken_);
  Item item;
  while (!item && !broken()) {
    if (!capture_.started()) SkipSpace(bytes);
    if (bytes.empty()) break;
    item = Step(bytes);
  }
  taken_ = pushed_.size() - bytes.size();
  return item;
}

ListFramer::Item ListFramer::Step(std::string_view& bytes) {
  const char byte = bytes.front();
  // Consumes the byte and changes to `state` if it is `expected`.
  const auto take = [&](char expected, State state) {
    if (byte != expected) return false;
    bytes.remove_prefix(1);
    state_ = state;
    return true;
  };
  switch (state_) {
    case State::kBegin:
      if (!take('{', State::kFirstKey))
        return Break("a list is not a JSON object: " + Printable(bytes, kExcerptBytes));
      return std::nullopt;
    case State::kFirstKey:
      if (!take('}', State::kEnd)) state_ = State::kKey;
      return std::nullopt;
    case State::kColon:
      if (!take(':', State::kMember)) break;
      return std::nullopt;
    case State::kAfterMember:
      if (!take(',', State::kKey) && !take('}', State::kEnd)) break;
      return std::nullopt;
    case State::kFirstItem:
      if (!take(']', State::kAfterMember)) state_ = State::kItem;
      return std::nullopt;
    case State::kAfterItem:
      if (!take(',', State::kItem) && !take(']', State::kAfterMember)) break;
      return std::nullopt;
    case State::kKey:
    case State::kMember:
    case State::kItem:
      return StepValue(bytes);
    case State::kEnd:
    case State::kBroken:
      break;
  }
  return Break("a list goes on with " + Printable(bytes, kExcerptBytes));
}

ListFramer::Item ListFramer::StepValue(std::string_view& bytes) {
  if (!capture_.started()) {
    const char byte = bytes.front();
    if (state_ == State::kKey ? byte != '"' : !CanBeginValue(byte))
      return Break("a list goes on with " + Printable(bytes, kExcerptBytes));
    if (state_ == State::kMember && key_ == "\"items\"" && byte == '[') {
      if (has_items_) return Break("a list has items twice");
      has_items_ = true;
      state_ = State::kFirstItem;
      bytes.remove_prefix(1);
      return std::nullopt;
    }
  }
  auto value = capture_.Take(bytes);
  if (!value) return std::nullopt;
  if (state_ == State::kMember) return AfterMember(*value);
  if (state_ == State::kItem) {
    state_ = State::kAfterItem;
    return value;
  }
  if (value->has_error()) return Break("the name of a list's member: " + value->error().message);
  key_ = **value;
  state_ = State::kColon;
  return std::nullopt;
}

// Only metadata is needed besides the items, so other members may have any size.
ListFramer::Item ListFramer::AfterMember(const Result<std::string_view>& value) {
  state_ = State::kAfterMember;
  if (key_ == "\"metadata\"") {
    if (value.has_error()) return Break("a list's metadata: " + value.error().message);
    metadata_ = *value;
  } else if (key_ == "\"items\"") {
    if (value.has_error() || *value != "null") return Break("a list's items are not a list");
    has_items_ = true;
  } else if (key_ == "\"kind\"") {
    if (value.has_error()) return Break("a list's kind: " + value.error().message);
    kind_ = *value;
    if (!IsOfWantedKind())
      return Break("a list of kind " + Printable(kind_, kExcerptBytes) + " instead of " + wanted_kind_);
  }
  return std::nullopt;
}

bool ListFramer::IsOfWantedKind() const {
  if (wanted_kind_.empty() || kind_ == "\"" + wanted_kind_ + "\"") return true;
  return !other_kind_.empty() && kind_ == "\"" + other_kind_ + "\"";
}

ListFramer::Item ListFramer::Break(const std::string& what) {
  state_ = State::kBroken;
  broken_by_ = what;
  return Malformed(what);
}

Result<ListMeta> ListFramer::meta() const {
  if (broken()) return Malformed(broken_by_);
  if (!done()) return Malformed("a list was cut off");
  if (!IsOfWantedKind()) return Malformed("a list whose kind is not " + wanted_kind_);
  if (!has_items_) return Malformed("a list without items");
  const auto tree = Parse(metadata_.empty() ? "null" : metadata_);
  if (tree.has_error()) return Malformed("a list's metadata: " + tree.error().message);
  Problem problem;
  const Field metadata(**tree, problem);
  const Field version = metadata.Member("resourceVersion");
  ListMeta meta{std::string(version.String()), std::string(metadata.Member("continue").String())};
  if (meta.resource_version.empty()) version.Refuse("missing");
  if (!problem.empty()) return Malformed("a list's metadata: " + problem);
  return meta;
}

}  // namespace k8sm::kube_json
