// The events of one watch, independent of the connection.

#ifndef K8SM_TEST_APISERVER_WATCH_STREAM_H_
#define K8SM_TEST_APISERVER_WATCH_STREAM_H_

#include "test/apiserver/list_options.h"
#include "test/apiserver/representation.h"
#include "test/apiserver/store.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::apiserver {

// Reads the history of one resource from its own position, so a slow reader needs no buffer; its watch ends
// when the history has discarded events it has not read. `store` must outlive it.
class WatchStream {
 public:
  // Watches objects whose keys begin with `prefix`: "ns/", or "" for all.
  WatchStream(Store& store, const Resource& resource, std::string prefix, ListOptions options,
              Representation representation);
  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;

  enum class State {
    // More may be available at once.
    kMore,
    // All events so far have been read.
    kIdle,
    // The server has ended the watch; no event follows.
    kEnded,
  };

  // Appends complete events, one per line, until `out` has `max_bytes` or none are left.
  State Read(std::string& out, std::size_t max_bytes);

  // Whether Read() would return anything but kIdle.
  bool HasMore() const;

  // Appends a bookmark with the current version if the client allows bookmarks. REQUIRES: Read() returned
  // kIdle.
  void Bookmark(std::string& out);

  // The timeout of the watch; random if the client did not request one.
  std::chrono::seconds timeout() const { return timeout_; }
  // The kind of the events' objects: "Pod", "PartialObjectMetadata" or "Table".
  std::string_view kind() const;
  bool bookmarks() const { return options_.allow_bookmarks; }

  // Returns the Status of the ERROR event if the watch would begin at a discarded version. It names the
  // requested version plus `offset`.
  std::optional<Status> expired(std::uint64_t offset = 0) const;

  // Sets a function that replaces the text of each event's object. May be empty.
  using Translator = std::function<std::string(std::string_view object)>;
  void TranslateWith(Translator translator) { translator_ = std::move(translator); }

  // Sets the listener called after every event of the resource. May be empty.
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

  // The initial events in reverse order, since they are taken from the back.
  std::vector<ObjectPtr> initial_;
  bool initial_end_due_ = false;
  bool expired_ = false;
  bool ended_ = false;
  bool first_ = true;
  // Events up to and including this version are not sent.
  std::uint64_t from_ = 0;
  std::uint64_t position_ = 0;
  std::shared_ptr<Listener> listener_;
  Listener on_event_;
  Translator translator_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_WATCH_STREAM_H_
