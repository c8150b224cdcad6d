// What a list or a watch was asked for.

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
  // Absent: the newest state. 0: any state.
  std::optional<std::uint64_t> resource_version;
  // "Exact", "NotOlderThan" or empty.
  std::string resource_version_match;
  std::optional<bool> send_initial_events;
  bool allow_bookmarks = false;
  // 0: the server's choice.
  std::uint64_t timeout_seconds = 0;

  // 400 or 422 for what does not parse, or for combinations that the API forbids.
  static Outcome<ListOptions> Parse(const Resource& resource, const Target& target);
};

// Where a paged list goes on: base64 of {"v":"meta.k8s.io/v1","rv":…,"start":"…"}.
struct ContinueToken {
  // Of the first page; -1: the newest state, although it is another one.
  std::int64_t revision = 0;
  // The key to go on with, with a slash before it.
  std::string start;

  std::string Encode() const;
  static Outcome<ContinueToken> Decode(std::string_view text);
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_LIST_OPTIONS_H_
