#include "lib/events/recorder.h"

#include "lib/base/printable.h"
#include "lib/client/api_path.h"
#include "lib/client/message/request.h"
#include "lib/kube_json/codec.h"

#include <glog/logging.h>

#include <cstddef>
#include <string>
#include <utility>

namespace k8sm::events {
namespace {

using kube::Event;
using Outcome = RecorderMachine::Outcome;
using Type = RecorderAction::Type;

// Maximum length of the note of an events.k8s.io/v1 Event, less the prefix of aggregated events.
constexpr std::size_t kMaxMessage = 1024 - EventCorrelator::kAggregated.size();

// "HostPortMissing of Pod shop/web-1"
std::string Describe(const Event& event) {
  const kube::ObjectKey object{event.involved.ns, event.involved.name};
  return std::string(event.reason) + " of " + std::string(event.involved.kind) + " " + ToString(object);
}

client::Request RequestFor(const Event& event, Type type) {
  if (type == Type::kPost) {
    return {.method = client::Method::kPost,
            .target = client::CollectionPath(client::kEvents, event.ns()),
            .body = kube_json::Encode(event)};
  }
  return {.method = client::Method::kPatch,
          .target = client::ObjectPath(client::kEvents, event.ns(), event.name),
          .body = kube_json::EncodeRepetition(event),
          .content_type = "application/merge-patch+json"};
}

}  // namespace

Recorder::Recorder(asio::any_io_executor executor, client::ApiClient& client)
    : client_(client), wake_(std::move(executor)), random_(std::random_device()()) {}

void Recorder::Record(Event event) {
  event.message = Printable(event.message, kMaxMessage);
  const std::string description = Describe(event);
  if (machine_.Add(std::move(event))) return wake_.Notify();
  const bool full = machine_.queued() == RecorderMachine::kMaxQueued;
  if (!full) return;  // dropped because of shutdown
  const auto more = drops_.Take(Moment::Now().steady);
  if (more) LOG(WARNING) << "too many events wait to be written: dropped " << description << *more;
}

Awaitable<void> Recorder::Run() {
  for (;;) {
    const RecorderAction action = machine_.Next(Moment::Now());
    if (action.type == Type::kEnd) co_return;
    if (action.type == Type::kWait) {
      co_await wake_.WaitUntil(action.until);
      continue;
    }
    const auto answer = co_await Send(action.type);
    const double random = std::uniform_real_distribution<double>(0, 1)(random_);
    const std::string description = Describe(machine_.event());
    const Outcome outcome = machine_.OnAnswer(answer, Moment::Now(), random);
    Tell(outcome, answer ? Error() : answer.error(), description);
  }
}

Awaitable<Result<void>> Recorder::Send(Type type) {
  auto request = RequestFor(machine_.event(), type);
  const auto answer = co_await client_.Do(std::move(request));
  if (!answer) co_return answer.error();
  co_return Result<void>();
}

void Recorder::Tell(Outcome outcome, const Error& error, const std::string& event) {
  if (outcome == Outcome::kWritten) {
    VLOG(4) << "wrote event " << event;
    if (failures_.OnSuccess()) LOG(INFO) << "writing events works again";
    return;
  }
  // A repeated event that was deleted meanwhile is created again at once.
  if (outcome == Outcome::kMoot || error.code == Errc::kNotFound) {
    VLOG(4) << "not written event " << event << ": " << ToString(error);
    return;
  }
  const auto more = failures_.OnFailure(error, Moment::Now().steady);
  if (!more) return;
  LOG(WARNING) << "cannot write events (" << event << "): " << ToString(error)
               << (outcome == Outcome::kTryAgain ? "; trying again" : "; dropped") << *more;
}

void Recorder::Finish() {
  machine_.Finish();
  wake_.Notify();
}

}  // namespace k8sm::events
