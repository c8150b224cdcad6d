#include "lib/kube_json/field.h"

#include "lib/base/printable.h"

#include <cstring>

namespace k8sm::kube_json {
namespace {

using rapidjson::Value;

const char* TypeOf(const Value& value) {
  if (value.IsObject()) return "an object";
  if (value.IsArray()) return "a list";
  if (value.IsString()) return "a string";
  if (value.IsBool()) return "a boolean";
  if (value.IsNumber()) return value.IsDouble() ? "a number" : "an integer";
  return "null";
}

const Value* Find(const Value& object, std::string_view name) {
  for (auto member = object.MemberEnd(); member != object.MemberBegin();) {
    --member;
    if (member->name.GetStringLength() == name.size() &&
        std::memcmp(member->name.GetString(), name.data(), name.size()) == 0)
      return &member->value;
  }
  return nullptr;
}

}  // namespace

Field::Field(const Value& value, Problem& problem)
    : value_(value.IsNull() ? nullptr : &value), problem_(&problem) {}

Field::Field(const Value* value, const Field& parent, std::string_view name, std::size_t index)
    : value_(value == nullptr || value->IsNull() ? nullptr : value),
      parent_(&parent),
      name_(name),
      index_(index),
      problem_(parent.problem_) {}

Field Field::Member(std::string_view name) const& {
  return {Is(&Value::IsObject, "an object") ? Find(*value_, name) : nullptr, *this, name, kMember};
}

std::string_view Field::String() const {
  if (!Is(&Value::IsString, "a string")) return {};
  return {value_->GetString(), value_->GetStringLength()};
}

std::int32_t Field::Int() const {
  if (!present()) return 0;
  if (value_->IsInt()) return value_->GetInt();
  if (value_->IsInt64() || value_->IsUint64()) {
    Refuse("the integer does not fit into 32 bits");
  } else {
    Refuse(std::string("expected an integer, got ") + TypeOf(*value_));
  }
  return 0;
}

bool Field::Bool() const {
  return Is(&Value::IsBool, "a boolean") && value_->GetBool();
}

kube::Symbol Field::Symbol() const {
  const std::string_view text = String();
  return kube::Symbol(text);
}

std::optional<kube::Symbol> Field::OptionalSymbol() const {
  return present() ? std::optional(Symbol()) : std::nullopt;
}

std::optional<kube::Timestamp> Field::Timestamp() const {
  if (!Is(&Value::IsString, "a string")) return std::nullopt;
  const auto time = kube::ParseTimestamp(String());
  if (!time) Refuse(Quoted(String()) + " is not a time");
  return time;
}

kube::Protocol Field::Protocol() const {
  const std::string_view name = String();
  const auto protocol = kube::ProtocolNamed(name);
  if (!protocol && !name.empty()) Refuse("unknown protocol " + Quoted(name));
  return protocol.value_or(kube::Protocol::kTcp);
}

kube::LabelMap Field::Labels() const {
  kube::LabelMap labels;
  ForEachEntry(
      [&](std::string_view key, const Field& value) { labels.Set(kube::Symbol(key), value.Symbol()); });
  return labels;
}

void Field::Refuse(const std::string& why) const {
  if (problem_->empty()) *problem_ = parent_ == nullptr ? why : Path() + ": " + why;
}

bool Field::Is(bool (Value::*type)() const, const char* expected) const {
  if (!present()) return false;
  if ((value_->*type)()) return true;
  Refuse(std::string("expected ") + expected + ", got " + TypeOf(*value_));
  return false;
}

std::string Field::Path() const {
  if (parent_ == nullptr) return "";
  const std::string path = parent_->Path();
  if (index_ == kMember) return path + "." + std::string(name_);
  return path + "[" + (index_ == kEntry ? Printable(name_, 100) : std::to_string(index_)) + "]";
}

}  // namespace k8sm::kube_json
