#include "controller/inspect/page_parts.h"

#include <utility>

namespace k8sm::controller {

void PageParts::Add(std::string text) {
  Add([text = std::move(text)](std::string& out) {
    out += text;
    return false;
  });
}

bool PageParts::Next(std::string& out) {
  if (!parts_.empty() && !parts_.front()(out)) parts_.pop_front();
  return !parts_.empty();
}

}  // namespace k8sm::controller
