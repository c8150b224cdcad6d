#include "lib/kube_proto/framer.h"

#include "lib/base/printable.h"
#include "lib/kube_proto/decode.h"

#include <algorithm>

namespace k8sm::kube_proto {
namespace {

constexpr std::size_t kLengthBytes = 4;
// Far above any event. A text that is taken for a watch begins with a length of 500 MB and more.
constexpr std::uint64_t kAbsurdBytes = 64 << 20;

Error Malformed(const std::string& message) {
  return {.code = Errc::kMalformed, .message = message};
}

// Moves bytes from the front of `bytes` to `head` until it has `size`.
void Fill(std::string& head, std::size_t size, std::string_view& bytes) {
  const std::string_view piece = bytes.substr(0, size - std::min(size, head.size()));
  head.append(piece);
  bytes.remove_prefix(piece.size());
}

}  // namespace

std::optional<Result<std::string_view>> WatchFramer::Next() {
  if (broken_) return std::nullopt;
  if (!capture_.started()) {
    Fill(head_, kLengthBytes, bytes_);
    if (head_.size() < kLengthBytes) return std::nullopt;
    std::uint64_t length = 0;
    for (const char byte : head_) length = length << 8 | static_cast<unsigned char>(byte);
    if (length > kAbsurdBytes) return Break(length);
    head_.clear();
    capture_.Begin(length);
  }
  return capture_.Take(bytes_);
}

std::optional<Result<std::string_view>> WatchFramer::Break(std::size_t length) {
  broken_ = true;
  return Malformed("a watch goes on with something other than an event in protobuf: " + Quoted(head_) +
                   ", a length of " + std::to_string(length) + " bytes");
}

ListFramer::ListFramer(std::string_view kind, std::size_t max_bytes, std::string_view other_kind)
    : capture_(max_bytes), wanted_kind_(kind), other_kind_(other_kind) {}

std::optional<Result<std::string_view>> ListFramer::Next() {
  Item item;
  while (!item && !broken() && !bytes_.empty()) item = Step();
  return item;
}

ListFramer::Item ListFramer::Step() {
  if (state_ == State::kMagic) return StepMagic();
  return capture_.started() ? StepValue() : StepField();
}

ListFramer::Item ListFramer::StepMagic() {
  Fill(head_, kMagic.size(), bytes_);
  if (!kMagic.starts_with(head_))
    return Break("a list is not in protobuf: " + Quoted(head_ + std::string(bytes_), 100));
  if (head_.size() < kMagic.size()) return std::nullopt;
  head_.clear();
  state_ = State::kEnvelope;
  return std::nullopt;
}

ListFramer::Item ListFramer::StepField() {
  // Usually a head arrives in one piece.
  const bool split = !head_.empty();
  const std::size_t kept = head_.size();
  if (split) head_.append(bytes_.substr(0, kMaxHeadBytes));
  const auto field = ReadHead(split ? std::string_view(head_) : bytes_);
  if (!field) {
    if (!split) head_ = bytes_;
    bytes_ = {};
    return std::nullopt;
  }
  if (field->has_error()) return Break("a list: " + field->error().message);
  bytes_.remove_prefix((*field)->head_size - kept);
  head_.clear();
  return BeginField(**field);
}

ListFramer::Item ListFramer::BeginField(const FieldHead& field) {
  if (state_ == State::kEnvelope) return BeginEnvelopeField(field);
  if (field.head_size > raw_left_ || field.value_size > raw_left_ - field.head_size)
    return Break("a list's field " + std::to_string(field.number) + " goes beyond its end");
  raw_left_ -= field.head_size + field.value_size;
  return BeginListField(field);
}

ListFramer::Item ListFramer::BeginEnvelopeField(const FieldHead& field) {
  constexpr std::uint32_t kTypeMeta = 1;
  constexpr std::uint32_t kRaw = 2;
  if (field.number == kRaw && field.is_text) {
    if (raw_seen_) return Break("a list's envelope has two objects");
    raw_seen_ = true;
    raw_left_ = field.value_size;
    if (raw_left_ > 0) state_ = State::kList;
    return std::nullopt;
  }
  use_ = field.number == kTypeMeta && field.is_text ? Use::kType : Use::kNothing;
  capture_.Begin(field.value_size, use_ != Use::kNothing);
  return StepValue();
}

ListFramer::Item ListFramer::BeginListField(const FieldHead& field) {
  constexpr std::uint32_t kMetadata = 1;
  constexpr std::uint32_t kItems = 2;
  if ((field.number == kMetadata || field.number == kItems) && !field.is_text)
    return Break("a list's field " + std::to_string(field.number) + " is not a message");
  use_ = field.number == kMetadata ? Use::kMeta : field.number == kItems ? Use::kItem : Use::kNothing;
  capture_.Begin(field.value_size, use_ != Use::kNothing);
  return StepValue();
}

ListFramer::Item ListFramer::StepValue() {
  const auto value = capture_.Take(bytes_);
  if (!value) return std::nullopt;
  if (state_ == State::kList && raw_left_ == 0) state_ = State::kEnvelope;
  return OnValue(*value);
}

ListFramer::Item ListFramer::OnValue(const Result<std::string_view>& value) {
  switch (use_) {
    case Use::kItem:
      return value;
    case Use::kType:
      if (value.has_error()) return Break("a list's type: " + value.error().message);
      return OnType(*value);
    case Use::kMeta:
      if (value.has_error()) return Break("a list's metadata: " + value.error().message);
      metadata_ = *value;
      return std::nullopt;
    case Use::kNothing:
      break;
  }
  return std::nullopt;
}

ListFramer::Item ListFramer::OnType(std::string_view bytes) {
  Problem problem;
  for (Message type(bytes, problem); type.Next();)
    if (type.field() == 2) kind_ = type.Text("kind");
  if (!problem.empty()) return Break("a list's type: " + problem.text);
  if (!IsOfWantedKind()) return Break("a list of kind " + Quoted(kind_, 100) + " instead of " + wanted_kind_);
  return std::nullopt;
}

bool ListFramer::IsOfWantedKind() const {
  return kind_ == wanted_kind_ || (!other_kind_.empty() && kind_ == other_kind_);
}

ListFramer::Item ListFramer::Break(const std::string& what) {
  state_ = State::kBroken;
  broken_by_ = what;
  return Malformed(what);
}

Result<kube::ListMeta> ListFramer::meta() const {
  if (broken()) return Malformed(broken_by_);
  if (!done()) return Malformed("a list was cut off");
  if (!IsOfWantedKind()) return Malformed("a list whose kind is not " + wanted_kind_);
  Problem problem;
  kube::ListMeta meta;
  for (Message metadata(metadata_, problem); metadata.Next();) {
    if (metadata.field() == 2) meta.resource_version = metadata.Text("resourceVersion");
    if (metadata.field() == 3) meta.continue_token = metadata.Text("continue");
  }
  if (problem.empty() && meta.resource_version.empty()) problem.text = ".resourceVersion: missing";
  if (!problem.empty()) return Malformed("a list's metadata: " + problem.text);
  return meta;
}

}  // namespace k8sm::kube_proto
