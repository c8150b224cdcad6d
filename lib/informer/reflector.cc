#include "lib/informer/reflector.h"

#include <glog/logging.h>

#include <utility>

namespace k8sm::informer {
namespace {

using kube_json::ListFramer;
using kube_json::ListMeta;
using kube_json::WatchEventType;
using kube_json::WatchFramer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Timeouts = client::ApiStream::Timeouts;

constexpr Timeouts kListTimeouts{
    .headers = seconds(30), .idle = seconds(30), .total = std::chrono::minutes(5)};

// The server ends a watch when its time is up, so silence beyond that means that nothing gets through.
Timeouts WatchTimeouts(milliseconds duration) {
  return {.headers = seconds(30), .idle = duration + seconds(2), .total = duration + seconds(10)};
}

std::string ListQuery(const ReflectorAction& action) {
  client::QueryBuilder query;
  if (action.limit > 0) query.Add("limit", std::to_string(action.limit));
  if (!action.continue_token.empty()) query.Add("continue", action.continue_token);
  return query.text();
}

std::string WatchQuery(const ReflectorAction& action) {
  const auto timeout = std::chrono::duration_cast<seconds>(action.duration);
  return client::QueryBuilder()
      .Add("watch", "true")
      .Add("resourceVersion", action.resource_version)
      .Add("allowWatchBookmarks", "true")
      .Add("timeoutSeconds", std::to_string(timeout.count()))
      .text();
}

std::string NameOf(const client::Resource& resource, std::string_view ns, const client::ApiClient& client) {
  std::string name = resource.plural;
  if (!ns.empty()) name.append(" of namespace ").append(ns);
  return name + " from " + client.config().Url();
}

}  // namespace

Reflector::Reflector(asio::any_io_executor executor, client::ApiClient& client,
                     const client::Resource& resource, std::string_view ns, ReflectorTarget& target)
    : resource_(resource.plural),
      name_(NameOf(resource, ns, client)),
      path_(client::CollectionPath(resource, ns)),
      list_kind_(resource.kind + "List"),
      target_(target),
      stream_(client.NewStream()),
      random_(std::random_device()()),
      synced_(std::move(executor)) {}

Awaitable<void> Reflector::Run() {
  for (;;) {
    const ReflectorAction action = machine_.Next(Random());
    switch (action.type) {
      case ReflectorAction::Type::kList:
        co_await List(action);
        break;
      case ReflectorAction::Type::kProbe:
        co_await Probe(action);
        break;
      case ReflectorAction::Type::kWatch:
        co_await Watch(action);
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
  return list_failures_.failure() ? list_failures_.failure() : watch_failures_.failure();
}

Awaitable<void> Reflector::List(ReflectorAction action) {
  if (action.continue_token.empty()) target_.BeginReplace();
  const Result<ListMeta> page = co_await GetList(action, true);
  if (!page) {
    // Cancelled: the next co_await ends the coroutine.
    if (page.error().code == Errc::kCanceled) co_return;
    OnListFailure(page.error());
    machine_.OnListFailed(page.error(), Now());
  } else if (machine_.OnListPage(page->resource_version, page->continue_token)) {
    target_.FinishReplace(machine_.resource_version());
    OnListed();
  }
}

Awaitable<void> Reflector::Probe(ReflectorAction action) {
  const Result<ListMeta> page = co_await GetList(action, false);
  if (page) {
    OnListWorks();
    machine_.OnProbe(page->resource_version, Now());
  } else if (page.error().code != Errc::kCanceled) {
    OnListFailure(page.error());
    machine_.OnProbeFailed(page.error(), Now());
  }
}

Awaitable<Result<ListMeta>> Reflector::GetList(ReflectorAction action, bool keep_items) {
  ListFramer framer(list_kind_);
  const client::ApiStream::Sink sink = [this, &framer, keep_items](std::string_view bytes) -> Result<void> {
    OnListBytes(framer, bytes, keep_items);
    if (framer.broken()) return framer.meta().error();
    return {};
  };
  const Result<void> got = co_await stream_->Get(path_ + ListQuery(action), kListTimeouts, sink);
  if (!got) co_return got.error();
  co_return framer.meta();
}

Awaitable<void> Reflector::Watch(ReflectorAction action) {
  VLOG(4) << "watching " << name_ << " from version " << action.resource_version;
  ++stats_.watches;
  WatchFramer framer;
  ReflectorMachine::WatchEnd end;
  const client::ApiStream::Sink sink = [this, &framer, &end](std::string_view bytes) {
    return OnWatchBytes(framer, bytes, end.in_event);
  };
  const auto begin = steady_clock::now();
  const Result<void> got =
      co_await stream_->Get(path_ + WatchQuery(action), WatchTimeouts(action.duration), sink);
  if (!got && got.error().code == Errc::kCanceled) co_return;
  end.lasted = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
  if (!got) end.error = got.error();
  if (got && framer.mid_value()) end.error = Error{.message = "the watch ended in the middle of an event"};
  if (end.error) {
    OnWatchFailure(*end.error);
  } else {
    OnWatchWorks();
  }
  machine_.OnWatchEnded(end, Now());
}

void Reflector::OnListBytes(ListFramer& framer, std::string_view bytes, bool keep_items) {
  framer.Push(bytes);
  while (const auto item = framer.Next()) {
    // What breaks the document as a whole is told by meta().
    if (framer.broken()) return;
    if (!keep_items) continue;
    last_heard_ = steady_clock::now();
    const Result<void> added = *item ? target_.AddListed(**item) : Result<void>(item->error());
    if (!added) OnMalformed(added.error());
  }
}

Result<void> Reflector::OnWatchBytes(WatchFramer& framer, std::string_view bytes, bool& error_event) {
  OnWatchWorks();
  framer.Push(bytes);
  while (const auto text = framer.Next()) {
    if (framer.broken()) return text->error();
    last_heard_ = steady_clock::now();
    const Result<ReflectorTarget::Event> event =
        *text ? target_.Apply(**text) : Result<ReflectorTarget::Event>(text->error());
    if (!event) {
      OnMalformed(event.error());
      machine_.OnWatchEvent("");
      continue;
    }
    error_event = event->type == WatchEventType::kError;
    if (error_event) return event->error;
    if (event->type != WatchEventType::kBookmark) ++stats_.events;
    resource_version_ = event->resource_version;
    machine_.OnWatchEvent(event->resource_version);
  }
  return {};
}

void Reflector::OnListed() {
  VLOG(2) << "listed " << name_ << " at version " << machine_.resource_version();
  OnListWorks();
  resource_version_ = machine_.resource_version();
  ++stats_.lists;
  synced_.Notify();
}

void Reflector::OnListWorks() {
  if (list_failures_.OnSuccess()) LOG(INFO) << "listing " << name_ << " works again";
}

void Reflector::OnListFailure(const Error& error) {
  const auto more = list_failures_.OnFailure(error, steady_clock::now());
  if (more) LOG(WARNING) << "cannot list " << name_ << ": " << ToString(error) << "; trying again" << *more;
}

void Reflector::OnWatchFailure(const Error& error) {
  // Compaction is a server's everyday life, and the list that follows tells whether it works.
  if (error.code == Errc::kExpired) {
    VLOG(2) << "the history of " << name_ << " has expired: " << error.message;
    return;
  }
  const auto more = watch_failures_.OnFailure(error, steady_clock::now());
  if (more) LOG(WARNING) << "cannot watch " << name_ << ": " << ToString(error) << "; trying again" << *more;
}

void Reflector::OnWatchWorks() {
  if (watch_failures_.OnSuccess()) LOG(INFO) << "watching " << name_ << " works again";
}

void Reflector::OnMalformed(const Error& error) {
  ++stats_.malformed;
  const auto more = complaints_.OnComplaint(error.message, steady_clock::now());
  if (more) LOG(ERROR) << "skipped one of the " << name_ << ": " << error.message << *more;
}

ReflectorMachine::Moment Reflector::Now() {
  return {.now = steady_clock::now(), .random = Random()};
}

}  // namespace k8sm::informer
