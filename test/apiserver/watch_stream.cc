#include "test/apiserver/watch_stream.h"

#include <algorithm>
#include <random>
#include <utility>

namespace k8sm::apiserver {
namespace {

// Like --min-request-timeout: 30 to 60 minutes, randomized so that watches do not all end at the same time.
std::chrono::seconds ChooseTimeout(std::uint64_t asked) {
  if (asked > 0) return std::chrono::seconds(std::min<std::uint64_t>(asked, 86'400));
  static std::mt19937 random{std::random_device{}()};
  return std::chrono::seconds(1800 + random() % 1800);
}

}  // namespace

WatchStream::WatchStream(Store& store, const Resource& resource, std::string prefix, ListOptions options,
                         Representation representation)
    : store_(store),
      collection_(store.Of(resource)),
      prefix_(std::move(prefix)),
      options_(std::move(options)),
      representation_(std::move(representation)),
      timeout_(ChooseTimeout(options_.timeout_seconds)),
      listener_(collection_.AddListener([this] {
        if (on_event_) on_event_();
      })) {
  Start();
}

std::string_view WatchStream::kind() const {
  if (representation_.form == Form::kTable) return "Table";
  if (representation_.form == Form::kMetadata) return "PartialObjectMetadata";
  return collection_.resource().kind;
}

void WatchStream::OnEvent(Listener listener) {
  on_event_ = std::move(listener);
}

void WatchStream::Start() {
  const std::uint64_t version = options_.resource_version.value_or(0);
  const bool initial = options_.send_initial_events.value_or(version == 0);
  if (initial) {
    for (const ObjectPtr& object : collection_.At(store_.revision(), prefix_, "")) {
      if (options_.selector.Matches(*object)) initial_.push_back(object);
    }
    std::reverse(initial_.begin(), initial_.end());
    initial_end_due_ = options_.send_initial_events.value_or(false) && options_.allow_bookmarks;
    position_ = collection_.history().end();
    return;
  }
  from_ = version == 0 ? store_.revision() : version;
  expired_ = !collection_.history().Covers(from_);
  position_ = collection_.history().PositionAfter(from_);
}

WatchStream::State WatchStream::Read(std::string& out, std::size_t max_bytes) {
  if (ended_) return State::kEnded;
  const History& history = collection_.history();
  if (expired_) {
    ended_ = true;
    AppendLine("ERROR", ToJson(*expired()), out);
    return State::kEnded;
  }
  while (!initial_.empty()) {
    if (out.size() >= max_bytes) return State::kMore;
    AppendEvent("ADDED", *initial_.back(), out);
    initial_.pop_back();
  }
  if (initial_end_due_) {
    initial_end_due_ = false;
    // The bookmark must be older than any event that has not been sent yet.
    const std::uint64_t next = position_ < history.end() && position_ >= history.begin()
                                   ? history.At(position_).revision() - 1
                                   : store_.revision();
    AppendLine("BOOKMARK", representation_.Bookmark(collection_.resource(), next, true), out);
  }
  while (position_ < history.end()) {
    if (out.size() >= max_bytes) return State::kMore;
    if (position_ < history.begin()) {
      ended_ = true;
      return State::kEnded;
    }
    Translate(history.At(position_++), out);
  }
  return State::kIdle;
}

std::optional<Status> WatchStream::expired(std::uint64_t offset) const {
  if (!expired_) return std::nullopt;
  return Expired("too old resource version: " + std::to_string(from_ + offset) + " (" +
                 std::to_string(collection_.history().oldest_revision()) + ")");
}

bool WatchStream::HasMore() const {
  return ended_ || expired_ || !initial_.empty() || initial_end_due_ ||
         position_ < collection_.history().end();
}

void WatchStream::Bookmark(std::string& out) {
  if (!options_.allow_bookmarks || from_ > store_.revision()) return;
  AppendLine("BOOKMARK", representation_.Bookmark(collection_.resource(), store_.revision(), false), out);
}

// For a watch with a selector, an object is added when it begins to match and deleted when it ceases to.
void WatchStream::Translate(const Event& event, std::string& out) {
  if (event.revision() <= from_ || !std::string_view(event.object->Key()).starts_with(prefix_)) return;
  const bool was = event.previous && options_.selector.Matches(*event.previous);
  const bool is = event.type != EventType::kDeleted && options_.selector.Matches(*event.object);
  if (is) return AppendEvent(was ? "MODIFIED" : "ADDED", *event.object, out);
  if (!was) return;
  if (event.type == EventType::kDeleted) return AppendEvent("DELETED", *event.object, out);
  AppendEvent("DELETED", *AtResourceVersion(*event.previous, event.revision()), out);
}

void WatchStream::AppendEvent(std::string_view type, const Object& object, std::string& out) {
  if (representation_.form == Form::kObject) {
    AppendLine(type, object.text, out);
  } else {
    AppendLine(type, representation_.One(object, std::exchange(first_, false)), out);
  }
}

void WatchStream::AppendLine(std::string_view type, std::string_view object, std::string& out) {
  out.append("{\"type\":\"").append(type).append("\",\"object\":");
  if (translator_) {
    out.append(translator_(object));
  } else {
    out.append(object);
  }
  out.append("}\n");
}

}  // namespace k8sm::apiserver
