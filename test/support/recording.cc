#include "test/support/recording.h"

#include "test/support/paths.h"

#include <rapidjson/document.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace k8sm::test {

Recording LoadRecording(const std::string& name) {
  std::ifstream file(GoldenDirectory() / "recordings" / (name + ".json"), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document document;
  if (document.Parse(text).HasParseError()) throw std::runtime_error("no recording " + name);
  const rapidjson::Value& response = document["response"];
  return {response["status"].GetInt(), response["body"].GetString()};
}

}  // namespace k8sm::test
