#include "test/support/recording.h"

#include "lib/client/config/base64.h"
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
  const int status = response["status"].GetInt();
  if (!response.HasMember("body_base64")) return {status, response["body"].GetString()};
  return {status, client::DecodeBase64(response["body_base64"].GetString()).value()};
}

}  // namespace k8sm::test
