// YAML within bounds, and the JSON that becomes of it.

#include "lib/client/bounded_yaml.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/json.h"

#include <yaml-cpp/yaml.h>

#include <string>

namespace k8sm::fuzz {

void Try(std::string_view text) {
  YAML::Node root;
  const auto loaded = client::LoadYaml(std::string(text), root);
  ExpectFitForTheLog(loaded);
  if (!loaded) return;
  const auto json = client::ToJson(root);
  if (!json) return;
  Expect(json->size() <= (2 << 20), "JSON is bounded");
  Expect(IsJson(*json), "what is written is JSON");
}

}  // namespace k8sm::fuzz
