#include "test/apiserver/field_error.h"

namespace k8sm::apiserver {
namespace {

std::string Quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

}  // namespace

void FieldErrors::Add(std::string_view reason, const std::string& path, std::string message,
                      std::string_view detail) {
  if (!detail.empty()) message.append(": ").append(detail);
  causes_.push_back({std::string(reason), std::move(message), path});
}

void FieldErrors::Required(const std::string& path, std::string_view detail) {
  Add("FieldValueRequired", path, "Required value", detail);
}

void FieldErrors::Invalid(const std::string& path, std::string_view value, std::string_view detail) {
  InvalidRaw(path, Quoted(value), detail);
}

void FieldErrors::Invalid(const std::string& path, std::int64_t value, std::string_view detail) {
  InvalidRaw(path, std::to_string(value), detail);
}

void FieldErrors::InvalidRaw(const std::string& path, std::string_view value, std::string_view detail) {
  Add("FieldValueInvalid", path, "Invalid value: " + std::string(value), detail);
}

void FieldErrors::Duplicate(const std::string& path, std::string_view value) {
  Add("FieldValueDuplicate", path, "Duplicate value: " + Quoted(value), {});
}

void FieldErrors::Forbidden(const std::string& path, std::string_view detail) {
  Add("FieldValueForbidden", path, "Forbidden", detail);
}

void FieldErrors::NotSupported(const std::string& path, std::string_view value,
                               std::initializer_list<std::string_view> supported) {
  std::string values;
  for (const std::string_view one : supported) values.append(values.empty() ? "" : ", ").append(Quoted(one));
  Add("FieldValueNotSupported", path, "Unsupported value: " + Quoted(value), "supported values: " + values);
}

void FieldErrors::TooMany(const std::string& path, std::size_t actual, std::size_t max) {
  Add("FieldValueTooMany", path, "Too many: " + std::to_string(actual),
      "must have at most " + std::to_string(max) + " items");
}

void FieldErrors::TooLong(const std::string& path, std::size_t max_bytes) {
  Add("FieldValueTooLong", path, "Too long", "may not be more than " + std::to_string(max_bytes) + " bytes");
}

Status FieldErrors::ToStatus(std::string_view group, std::string_view kind, std::string_view name) const {
  std::string all;
  for (const StatusCause& cause : causes_) {
    all.append(all.empty() ? "" : ", ").append(cause.field).append(": ").append(cause.message);
  }
  if (causes_.size() > 1) all = "[" + all + "]";
  Status status;
  status.code = 422;
  status.reason = "Invalid";
  status.message = std::string(kind) + (group.empty() ? "" : "." + std::string(group)) + " " + Quoted(name) +
                   " is invalid: " + all;
  status.details = {std::string(name), std::string(group), std::string(kind), "", causes_};
  return status;
}

std::string IndexPath(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

}  // namespace k8sm::apiserver
