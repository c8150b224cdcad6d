// Fuzzes manifests, and the demands of the workloads in them.

#include "lib/manifest/manifest.h"
#include "test/fuzz/fuzz.h"

#include <string>

namespace k8sm::fuzz {

void Try(std::string_view text) {
  const auto read = manifest::ReadManifest(std::string(text));
  ExpectFitForTheLog(read);
  if (!read) return;
  for (const manifest::Workload& workload : read->workloads) {
    Expect(workload.places.size() == workload.spec.ports.size(), "each port has its place");
    Expect(!workload.name.empty(), "a workload has a name");
    const ports::Demand demand = DemandOf(workload.spec, {});
    Expect(demand.fixed.size() + demand.wild <= workload.spec.ports.size(),
           "no more is wanted than is declared");
  }
}

}  // namespace k8sm::fuzz
