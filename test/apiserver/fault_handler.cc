#include "test/apiserver/fault_handler.h"

#include "test/apiserver/request_info.h"
#include "test/apiserver/status.h"

#include <optional>
#include <utility>

namespace k8sm::apiserver {
namespace {

// Returns how the effect ends a response; nullopt if it does not.
std::optional<Delivery::End> EndOf(FaultEffect effect) {
  switch (effect) {
    case FaultEffect::kCut:
      return Delivery::End::kCut;
    case FaultEffect::kReset:
      return Delivery::End::kReset;
    case FaultEffect::kStall:
      return Delivery::End::kStall;
    case FaultEffect::kGarbage:
      return Delivery::End::kGarbage;
    case FaultEffect::kEndlessHeader:
      return Delivery::End::kEndlessHeader;
    default:
      return std::nullopt;
  }
}

Response StatusAnswer(const FaultRule& rule) {
  Status status = StatusOfCode(rule.code);
  status.details.retry_after_seconds = rule.retry_after.value_or(0);
  Response response = ToResponse(status);
  response.retry_after = rule.retry_after;
  return response;
}

Response TextAnswer(const FaultRule& rule) {
  Response response;
  if (rule.code != 0) response.status = rule.code;
  if (!rule.content_type.empty()) response.content_type = rule.content_type;
  response.body = rule.text;
  return response;
}

}  // namespace

void Spoil(const FaultRule& rule, Response& response) {
  Delivery& delivery = response.delivery;
  if (const auto end = EndOf(rule.effect)) {
    delivery.good_bytes = rule.effect == FaultEffect::kEndlessHeader ? 0 : rule.after_bytes;
    delivery.end = *end;
  }
  if (response.watch && EventFault::IsFor(rule)) response.event_fault.emplace(rule);
  switch (rule.effect) {
    case FaultEffect::kDelay:
      delivery.delay = rule.ms;
      break;
    case FaultEffect::kTrickle:
      delivery.piece_bytes = rule.bytes;
      delivery.pause = rule.ms;
      break;
    case FaultEffect::kStatus:
      response = StatusAnswer(rule);
      break;
    case FaultEffect::kAnswer:
      response = TextAnswer(rule);
      break;
    case FaultEffect::kContentType:
      response.content_type = rule.content_type;
      break;
    case FaultEffect::kTruncate:
      response.body.resize(response.body.size() / 2);
      break;
    default:
      break;
  }
}

Response FaultHandler::Handle(const Request& request) {
  const RequestInfo info = RequestInfo::Of(request);
  const std::string resource = info.ResourceName();
  const FaultRule* rule = faults_.Decide({info.verb, resource, request.target, request.user_agent});
  if (!rule) return handler_.Handle(request);
  if (rule->effect == FaultEffect::kCompact) store_.Compact();
  Response response;
  if (rule->CarriedOut()) response = handler_.Handle(request);
  Spoil(*rule, response);
  return response;
}

}  // namespace k8sm::apiserver
