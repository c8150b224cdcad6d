#include "lib/kube_proto/message.h"

#include "lib/base/printable.h"
#include "lib/base/utf8.h"

#include <protozero/exception.hpp>

#include <cassert>
#include <chrono>
#include <limits>

namespace k8sm::kube_proto {
namespace {

using protozero::pbf_wire_type;

// Years 0 to 9999, as in JSON.
constexpr std::int64_t kFirstSecond = -62'167'219'200;
constexpr std::int64_t kLastSecond = 253'402'300'799;

}  // namespace

Message::Message(Message& parent, std::string_view name, std::size_t index)
    : parent_(&parent), name_(name), index_(index), problem_(parent.problem_) {
  const std::string_view bytes = parent.Bytes(name);
  reader_ = protozero::pbf_reader(bytes.data(), bytes.size());
}

bool Message::Next() {
  if (!problem_.empty()) return false;
  try {
    if (pending_) reader_.skip();
    pending_ = reader_.next();
    return pending_;
  } catch (const protozero::exception& exception) {
    Break(exception.what());
    return false;
  }
}

void Message::Break(const char* why) {
  pending_ = false;
  const std::string path = Path();
  problem_.text = (path.empty() ? "" : path + ": ") + "invalid protobuf (" + why + ")";
}

bool Message::Is(pbf_wire_type type, std::string_view name) {
  if (!problem_.empty()) return false;
  assert(pending_ && "the value has been read");
  if (reader_.wire_type() == type) {
    pending_ = false;
    return true;
  }
  RefuseType(name);
  return false;
}

void Message::RefuseType(std::string_view name) {
  Refuse(name, "unexpected wire type " + std::to_string(static_cast<unsigned>(reader_.wire_type())));
}

void Message::RefuseValue(std::string_view name, const char* why) {
  Refuse(name, std::string("invalid protobuf (") + why + ")");
}

std::string_view Message::Bytes(std::string_view name) {
  if (!Is(pbf_wire_type::length_delimited, name)) return {};
  try {
    const protozero::data_view view = reader_.get_view();
    return {view.data(), view.size()};
  } catch (const protozero::exception& exception) {
    RefuseValue(name, exception.what());
    return {};
  }
}

std::string_view Message::Text(std::string_view name, std::size_t index) {
  const std::string_view text = Bytes(name);
  if (Utf8Prefix(text) == text.size()) return text;
  Refuse(name, "invalid UTF-8", index);
  return {};
}

std::int64_t Message::Int64(std::string_view name) {
  if (!Is(pbf_wire_type::varint, name)) return 0;
  try {
    return reader_.get_int64();
  } catch (const protozero::exception& exception) {
    RefuseValue(name, exception.what());
    return 0;
  }
}

std::int32_t Message::Int(std::string_view name) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::int64_t value = Int64(name);
  if (value >= Limits::min() && value <= Limits::max()) return static_cast<std::int32_t>(value);
  Refuse(name, "the integer does not fit into 32 bits");
  return 0;
}

bool Message::Bool(std::string_view name) {
  return Int64(name) != 0;
}

std::optional<kube::Timestamp> Message::Timestamp(std::string_view name) {
  Message time(*this, name);
  std::optional<std::int64_t> seconds;
  while (time.Next()) {
    if (!seconds) seconds = 0;
    if (time.field() == 1) seconds = time.Int64("seconds");
  }
  if (!seconds) return std::nullopt;
  if (*seconds >= kFirstSecond && *seconds <= kLastSecond)
    return kube::Timestamp(std::chrono::seconds(*seconds));
  Refuse(name, std::to_string(*seconds) + " is not a time");
  return std::nullopt;
}

kube::Protocol Message::Protocol(std::string_view name) {
  const std::string_view text = Text(name);
  const auto protocol = kube::ProtocolNamed(text);
  if (!protocol && !text.empty()) Refuse(name, "unknown protocol " + Quoted(text));
  return protocol.value_or(kube::Protocol::kTcp);
}

void Message::Refuse(std::string_view name, const std::string& why, std::size_t index) {
  if (!problem_.empty()) return;
  problem_.text = Path().append(".").append(name);
  if (index != kMember) problem_.text += "[" + std::to_string(index) + "]";
  problem_.text += ": " + why;
}

bool Message::HoldsValue() {
  const bool varint = reader_.wire_type() == pbf_wire_type::varint;
  const bool sized = reader_.wire_type() == pbf_wire_type::length_delimited;
  // Servers write 0 and the length 0, one byte alike, for what is not set: three times in each address.
  if ((varint || sized) && !rest().empty() && rest().front() == '\0') return false;
  const std::string name = "field " + std::to_string(field());
  if (sized) return !Bytes(name).empty();
  return !varint || Int64(name) != 0;
}

void Message::RefuseUnknown() {
  const std::uint32_t number = field();
  if (!HoldsValue() || !problem_.empty()) return;
  problem_ = {Path() + ": field " + std::to_string(number) + " is not known", Errc::kUnknownField};
}

std::string Message::Path() const {
  if (parent_ == nullptr) return "";
  std::string path = parent_->Path().append(".").append(name_);
  if (index_ != kMember) path += "[" + std::to_string(index_) + "]";
  return path;
}

}  // namespace k8sm::kube_proto
