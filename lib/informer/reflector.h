// Keeps a cache in sync with the API server: performs the actions of a ReflectorMachine over its own
// connection.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_H_
#define K8SM_LIB_INFORMER_REFLECTOR_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_client.h"
#include "lib/client/api_path.h"
#include "lib/client/api_stream.h"
#include "lib/client/message/encoding.h"
#include "lib/informer/body.h"
#include "lib/informer/encoded.h"
#include "lib/informer/reflector_machine.h"
#include "lib/kube/watch_event.h"

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

// A watch event without its object.
struct ReflectorEvent {
  kube::WatchEventType type = kube::WatchEventType::kError;
  std::string resource_version;
  bool initial_events_end = false;  // the bookmark that ends a streaming list
  Error error;                      // set if type is kError
};

// How to read from a server.
struct ReadOptions {
  // Whether the server may support streaming lists. A server that does not know them treats the request as a
  // plain watch, and the reflector only notices this by a timeout.
  bool streams_lists = false;
  // The encoding that is preferred. What the server sends decides. After the first object in protobuf with a
  // field that an update would lose (kUnknownField), the reflector asks for JSON.
  client::Encoding encoding = client::Encoding::kJson;
  // Whether metadata alone is enough. A server that does not know this sends whole objects.
  bool metadata_only = false;
};

// How a Reflector updates its cache. The sink knows the type of the objects. All members must be set.
struct ReflectorSink {
  // A list begins. If the previous list was not finished, it is void.
  std::function<void()> begin_list;
  // Adds one item of the list. kMalformed if it cannot be decoded; the list continues. kUnknownField if it
  // has to be read in JSON.
  std::function<Result<void>(Encoded item)> add_listed;
  // The list is complete: removes what it did not contain.
  std::function<void(std::string_view resource_version)> finish_list;
  // Applies one event of a watch or, if `listing`, of a streaming list before its end. Has an effect only for
  // events about objects. kMalformed if the event cannot be decoded; the watch continues. kUnknownField as
  // above.
  std::function<Result<ReflectorEvent>(Encoded event, bool listing)> apply;
};

// Lists and watches one kind of object until Run() is cancelled. Logs each class of failure once a minute,
// and every undecodable object at the rate that ComplaintLog allows.
class Reflector {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Counters since the start, for metrics.
  struct Stats {
    std::uint64_t lists = 0;      // completed lists
    std::uint64_t watches = 0;    // watches started
    std::uint64_t events = 0;     // events about objects
    std::uint64_t malformed = 0;  // items and events that could not be decoded
  };

  // Reflects the objects of namespace `ns`, or of all namespaces if it is empty. `client` and everything that
  // `sink` refers to must outlive the reflector.
  Reflector(asio::any_io_executor executor, client::ApiClient& client, const client::Resource& resource,
            std::string_view ns, ReflectorSink sink, const ReflectorTiming& timing = {});
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  // Lists and watches until cancelled; the cache keeps its contents then. Call it once. Retries all errors,
  // with backoff.
  Awaitable<void> Run(ReadOptions options);

  // The plural name of the resource: "pods".
  std::string_view resource() const { return resource_; }

  // The RBAC permissions it needs: "grant list, watch on pods in namespace shop".
  std::string MissingPermission() const { return "grant list, watch on " + scope_; }

  // Whether a list has ever been completed.
  bool synced() const { return stats_.lists > 0; }

  // Returns as soon as synced(). If cancelled, the next co_await throws.
  Awaitable<void> WaitForSync();

  // The resource version that the cache reflects: that of the last completed list, then of each event and
  // bookmark. Empty before the first list.
  const std::string& resource_version() const { return resource_version_; }

  // The current failure of lists or watches; nullopt while they work. During the first list, this includes a
  // failure to stream it.
  const std::optional<Error>& last_error() const;

  // When a list or probe last returned an older version than the cache's, because the server was restored
  // from a backup or replaced; nullopt if this never happened.
  std::optional<TimePoint> went_back() const { return went_back_; }
  // Has the server's version compared with the cache's soon, instead of when the watch ends. A probe that is
  // due or in progress is not repeated.
  void Confirm();
  // When the cache was last known to match the server: the start of the last complete list or successful
  // probe, or the last watch event. nullopt before the first list.
  std::optional<TimePoint> confirmed() const { return confirmed_; }

  // When the server last sent an item, an event or a bookmark, or accepted a watch (old servers send no
  // bookmarks, so without changes they send nothing else). nullopt if it never did.
  std::optional<TimePoint> last_heard() const { return last_heard_; }

  // When the server last accepted a watch from the cache's version or sent an event or bookmark of one, or
  // began the last complete list. nullopt before the first list, and while the cache is behind: from when its
  // version has expired, the server has gone back or a list begins until that list is complete.
  std::optional<TimePoint> last_followed() const { return last_followed_; }

  const Stats& stats() const { return stats_; }

 private:
  // A watch in progress, or the streaming list that precedes it.
  struct Following {
    ReflectorAction action;
    bool listing = false;
    client::ApiStream::Timeouts timeouts;
    TimePoint begin;
    WatchBody body = WatchBody();
    ReflectorMachine::WatchEnd end;
  };

  Awaitable<void> List(ReflectorAction action);
  Awaitable<void> Probe(ReflectorAction action);
  Awaitable<void> Follow(ReflectorAction action);
  Awaitable<Result<kube::ListMeta>> GetList(ReflectorAction action, bool keep_items);

  std::string_view AcceptOf(const ReflectorAction& action) const;
  void BeginList();
  Result<void> OnListBytes(ListBody& body, std::string_view bytes, bool keep_items);
  Result<void> OnWatchBytes(Following& watch, std::string_view bytes);
  Result<void> OnEvent(Following& watch, const Result<Encoded>& encoded);
  void OnFollowed(const Following& watch);
  Result<void> CheckForward(const ReflectorEvent& event) const;
  void OnListed();
  void OnListWorks();
  void OnListFailure(const Error& error);
  void OnStreamFailure(const std::optional<Error>& error);
  void OnWatchFailure(const Error& error);
  void OnWatchWorks();
  void OnWentBack(std::string_view version);
  // Counts and logs an object that cannot be decoded. Fails with `error` if everything has to be listed
  // again, in JSON.
  Result<void> OnUndecodable(const Error& error);
  void LogComplaints();
  // Describes the error and, if permission is missing, which one to grant.
  std::string Describe(const Error& error) const;

  double Random() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  ReflectorMachine::Moment Now();

  const std::string resource_;
  const std::string name_;  // for logs: "pods from https://10.0.0.1:6443"
  const std::string path_;
  const std::string list_kind_;  // "PodList"
  const std::string scope_;      // as in RBAC advice: "pods in namespace shop"
  const ReflectorSink sink_;
  std::unique_ptr<client::ApiStream> stream_;
  ReadOptions options_;
  ReflectorMachine machine_;
  std::minstd_rand random_;

  Notifier synced_;
  std::string resource_version_;
  FailureLog list_failures_;
  FailureLog watch_failures_;
  ComplaintLog complaints_;
  std::optional<Error> stream_failure_;  // of the last stream that failed
  bool told_of_paging_ = false;
  TimePoint list_begin_;
  std::optional<TimePoint> went_back_;
  std::optional<TimePoint> confirmed_;
  std::optional<TimePoint> last_heard_;
  std::optional<TimePoint> last_followed_;
  Stats stats_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_H_
