#include "lib/informer/reflector.h"

#include "lib/kube/resource_version.h"

#include <glog/logging.h>

#include <utility>

namespace k8sm::informer {
namespace {

using kube::ListMeta;
using kube::WatchEventType;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Timeouts = client::ApiStream::Timeouts;

Timeouts ToTimeouts(const Patience& patience) {
  return {.quiet = patience.quiet, .idle = patience.idle, .total = patience.total};
}

std::string ListQuery(const ReflectorAction& action) {
  client::QueryBuilder query;
  if (action.limit > 0) query.Add("limit", std::to_string(action.limit));
  if (!action.continue_token.empty()) query.Add("continue", action.continue_token);
  return query.text();
}

std::string WatchQuery(const ReflectorAction& action) {
  client::QueryBuilder query;
  query.Add("watch", "true");
  if (action.type == ReflectorAction::Type::kStream) {
    query.Add("sendInitialEvents", "true").Add("resourceVersionMatch", "NotOlderThan");
  } else {
    query.Add("resourceVersion", action.resource_version);
  }
  const auto timeout = std::chrono::duration_cast<seconds>(action.duration);
  return query.Add("allowWatchBookmarks", "true")
      .Add("timeoutSeconds", std::to_string(timeout.count()))
      .text();
}

std::string NameOf(const client::Resource& resource, std::string_view ns, const client::ApiClient& client) {
  std::string name = resource.plural;
  if (!ns.empty()) name.append(" of namespace ").append(ns);
  return name + " from " + client.config().Url();
}

// The name used in RBAC advice: "endpointslices.discovery.k8s.io" for "/apis/discovery.k8s.io/v1" and
// "endpointslices".
std::string ScopeOf(const client::Resource& resource, std::string_view ns) {
  constexpr std::string_view kApis = "/apis/";
  std::string scope = resource.plural;
  if (resource.prefix.starts_with(kApis)) {
    const std::string_view group = std::string_view(resource.prefix).substr(kApis.size());
    scope.append(".").append(group.substr(0, group.find('/')));
  }
  if (!ns.empty()) scope.append(" in namespace ").append(ns);
  return scope;
}

// Whether to log this failure of a streaming list. Other failures recur with the paged list, which logs them.
bool IsTroubleOnTheWay(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kTimeout || error.code == Errc::kMalformed ||
         error.code == Errc::kTooManyRequests;
}

}  // namespace

Reflector::Reflector(asio::any_io_executor executor, client::ApiClient& client,
                     const client::Resource& resource, std::string_view ns, ReflectorSink sink,
                     const ReflectorTiming& timing)
    : resource_(resource.plural),
      name_(NameOf(resource, ns, client)),
      path_(client::CollectionPath(resource, ns)),
      list_kind_(resource.kind + "List"),
      scope_(ScopeOf(resource, ns)),
      sink_(std::move(sink)),
      stream_(client.NewStream()),
      machine_(timing),
      random_(std::random_device()()),
      synced_(std::move(executor)) {}

Awaitable<void> Reflector::Run(ReadOptions options) {
  options_ = options;
  if (!options.streams_lists) machine_.StreamNoLists();
  for (;;) {
    LogComplaints();
    const ReflectorAction action = machine_.Next(Random());
    switch (action.type) {
      case ReflectorAction::Type::kList:
        co_await List(action);
        break;
      case ReflectorAction::Type::kProbe:
        co_await Probe(action);
        break;
      case ReflectorAction::Type::kStream:
      case ReflectorAction::Type::kWatch:
        co_await Follow(action);
        break;
      case ReflectorAction::Type::kSleep:
        co_await SleepFor(action.duration);
        break;
    }
  }
}

Awaitable<void> Reflector::WaitForSync() {
  while (!synced()) co_await synced_.Wait();
}

const std::optional<Error>& Reflector::last_error() const {
  if (list_failures_.failure()) return list_failures_.failure();
  if (!synced() && stream_failure_) return stream_failure_;
  return watch_failures_.failure();
}

void Reflector::Confirm() {
  if (machine_.RequestProbe()) stream_->Cancel();
}

std::string_view Reflector::AcceptOf(const ReflectorAction& action) const {
  using Type = ReflectorAction::Type;
  const bool list = action.type == Type::kList || action.type == Type::kProbe;
  const client::Form metadata = list ? client::Form::kMetadataList : client::Form::kMetadata;
  return client::AcceptOf(options_.encoding, options_.metadata_only ? metadata : client::Form::kWhole);
}

void Reflector::BeginList() {
  list_begin_ = steady_clock::now();
  last_followed_.reset();
  sink_.begin_list();
}

Awaitable<void> Reflector::List(ReflectorAction action) {
  if (action.continue_token.empty()) BeginList();
  const Result<ListMeta> page = co_await GetList(action, true);
  if (!page) {
    // Cancelled: the next co_await throws.
    if (page.error().code == Errc::kCanceled) co_return;
    if (page.error().code != Errc::kUnknownField) OnListFailure(page.error());
    machine_.OnListFailed(page.error(), Now());
  } else if (machine_.OnListPage(page->resource_version, page->continue_token)) {
    OnListed();
  }
}

Awaitable<void> Reflector::Probe(ReflectorAction action) {
  const auto begin = steady_clock::now();
  const Result<ListMeta> page = co_await GetList(action, false);
  if (page) {
    const bool gone_back = machine_.OnProbe(page->resource_version, Now());
    if (gone_back) {
      last_followed_.reset();
      OnWentBack(page->resource_version);
    } else {
      confirmed_ = begin;
    }
  } else if (page.error().code != Errc::kCanceled) {
    OnWatchFailure(page.error());
    machine_.OnProbeFailed(page.error(), Now());
  }
}

Awaitable<Result<ListMeta>> Reflector::GetList(ReflectorAction action, bool keep_items) {
  ListBody body(list_kind_);
  const client::ApiStream::Sink sink = [this, &body, keep_items](std::string_view bytes) {
    return OnListBytes(body, bytes, keep_items);
  };
  const Timeouts timeouts = ToTimeouts(action.patience);
  const Result<void> got = co_await stream_->Get(path_ + ListQuery(action), timeouts, sink, AcceptOf(action));
  if (!got) co_return got.error();
  co_return body.meta();
}

Awaitable<void> Reflector::Follow(ReflectorAction action) {
  Following watch{.action = action,
                  .listing = action.type == ReflectorAction::Type::kStream,
                  .timeouts = ToTimeouts(action.patience),
                  .begin = steady_clock::now()};
  if (watch.listing) {
    BeginList();
  } else {
    VLOG(4) << "watching " << name_ << " from version " << action.resource_version;
    ++stats_.watches;
  }
  bool opened = false;
  const client::ApiStream::Sink sink = [this, &watch, &opened](std::string_view bytes) {
    opened = true;
    return OnWatchBytes(watch, bytes);
  };
  const Result<void> got =
      co_await stream_->Get(path_ + WatchQuery(action), watch.timeouts, sink, AcceptOf(action));
  // Cancelled: the next co_await throws. Or ended by Confirm(), and the probe is next.
  if (!got && got.error().code == Errc::kCanceled) co_return;
  watch.end.lasted = std::chrono::duration_cast<milliseconds>(steady_clock::now() - watch.begin);
  // Kubernetes 1.1 ignores timeoutSeconds, so this watch ends by our own timeout, which is not a failure. The
  // next request shows whether the server is still reachable.
  const bool time_up = !got && opened && !watch.listing && got.error().code == Errc::kTimeout;
  if (!got && !time_up) watch.end.error = got.error();
  if (!watch.end.error && watch.body.mid_value())
    watch.end.error = Error{.message = "the watch ended in the middle of an event", .sent = true};
  OnFollowed(watch);
}

void Reflector::OnFollowed(const Following& watch) {
  const bool to_json = watch.end.error && watch.end.error->code == Errc::kUnknownField;
  // The list that follows may have to wait for its turn.
  if (to_json || (watch.end.error && watch.end.error->code == Errc::kExpired)) last_followed_.reset();
  machine_.OnWatchEnded(watch.end, Now());
  if (to_json) return;
  if (watch.listing) {
    OnStreamFailure(watch.end.error);
  } else if (watch.end.error) {
    OnWatchFailure(*watch.end.error);
  } else {
    OnWatchWorks();
  }
}

Result<void> Reflector::OnListBytes(ListBody& body, std::string_view bytes, bool keep_items) {
  if (bytes.empty()) body.Begin(stream_->encoding());
  body.Push(bytes);
  while (const auto item = body.Next()) {
    if (body.broken()) return body.meta().error();
    if (!keep_items) continue;
    last_heard_ = steady_clock::now();
    const Result<void> added = *item ? sink_.add_listed(**item) : Result<void>(item->error());
    if (added) continue;
    if (auto skipped = OnUndecodable(added.error()); !skipped) return skipped;
  }
  return {};
}

Result<void> Reflector::OnWatchBytes(Following& watch, std::string_view bytes) {
  if (!watch.listing) {
    OnWatchWorks();
    last_heard_ = last_followed_ = steady_clock::now();
  }
  if (bytes.empty()) watch.body.Begin(stream_->encoding());
  watch.body.Push(bytes);
  while (const auto event = watch.body.Next()) {
    if (watch.body.broken()) return event->error();
    last_heard_ = steady_clock::now();
    if (auto taken = OnEvent(watch, *event); !taken) return taken;
  }
  if (!watch.listing) LogComplaints();
  return {};
}

Result<void> Reflector::OnEvent(Following& watch, const Result<Encoded>& encoded) {
  const Result<ReflectorEvent> event =
      encoded ? sink_.apply(*encoded, watch.listing) : Result<ReflectorEvent>(encoded.error());
  if (!event) {
    if (auto skipped = OnUndecodable(event.error()); !skipped) return skipped;
    if (!watch.listing) machine_.OnWatchEvent("");
  } else if (event->type == WatchEventType::kError) {
    watch.end.in_event = true;
    return event->error;
  } else if (!watch.listing) {
    if (auto forward = CheckForward(*event); !forward) return forward;
    if (event->type != WatchEventType::kBookmark) ++stats_.events;
    if (!event->resource_version.empty()) resource_version_ = event->resource_version;
    confirmed_ = last_heard_;
    machine_.OnWatchEvent(event->resource_version);
  } else if (event->initial_events_end) {
    watch.listing = false;
    watch.timeouts = ToTimeouts(watch.action.patience_as_watch);
    const auto listing = std::chrono::duration_cast<milliseconds>(steady_clock::now() - watch.begin);
    watch.timeouts.quiet += listing;
    watch.timeouts.total += listing;
    machine_.OnStreamListed(event->resource_version);
    OnListed();
    OnWatchWorks();
    ++stats_.watches;
  }
  return {};
}

// An event that is out of order or repeated could restore an object that was deleted, so the reflector
// relists. A deletion may carry the version of the object's last state.
Result<void> Reflector::CheckForward(const ReflectorEvent& event) const {
  const std::string& version = machine_.resource_version();
  if (event.type == WatchEventType::kDeleted || !kube::IsNewer(version, event.resource_version)) return {};
  return Error{.code = Errc::kExpired,
               .message = "the watch went back from version " + version + " to " + event.resource_version};
}

void Reflector::OnListed() {
  const std::string& version = machine_.resource_version();
  VLOG(2) << "listed " << name_ << " at version " << version;
  const bool goes_on =
      resource_version_.empty() || version == resource_version_ || kube::IsNewer(version, resource_version_);
  if (!goes_on) OnWentBack(version);
  sink_.finish_list(version);
  resource_version_ = version;
  confirmed_ = goes_on ? list_begin_ : steady_clock::now();
  last_followed_ = list_begin_;
  OnListWorks();
  ++stats_.lists;
  synced_.Notify();
}

void Reflector::OnWentBack(std::string_view version) {
  if (went_back_ && confirmed_ && *went_back_ > *confirmed_) return;
  went_back_ = steady_clock::now();
  LOG(WARNING) << "the API server has gone back from version " << resource_version_ << " to " << version
               << " of the " << name_
               << ": it was restored from a backup, or another one has taken its place; relisting";
}

void Reflector::OnListWorks() {
  if (list_failures_.OnSuccess()) LOG(INFO) << "listing " << name_ << " works again";
}

void Reflector::OnListFailure(const Error& error) {
  const auto more = list_failures_.OnFailure(error, steady_clock::now());
  if (!more) return;
  LOG(WARNING) << "cannot list " << name_ << ": " << Describe(error) << "; trying again" << *more;
}

void Reflector::OnStreamFailure(const std::optional<Error>& error) {
  const std::string why =
      error ? ToString(*error) : "it ended without the bookmark that marks the list's end";
  VLOG(2) << "cannot stream the list of " << name_ << ": " << why;
  stream_failure_ = error;
  if (machine_.gave_up_streaming()) {
    if (!std::exchange(told_of_paging_, true))
      LOG(INFO) << "listing the " << name_ << " page by page, since they cannot be streamed: " << why;
  } else if (error && IsTroubleOnTheWay(*error)) {
    OnListFailure(*error);
  }
}

void Reflector::OnWatchFailure(const Error& error) {
  // Compaction is normal, and failures of the following list are logged anyway.
  if (error.code == Errc::kExpired) {
    VLOG(2) << "the history of " << name_ << " has expired: " << error.message;
    return;
  }
  const auto more = watch_failures_.OnFailure(error, steady_clock::now());
  if (!more) return;
  LOG(WARNING) << "cannot watch " << name_ << ": " << Describe(error) << "; trying again" << *more;
}

void Reflector::OnWatchWorks() {
  if (watch_failures_.OnSuccess()) LOG(INFO) << "watching " << name_ << " works again";
}

Result<void> Reflector::OnUndecodable(const Error& error) {
  if (error.code == Errc::kUnknownField) {
    options_.encoding = client::Encoding::kJson;
    LOG(INFO) << "reading " << name_
              << " in JSON from now on, so that updates lose nothing: " << error.message;
    return error;
  }
  ++stats_.malformed;
  complaints_.Add(error.message);
  return {};
}

void Reflector::LogComplaints() {
  for (const std::string& text : complaints_.Take(steady_clock::now()))
    LOG(ERROR) << "skipped one of the " << name_ << ": " << text;
}

std::string Reflector::Describe(const Error& error) const {
  return ToString(error) + (error.code == Errc::kForbidden ? "; " + MissingPermission() : "");
}

ReflectorMachine::Moment Reflector::Now() {
  return {.now = steady_clock::now(), .random = Random()};
}

}  // namespace k8sm::informer
