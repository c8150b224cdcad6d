// The options of a list or watch request.

#ifndef K8SM_TEST_APISERVER_LIST_OPTIONS_H_
#define K8SM_TEST_APISERVER_LIST_OPTIONS_H_

#include "test/apiserver/selector.h"
#include "test/apiserver/status.h"
#include "test/apiserver/target.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::apiserver {

struct ListOptions {
  bool watch = false;
  Selector selector;
  // 0: no limit.
  std::uint64_t limit = 0;
  std::string continue_token;
  // Absent: the current state. 0: any state.
  std::optional<std::uint64_t> resource_version;
  // "Exact", "NotOlderThan" or empty.
  std::string resource_version_match;
  std::optional<bool> send_initial_events;
  bool allow_bookmarks = false;
  // 0: chosen by the server.
  std::uint64_t timeout_seconds = 0;

  // Parses the query. Errors: 400 or 422 for values that do not parse and combinations that the API forbids.
  static Outcome<ListOptions> Parse(const Resource& resource, const Target& target);
};

// The continuation of a paged list: base64 of {"v":"meta.k8s.io/v1","rv":…,"start":"…"}.
struct ContinueToken {
  // The version of the first page; -1: continue with the current state, although it differs.
  std::int64_t revision = 0;
  // The next key, with a leading slash.
  std::string start;

  std::string Encode() const;
  static Outcome<ContinueToken> Decode(std::string_view text);
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_LIST_OPTIONS_H_
