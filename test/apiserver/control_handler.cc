#include "test/apiserver/control_handler.h"

#include "test/apiserver/status.h"

#include <utility>

namespace k8sm::apiserver {

Response ControlHandler::Handle(const Request& request) {
  const bool faults = request.target == "/faults";
  if (request.method == "PUT" && faults) return SetFaults(request.body);
  if (request.method == "PUT" && request.target == "/tokens") return SetTokens(request.body);
  if (request.method == "DELETE" && faults) faults_.Clear();
  if (!faults || (request.method != "GET" && request.method != "DELETE")) return ToResponse(NoSuchPath());
  Response response;
  response.body = faults_.ToJson() + "\n";
  return response;
}

Response ControlHandler::SetFaults(const std::string& body) {
  Result<std::vector<FaultRule>> rules = ParseFaults(body);
  if (!rules) return ToResponse(BadRequest(rules.error().message));
  faults_.Set(std::move(*rules));
  Response response;
  response.body = faults_.ToJson() + "\n";
  return response;
}

Response ControlHandler::SetTokens(const std::string& body) {
  Result<Tokens> tokens = ParseTokens(body);
  if (!tokens) return ToResponse(BadRequest(tokens.error().message));
  Response response;
  response.body = "{\"tokens\":" + std::to_string(tokens->size()) + "}\n";
  authenticator_.SetTokens(std::move(*tokens));
  return response;
}

}  // namespace k8sm::apiserver
