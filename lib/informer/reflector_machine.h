// How a cache is kept true with lists and watches, as a state machine without I/O: it says what to do next
// and is told what came of it. Mirrors client-go's reflector (tools/cache/reflector.go), with short watches,
// a deadline for a streaming list's end and a way out of a server whose history has gone back.

#ifndef K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_
#define K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_

#include "lib/base/backoff.h"
#include "lib/base/error.h"
#include "lib/informer/reflector_timing.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::informer {

// What to do next.
struct ReflectorAction {
  enum class Type {
    // A streaming list: a watch that begins with all that there is. Its events are the list's items up to the
    // bookmark that marks their end: OnStreamListed; from then on it is a watch, and ends as one.
    kStream,
    kList,   // one page of a list; then OnListPage or OnListFailed
    kProbe,  // a list of one object, for its resource version alone; then OnProbe or OnProbeFailed
    kWatch,  // a watch, each of its events into OnWatchEvent; then OnWatchEnded
    kSleep,  // wait for `duration`
  };
  Type type = Type::kStream;

  // kList and kProbe: objects in a page; 0: all of them.
  int limit = 0;
  // kList: of the page before; empty: this page begins a list, and what came of an earlier one is void.
  std::string continue_token;
  // kWatch: where it begins. Lists name none, so that the server answers with its present state.
  std::string resource_version;
  // kStream, kWatch: when the server has to end it (timeoutSeconds), or we, where it does not. kSleep: for
  // how long.
  std::chrono::milliseconds duration{0};
  // Of all but kSleep; of kStream until OnStreamListed.
  Patience patience;
  // kStream: from then on.
  Patience patience_as_watch;
};

// Decides the order of lists, watches and pauses.
//
// A list streams where the server can do that: what it holds is then held once, and its end is the beginning
// of the watch. A server says so by refusing, or by never sending the marked bookmark (an old one takes the
// request for a plain watch): after 5 s of silence, or when the stream's time is up, lists come in pages of
// 500 instead, for an hour. Where it is known that it can't, it is not asked (StreamNoLists). Other failures
// say little about streaming, and lists come in pages until one is complete; refused connections and 429 say
// nothing (reflector.go: "isErrorRetriableWithSideEffectsFn").
//
// Where the server forgets a paged list's snapshot on the way (410), it is done over without a limit once.
//
// A watch begins where the list or the watch before it ended. Watches are short, 20 to 27 s, since the end of
// one is how a dead peer is noticed over HTTP/1.1: with the 2 s that the server's own ending may take and the
// pause that follows, a connection that stays open and passes nothing on is left within 30 s. 410 (the
// history was compacted) lists anew at once. Where a watch cannot be opened or breaks, it is tried again from
// the same version. What says that the request itself is wrong (403, 404, ...) lists anew after a pause.
//
// A server that was restored from a backup, or another one in its place, may hold less history than we have
// seen: it takes such a watch, and is silent. So after two silent watches in a row, and where the server
// could not be reached, a probe asks for its present version; one that is older than ours lists anew. A
// server where nothing changes may be silent too, so silence alone proves nothing.
//
// Pauses grow: up to 1 s where the server cannot be reached, since trying costs next to nothing and a server
// that is back has to be noticed, up to 60 s where it has answered with an error. But for 30 s after it could
// not be reached, errors are those of a server that is still starting (its authorizer for instance knows no
// roles yet): they cost no more than 1 s, and no list. Pauses start over after two minutes without a failure.
// A server's Retry-After is obeyed up to 5 minutes.
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
    // Nothing: the server ended it in good form, or its time was up. kMalformed: what came was no sequence of
    // JSON objects.
    std::optional<Error> error;
    // The error came as an ERROR event, not as the answer to the request.
    bool in_event = false;
    std::chrono::milliseconds lasted{0};
  };

  explicit ReflectorMachine(const ReflectorTiming& timing = {});

  // Lists come in pages from the beginning, for the server is known not to stream them. Call it before
  // Next().
  void StreamNoLists();

  // REQUIRES: 0 <= random < 1.
  ReflectorAction Next(double random);

  // Gives whether the list is complete, and `continue_token` was empty. `resource_version` is the page's.
  bool OnListPage(std::string_view resource_version, std::string_view continue_token);
  void OnListFailed(const Error& error, Moment moment);

  // The marked bookmark of a streaming list, of this version, has come.
  void OnStreamListed(std::string_view resource_version);

  // Gives whether the server's version is older than ours.
  bool OnProbe(std::string_view resource_version, Moment moment);
  void OnProbeFailed(const Error& error, Moment moment);

  // An ADDED, MODIFIED, DELETED or BOOKMARK event of this version; empty: an event that could not be read.
  // REQUIRES: not of a streaming list before OnStreamListed.
  void OnWatchEvent(std::string_view resource_version);
  void OnWatchEnded(const WatchEnd& end, Moment moment);

  // Whether the server has shown that it can't stream lists, and none has streamed since.
  bool gave_up_streaming() const { return stream_again_.has_value(); }

  // Of the list's first page or its marked bookmark, then of the last event of the watch.
  const std::string& resource_version() const { return resource_version_; }

 private:
  enum class State { kStream, kList, kProbe, kWatch };

  ReflectorAction Watch(ReflectorAction::Type type, double random);
  bool MayStream(TimePoint now) const;
  void OnListed();
  void OnStreamFailed(const WatchEnd& end, Moment moment);
  void OnCleanEnd(std::chrono::milliseconds lasted, Moment moment);
  void OnBrokenFrame(const Error& error, Moment moment);
  void Relist(TimePoint now);
  void RelistAtOnce(const Error& error, Moment moment);
  void Pause(const Error& error, Moment moment);
  bool IsRecovering(TimePoint now) const;

  const ReflectorTiming timing_;
  State state_ = State::kStream;
  std::optional<std::chrono::milliseconds> pause_;  // before what state_ says

  bool streams_lists_ = true;
  bool fallen_back_ = false;               // a stream has failed, and no list was complete since
  std::optional<TimePoint> stream_again_;  // not before, for the server can't
  bool paged_ = true;                      // a list that does not stream has a limit
  std::string continue_token_;
  std::string resource_version_;

  bool heard_ = false;      // an event or bookmark, in this watch
  int silent_watches_ = 0;  // in a row
  int broken_frames_ = 0;   // in a row, without an event between

  Backoff link_backoff_;    // for a server that cannot be reached
  Backoff server_backoff_;  // for one that answers with errors
  std::optional<TimePoint> last_pause_;
  std::optional<TimePoint> last_relist_at_once_;
  std::optional<TimePoint> last_unreachable_;
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_REFLECTOR_MACHINE_H_
