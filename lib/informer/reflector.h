// Keeps a cache in sync with the API server: performs what the ReflectorMachine says, over a connection of
// its own.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_H_
#define K8SM_LIB_INFORMER_REFLECTOR_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"
#include "lib/client/api_stream.h"
#include "lib/informer/reflector_machine.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace k8sm::informer {

// What an event is besides its object.
struct ReflectorEvent {
  kube_json::WatchEventType type = kube_json::WatchEventType::kError;
  std::string resource_version;
  bool initial_events_end = false;  // of a bookmark: it marks a streaming list's end
  Error error;                      // with kError
};

// What a Reflector does to the cache that it feeds, which knows the type of its objects. All of them are set.
struct ReflectorSink {
  // A list begins, anew where an earlier one has not been finished.
  std::function<void()> begin_list;
  // One item of the list. kMalformed where it cannot be read.
  std::function<Result<void>(std::string_view json)> add_listed;
  // The list is complete.
  std::function<void(std::string_view resource_version)> finish_list;
  // One event of a watch, or, `listing`, of a streaming list before its end: with effect where it is about an
  // object. kMalformed where it cannot be read.
  std::function<Result<ReflectorEvent>(std::string_view json, bool listing)> apply;
};

// Lists and watches one kind of object for as long as Run() runs. Logs what goes wrong, each failure once a
// minute, and every object that can't be read, as ComplaintLog spreads them over time.
class Reflector {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Stats {
    std::uint64_t lists = 0;      // completed
    std::uint64_t watches = 0;    // begun
    std::uint64_t events = 0;     // about objects
    std::uint64_t malformed = 0;  // items and events that could not be read
  };

  // Of all namespaces where `ns` is empty. The client and what the sink refers to have to outlive it.
  Reflector(asio::any_io_executor executor, client::ApiClient& client, const client::Resource& resource,
            std::string_view ns, ReflectorSink sink, const ReflectorTiming& timing = {});
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  // Ends by cancellation only, at whatever it waits for; what the cache holds then stays. Run it once.
  // `streams_lists`: whether the server may be asked to stream lists. One that does not know of it takes the
  // request for a plain watch, and its silence has to be waited out.
  Awaitable<void> Run(bool streams_lists);

  // The plural of what it lists: "pods".
  std::string_view resource() const { return resource_; }

  // What an administrator has to grant for it: "grant list, watch on pods in namespace shop".
  std::string MissingPermission() const { return "grant list, watch on " + scope_; }

  // Whether a list has been completed, be it long ago.
  bool synced() const { return stats_.lists > 0; }

  // Returns once synced().
  Awaitable<void> WaitForSync();

  // The version up to which the target is true: of the last completed list, then of each event and bookmark;
  // empty: nothing has been listed yet.
  const std::string& resource_version() const { return resource_version_; }

  // Why lists or watches fail at present; nothing: they work. Of a first list, a failure to stream it counts
  // until the list is there.
  const std::optional<Error>& last_error() const;

  // When a list or a probe last told that the server's version is older than what was cached: it was restored
  // from a backup, or is another one; nothing: never.
  std::optional<TimePoint> went_back() const { return went_back_; }
  // When the cache was last true to the server as it is: when the last complete list, or probe that found it
  // so, began, or a watch told of something; nothing: never.
  std::optional<TimePoint> confirmed() const { return confirmed_; }

  // When the server last sent an item, an event or a bookmark, or opened a watch (an old server sends no
  // bookmarks, so that is all that is heard where nothing changes); nothing: never.
  std::optional<TimePoint> last_heard() const { return last_heard_; }

  const Stats& stats() const { return stats_; }

 private:
  // A watch under way, or the streaming list before it.
  struct Following {
    ReflectorAction action;
    bool listing = false;
    client::ApiStream::Timeouts timeouts;
    kube_json::WatchFramer framer = kube_json::WatchFramer();
    ReflectorMachine::WatchEnd end;
  };

  Awaitable<void> List(ReflectorAction action);
  Awaitable<void> Probe(ReflectorAction action);
  Awaitable<void> Follow(ReflectorAction action);
  Awaitable<Result<kube_json::ListMeta>> GetList(ReflectorAction action, bool keep_items);

  void BeginList();
  void OnListBytes(kube_json::ListFramer& framer, std::string_view bytes, bool keep_items);
  Result<void> OnWatchBytes(Following& watch, std::string_view bytes);
  Result<void> OnEvent(Following& watch, const Result<std::string_view>& text);
  void OnFollowed(const Following& watch);
  Result<void> CheckForward(const ReflectorEvent& event) const;
  void OnListed();
  void OnListWorks();
  void OnListFailure(const Error& error);
  void OnStreamFailure(const std::optional<Error>& error);
  void OnWatchFailure(const Error& error);
  void OnWatchWorks();
  void OnWentBack(std::string_view version);
  void OnMalformed(const Error& error);
  void LogComplaints();
  // With the permission that is missing, where that is why.
  std::string Describe(const Error& error) const;

  double Random() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  ReflectorMachine::Moment Now();

  const std::string resource_;
  const std::string name_;  // for the log: "pods from https://10.0.0.1:6443"
  const std::string path_;
  const std::string list_kind_;  // "PodList"
  const std::string scope_;      // as RBAC names it: "pods in namespace shop"
  const ReflectorSink sink_;
  std::unique_ptr<client::ApiStream> stream_;
  ReflectorMachine machine_;
  std::minstd_rand random_;

  Notifier synced_;
  std::string resource_version_;
  FailureLog list_failures_;
  FailureLog watch_failures_;
  ComplaintLog complaints_;
  std::optional<Error> stream_failure_;  // of the list under way
  bool told_of_paging_ = false;
  TimePoint list_begin_;
  std::optional<TimePoint> went_back_;
  std::optional<TimePoint> confirmed_;
  std::optional<TimePoint> last_heard_;
  Stats stats_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_H_
