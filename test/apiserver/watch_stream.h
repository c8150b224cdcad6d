// The events of one watch, without the connection that they go to.

#ifndef K8SM_TEST_APISERVER_WATCH_STREAM_H_
#define K8SM_TEST_APISERVER_WATCH_STREAM_H_

#include "test/apiserver/list_options.h"
#include "test/apiserver/representation.h"
#include "test/apiserver/store.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::apiserver {

// Reads the history of one resource from a place that it keeps, so that a slow reader costs nothing but its
// place, and loses that once the history has gone on too far. The store has to outlive it.
class WatchStream {
 public:
  // `prefix` of the keys: "ns/", or "" for all.
  WatchStream(Store& store, const Resource& resource, std::string prefix, ListOptions options,
              Representation representation);
  ~WatchStream();
  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;

  enum class State {
    // There may be more at once.
    kMore,
    // Everything up to now has been read.
    kIdle,
    // No event will follow: the server has ended the watch.
    kEnded,
  };

  // Appends whole events, a line each, until `out` holds `max_bytes` or nothing is left.
  State Read(std::string& out, std::size_t max_bytes);

  // Whether Read() would say anything but kIdle.
  bool HasMore() const;

  // Appends a bookmark at the present, where the client allows it. REQUIRES: Read() has said kIdle.
  void Bookmark(std::string& out);

  // How long the server lets the watch live; chosen at random where the client does not say.
  std::chrono::seconds timeout() const { return timeout_; }
  bool bookmarks() const { return options_.allow_bookmarks; }

  // Why there is nothing to send but an ERROR: the watch would begin too long ago. It names the version that
  // was asked for, and `offset` more.
  std::optional<Status> expired(std::uint64_t offset = 0) const;

  // Makes another text of an event's object. May be empty.
  using Translator = std::function<std::string(std::string_view object)>;
  void TranslateWith(Translator translator) { translator_ = std::move(translator); }

  // Called after every event of the resource, until it is replaced. May be empty.
  void OnEvent(Listener listener);

 private:
  void Start();
  void AppendEvent(std::string_view type, const Object& object, std::string& out);
  void AppendLine(std::string_view type, std::string_view object, std::string& out);
  void Translate(const Event& event, std::string& out);

  Store& store_;
  Collection& collection_;
  std::string prefix_;
  ListOptions options_;
  Representation representation_;
  std::chrono::seconds timeout_;

  // What the watch begins with, in reverse: sent from the back.
  std::vector<ObjectPtr> initial_;
  bool initial_end_due_ = false;
  bool expired_ = false;
  bool ended_ = false;
  bool first_ = true;
  // Events at or before it are not sent.
  std::uint64_t from_ = 0;
  std::uint64_t position_ = 0;
  std::list<Listener>::iterator listener_;
  Listener on_event_;
  Translator translator_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_WATCH_STREAM_H_
