// Fault injection rules: which requests they match, and what happens to those.
//
// As JSON, an array of rules; the first that matches a request applies:
//
//   [{"effect": "cut", "verb": "watch", "resource": "pods", "skip": 1, "times": 3, "afterBytes": 1000},
//    {"effect": "status", "verb": "update", "code": 429, "retryAfter": 2}]
//
// Matching; an absent member matches everything:
//   verb         get, list, watch, create, update, patch, delete, deletecollection; a streaming list is a
//                watch
//   resource     the plural, with its subresource: "pods", "pods/status"
//   path         prefix of the path
//   query        substring of the query: "sendInitialEvents=true"
//   userAgent    prefix of the User-Agent
//   skip         number of matching requests to leave alone first
//   times        number of requests to hit after that; 0 or absent: all
//   probability  probability of hitting a matching request, from a generator seeded with `seed` (1)
//
// Effects; `carriedOut` says whether the request is still carried out:
//   refuse          new connections are refused. Applies to connections; the matching members are ignored
//   cut, reset      the connection is closed, or reset, after `afterBytes` (0) of the response, including its
//                   head. carriedOut (true): a write whose response is lost; false: one that never happened
//   stall           no more bytes after `afterBytes` (0), on an open connection. carriedOut (true)
//   garbage         bytes that are not HTTP after `afterBytes` (0), then close. carriedOut (true)
//   endlessHeader   a response head that never ends. carriedOut (true)
//   delay           the response comes after `ms`
//   trickle         `bytes` (1) of the response at a time, `ms` apart
//   status          a Status of `code`, with a Retry-After of `retryAfter` seconds if given. carriedOut
//                   (false): true is like a proxy that timed out
//   answer          `text` as the whole body, with `code` (200) and `contentType`. carriedOut (false)
//   contentType     the response with the Content-Type `contentType`
//   truncate        a truncated body in a response that is complete as HTTP: for a watch, in the event after
//                   the first `afterEvents` (0)
//   compact         the server discards its history before it handles the request
// and for watches, after the first `afterEvents` (0) events:
//   noBookmarks     no bookmarks are sent
//   noInitialEnd    the bookmark that ends a streaming list is not sent
//   duplicate       every event is sent twice
//   reorder         events that are available together are sent in reverse order
//   past            every event is followed by one with an earlier state of an object
//   errorEvent      an ERROR event with a Status of `code`, then the end of the watch

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

// Returns the name used in JSON: "endlessHeader".
std::string_view ToString(FaultEffect effect);

// One rule; see above for the members.
struct FaultRule {
  FaultEffect effect = FaultEffect::kCut;

  // Empty: matches everything.
  std::string verb;
  std::string resource;
  std::string path;
  std::string query;
  std::string user_agent;
  std::size_t skip = 0;
  std::size_t times = 0;
  double probability = 1;
  unsigned seed = 1;

  // nullopt: the default of the effect.
  std::optional<bool> carried_out;
  std::size_t after_bytes = 0;
  std::size_t after_events = 0;
  std::size_t bytes = 1;
  std::chrono::milliseconds ms{0};
  int code = 0;
  std::optional<int> retry_after;
  std::string content_type;
  std::string text;

  // Whether the request is carried out, with the default of the effect applied.
  bool CarriedOut() const;
};

// Parses the rules. Errors: kMalformed, naming the rule and the member.
Result<std::vector<FaultRule>> ParseFaults(std::string_view json);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_FAULT_RULE_H_
