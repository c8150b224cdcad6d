// Faults that the server can be told to have, as rules: which requests, and what becomes of them.
//
// As JSON, an array of rules; the first that matches a request decides:
//
//   [{"effect": "cut", "verb": "watch", "resource": "pods", "skip": 1, "times": 3, "afterBytes": 1000},
//    {"effect": "status", "verb": "update", "code": 429, "retryAfter": 2}]
//
// Which requests; what is absent matches everything:
//   verb         get, list, watch, create, update, patch, delete, deletecollection; a streaming list is a
//                watch
//   resource     the plural, with its subresource: "pods", "pods/status"
//   path         what the path begins with
//   query        what the query holds: "sendInitialEvents=true"
//   userAgent    what the User-Agent begins with
//   skip         so many requests that match are left alone first
//   times        so many are hit then, and no more; 0 or absent: all
//   probability  of hitting one that matches, with dice of its own from `seed` (1)
//
// What becomes of them; `carriedOut`: whether the request is carried out nevertheless:
//   refuse          nobody listens: new connections are refused. For connections, so nothing of the above
//   cut, reset      the connection is closed, or reset, after `afterBytes` (0) of the answer, its head
//                   included. carriedOut (true): a write whose answer is lost, or one that was never made
//   stall           silence after `afterBytes` (0), on a connection that stays open. carriedOut (true)
//   garbage         bytes that are no HTTP after `afterBytes` (0), then the end. carriedOut (true)
//   endlessHeader   a head that has no end. carriedOut (true)
//   delay           `ms` pass before the answer
//   trickle         `bytes` (1) of the answer at a time, `ms` apart
//   status          a Status of `code`, with a Retry-After of `retryAfter` seconds, absent: without.
//                   carriedOut (false): true is a proxy that gave up too early
//   answer          `text` as the whole body, with `code` (200) and `contentType`. carriedOut (false)
//   contentType     the answer, called `contentType`
//   truncate        a body that is cut off in its middle, in an answer that is whole as HTTP: of a watch,
//                   in the event after the first `afterEvents` (0)
//   compact         the server forgets its history before it looks at the request
// and of watches, whatever the first `afterEvents` (0) events are:
//   noBookmarks     no bookmark ever comes
//   noInitialEnd    the bookmark that ends a streaming list does not come
//   duplicate       every event comes twice
//   reorder         events that are there at once come in the wrong order, the last first
//   past            every event is followed by one about an earlier state of an object
//   errorEvent      an ERROR event with a Status of `code`, then the end

#ifndef K8SM_TEST_APISERVER_FAULT_RULE_H_
#define K8SM_TEST_APISERVER_FAULT_RULE_H_

#include "lib/base/error.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

enum class FaultEffect {
  kRefuse,
  kCut,
  kReset,
  kStall,
  kGarbage,
  kEndlessHeader,
  kDelay,
  kTrickle,
  kStatus,
  kAnswer,
  kContentType,
  kTruncate,
  kCompact,
  kNoBookmarks,
  kNoInitialEnd,
  kDuplicate,
  kReorder,
  kPast,
  kErrorEvent,
};

// As in JSON: "endlessHeader".
std::string_view ToString(FaultEffect effect);

struct FaultRule {
  FaultEffect effect = FaultEffect::kCut;

  // Empty: any.
  std::string verb;
  std::string resource;
  std::string path;
  std::string query;
  std::string user_agent;
  std::size_t skip = 0;
  std::size_t times = 0;
  double probability = 1;
  unsigned seed = 1;

  // Nothing: as the effect has it.
  std::optional<bool> carried_out;
  std::size_t after_bytes = 0;
  std::size_t after_events = 0;
  std::size_t bytes = 1;
  std::chrono::milliseconds ms{0};
  int code = 0;
  std::optional<int> retry_after;
  std::string content_type;
  std::string text;

  bool CarriedOut() const;
};

// kMalformed, naming the rule and the member.
Result<std::vector<FaultRule>> ParseFaults(std::string_view json);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FAULT_RULE_H_
