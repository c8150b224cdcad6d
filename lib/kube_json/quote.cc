#include "lib/kube_json/quote.h"

#include "lib/kube_json/write.h"

namespace k8sm::kube_json {

std::string Quote(std::string_view text) {
  Buffer buffer;
  JsonWriter writer(buffer);
  WriteString(writer, text);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
