// Fuzzes the bounded YAML parser and its conversion to JSON.

#include "lib/client/config/yaml.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/json.h"

#include <string>

namespace k8sm::fuzz {

void Try(std::string_view text) {
  const auto loaded = client::ParseYaml(std::string(text));
  ExpectFitForTheLog(loaded);
  if (!loaded) return;
  const auto json = client::ToJson(**loaded);
  if (!json) return;
  Expect(json->size() <= (2 << 20), "JSON is bounded");
  Expect(IsJson(*json), "what is written is JSON");
}

}  // namespace k8sm::fuzz
