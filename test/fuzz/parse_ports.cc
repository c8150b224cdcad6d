// Fuzzes port ranges and resources as Mesos writes them.

#include "lib/ports/port_text.h"
#include "test/fuzz/fuzz.h"

#include <string>

namespace k8sm::fuzz {

void Try(std::string_view text) {
  const auto resources = ports::ParseResources(text);
  ExpectFitForTheLog(resources);
  const auto set = ports::ParseRanges(text);
  ExpectFitForTheLog(set);
  if (!set) return;
  Expect(set->size() == set->Ports().size(), "a set knows its size");
  std::string again = "[";
  for (const ports::Range& range : set->ranges()) {
    again += (again.size() > 1 ? "," : "") + std::to_string(range.begin) + "-" + std::to_string(range.end);
  }
  Expect(ports::ParseRanges(again + "]").value() == *set, "what is written is read as the same");
}

}  // namespace k8sm::fuzz
