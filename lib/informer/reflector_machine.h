// How a cache is kept true with lists and watches, as a state machine without I/O: it says what to do next
// and is told what came of it. Mirrors client-go's reflector (tools/cache/reflector.go), with short watches
// and a way out of a server whose history has gone back.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_
#define K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_

#include "lib/base/backoff.h"
#include "lib/base/error.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::informer {

// What to do next.
struct ReflectorAction {
  enum class Type {
    kList,   // one page of a list; then OnListPage or OnListFailed
    kProbe,  // a list of one object, for its resource version alone; then OnProbe or OnProbeFailed
    kWatch,  // a watch, each of its events into OnWatchEvent; then OnWatchEnded
    kSleep,  // wait for `duration`
  };
  Type type = Type::kList;

  // kList and kProbe: objects in a page; 0: all of them.
  int limit = 0;
  // kList: of the page before; empty: this page begins a list, and what came of an earlier one is void.
  std::string continue_token;
  // kWatch: where it begins. Lists name none, so that the server answers with its present state.
  std::string resource_version;
  // kWatch: when the server has to end it (timeoutSeconds). kSleep: for how long.
  std::chrono::milliseconds duration{0};
};

// Decides the order of lists, watches and pauses.
//
// A list comes in pages of 500. Where the server forgets the list's snapshot on the way (410), it is done
// over without a limit once.
//
// A watch begins where the list or the watch before it ended. Watches are short, 20 to 28 s, since the end of
// one is how a dead peer is noticed over HTTP/1.1. 410 (the history was compacted) lists anew at once. Where
// a watch cannot be opened or breaks, it is tried again from the same version. What says that the request
// itself is wrong (403, 404, ...) lists anew after a pause.
//
// A server that was restored from a backup may hold less history than we have seen: it takes such a watch,
// and is silent. So after two silent watches in a row, a probe asks for its present version; one that is
// older than ours lists anew. A server where nothing changes may be silent too, so silence alone proves
// nothing.
//
// Pauses grow: up to 1 s where the server cannot be reached, since trying costs next to nothing and a server
// that is back has to be noticed, up to 60 s where it has answered with an error. They start over after two
// minutes without a failure. A server's Retry-After is obeyed up to 5 minutes.
class ReflectorMachine {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // When something happened, and a fresh uniform random number, 0 <= random < 1.
  struct Moment {
    TimePoint now;
    double random = 0;
  };

  // How a watch ended.
  struct WatchEnd {
    // Nothing: the server ended it as it should. kMalformed: what came was no sequence of JSON objects.
    std::optional<Error> error;
    // The error came as an ERROR event, not as the answer to the request.
    bool in_event = false;
    std::chrono::milliseconds lasted{0};
  };

  ReflectorMachine();

  // REQUIRES: 0 <= random < 1.
  ReflectorAction Next(double random);

  // Gives whether the list is complete, and `continue_token` was empty. `resource_version` is the page's.
  bool OnListPage(std::string_view resource_version, std::string_view continue_token);
  void OnListFailed(const Error& error, Moment moment);

  void OnProbe(std::string_view resource_version, Moment moment);
  void OnProbeFailed(const Error& error, Moment moment);

  // An ADDED, MODIFIED, DELETED or BOOKMARK event of this version; empty: an event that could not be read.
  void OnWatchEvent(std::string_view resource_version);
  void OnWatchEnded(const WatchEnd& end, Moment moment);

  // Of the list's first page, then of the last event of the watch.
  const std::string& resource_version() const { return resource_version_; }

 private:
  enum class State { kList, kProbe, kWatch };

  void OnCleanEnd(std::chrono::milliseconds lasted, Moment moment);
  void OnBrokenFrame(const Error& error, Moment moment);
  void Relist();
  void RelistAtOnce(const Error& error, Moment moment);
  void Pause(const Error& error, Moment moment);

  State state_ = State::kList;
  std::optional<std::chrono::milliseconds> pause_;  // before what state_ says

  bool paged_ = true;
  std::string continue_token_;
  std::string resource_version_;

  bool heard_ = false;      // an event or bookmark, in this watch
  int silent_watches_ = 0;  // in a row
  int broken_frames_ = 0;   // in a row, without an event between

  Backoff link_backoff_;    // for a server that cannot be reached
  Backoff server_backoff_;  // for one that answers with errors
  std::optional<TimePoint> last_pause_;
  std::optional<TimePoint> last_relist_at_once_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_
