#include "controller/inspect/json_steps.h"

#include "controller/inspect/page_parts.h"
#include "lib/base/printable.h"

#include <algorithm>

namespace k8sm::controller {

JsonObject& JsonObject::Raw(std::string_view key, std::string_view json) {
  text_.append(text_.size() > 1 ? "," : "").append(Quoted(key, std::string::npos)).append(":").append(json);
  return *this;
}

JsonObject& JsonObject::Text(std::string_view key, std::string_view value) {
  return Raw(key, Quoted(value, std::string::npos));
}

bool JsonArray::operator()(std::string& out) {
  if (written_ == 0) out += '[';
  const std::size_t end = std::min(size_, written_ + kRowsPerStep);
  const std::size_t enough = out.size() + kBytesPerStep;
  for (; written_ < end && out.size() < enough; ++written_)
    out.append(written_ == 0 ? "" : ",").append(element_(written_));
  if (written_ < size_) return true;
  out += ']';
  return false;
}

}  // namespace k8sm::controller
