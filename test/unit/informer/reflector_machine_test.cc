#include "lib/informer/reflector_machine.h"

#include "test/support/catch.h"

#include <algorithm>
#include <optional>
#include <string>

namespace k8sm::informer {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Type = ReflectorAction::Type;

Error MakeError(Errc code) {
  return {.code = code};
}

// Drives a machine by hand: tells it the results of its actions, at times and with random numbers of the
// test's choice. Its server cannot stream lists unless a test asks for one that can.
struct Driver {
  ReflectorMachine machine;
  ReflectorMachine::TimePoint now{std::chrono::hours(1)};
  double random = 0;

  enum class Server { kPages, kStreams };
  explicit Driver(Server server = Server::kPages) {
    if (server == Server::kStreams) return;
    CHECK(Next() == "stream");
    machine.OnWatchEnded({.error = MakeError(Errc::kRejected)}, Moment());
  }

  ReflectorMachine::Moment Moment() const { return {now, random}; }

  // The next action: "stream", "list 500 TOKEN", "probe", "watch VERSION" or "sleep MS". A sleep advances
  // `now`.
  std::string Next() {
    const ReflectorAction action = machine.Next(random);
    switch (action.type) {
      case Type::kStream:
        return "stream";
      case Type::kList:
        return "list " + std::to_string(action.limit) + (action.continue_token.empty() ? "" : " ") +
               action.continue_token;
      case Type::kProbe:
        CHECK(action.limit == 1);
        return "probe";
      case Type::kWatch:
        return "watch " + action.resource_version;
      case Type::kSleep:
        break;
    }
    now += action.duration;
    return "sleep " + std::to_string(action.duration.count());
  }

  bool Page(const std::string& version, const std::string& token = "") {
    return machine.OnListPage(version, token);
  }
  void ListFails(const Error& error) { machine.OnListFailed(error, Moment()); }
  void WatchEnds(milliseconds lasted = seconds(20)) {
    now += lasted;
    machine.OnWatchEnded({.lasted = lasted}, Moment());
  }
  void WatchFails(const Error& error, bool in_event = false) {
    machine.OnWatchEnded({.error = error, .in_event = in_event, .lasted = seconds(5)}, Moment());
  }

  // A machine that watches from version 10.
  static Driver Watching() {
    Driver d;
    CHECK(d.Next() == "list 500");
    CHECK(d.Page("10"));
    CHECK(d.Next() == "watch 10");
    return d;
  }
  static Driver WatchingAfterStream() {
    Driver d(Server::kStreams);
    CHECK(d.Next() == "stream");
    d.machine.OnStreamListed("10");
    return d;
  }
};

const Error kCut{.code = Errc::kUnavailable, .sent = true};
const Error kSilence{.code = Errc::kTimeout, .sent = true};
const Error kRefusedConnection{.code = Errc::kUnavailable};

// ---- Streaming lists

TEST_CASE("a server that is known not to stream lists is never asked for a streaming list") {
  Driver d(Driver::Server::kStreams);
  d.machine.StreamNoLists();
  CHECK(d.Next() == "list 500");
  d.ListFails(MakeError(Errc::kServerError));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "list 500");
  CHECK(d.Page("10"));
  CHECK(d.Next() == "watch 10");
  d.now += std::chrono::hours(2);
  d.WatchFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "list 500");
  CHECK_FALSE(d.machine.gave_up_streaming());
}

TEST_CASE("events after a streaming list's bookmark advance the version from which the next watch begins") {
  Driver d = Driver::WatchingAfterStream();
  CHECK(d.machine.resource_version() == "10");
  d.machine.OnWatchEvent("11");
  d.WatchEnds();
  CHECK(d.Next() == "watch 11");
}

TEST_CASE("a stream that ends soon after its bookmark is followed by a watch without backing off") {
  Driver d = Driver::WatchingAfterStream();
  d.WatchEnds(milliseconds(10));
  CHECK(d.Next() == "watch 10");
  d.WatchEnds(milliseconds(10));
  CHECK(d.Next() == "sleep 800");
}

TEST_CASE("a stream that breaks after its bookmark is resumed like a watch") {
  Driver d = Driver::WatchingAfterStream();
  d.WatchFails(kCut);
  CHECK(d.Next() == "sleep 200");
  CHECK(d.Next() == "watch 10");
  d.WatchFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "stream");
}

TEST_CASE("the error of a streaming list decides the pause and whether lists are streamed again") {
  struct Case {
    const char* what;
    std::optional<Error> error;
    std::string then;            // the pause, if any, and the next list
    std::string after_complete;  // which list follows a complete one
  };
  const Case cases[] = {
      {"nothing was sent", kRefusedConnection, "sleep 200 stream", ""},
      {"429", Error{.code = Errc::kTooManyRequests}, "sleep 800 stream", ""},
      {"429 that asks for time", Error{.code = Errc::kTooManyRequests, .retry_after = seconds(3)},
       "sleep 3000 stream", ""},
      {"cut", kCut, "sleep 200 list 500", "stream"},
      {"garbage", MakeError(Errc::kMalformed), "list 500", "stream"},
      {"503", MakeError(Errc::kServerError), "list 500", "stream"},
      {"403", MakeError(Errc::kForbidden), "list 500", "stream"},
      {"401", MakeError(Errc::kUnauthorized), "list 500", "stream"},
      {"410", MakeError(Errc::kExpired), "list 500", "stream"},
      {"too large a version", Error{.code = Errc::kServerError, .cause = "ResourceVersionTooLarge"},
       "list 500", "stream"},
      {"422", MakeError(Errc::kRejected), "list 500", "list 500"},
      {"404", MakeError(Errc::kNotFound), "list 500", "list 500"},
      {"silence", kSilence, "sleep 200 list 500", "list 500"},
      {"no bookmark", std::nullopt, "list 500", "list 500"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Driver d(Driver::Server::kStreams);
    CHECK(d.Next() == "stream");
    d.machine.OnWatchEnded({.error = c.error, .lasted = seconds(5)}, d.Moment());
    std::string then = d.Next();
    if (then.starts_with("sleep")) then += " " + d.Next();
    CHECK(then == c.then);
    if (c.after_complete.empty()) continue;
    // A page that fails after it does not change that.
    d.ListFails(kCut);
    CHECK(d.Next().starts_with("sleep"));
    CHECK(d.Next() == "list 500");
    CHECK(d.Page("10"));
    CHECK(d.machine.gave_up_streaming() == (c.after_complete == "list 500"));
    CHECK(d.Next() == "watch 10");
    d.now += seconds(20);
    d.WatchFails(MakeError(Errc::kExpired));
    CHECK(d.Next() == c.after_complete);
  }
}

TEST_CASE("a server that could not stream lists is asked for a streaming list again after an hour") {
  Driver d = Driver::Watching();
  d.now += minutes(59);
  d.WatchFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "list 500");
  CHECK(d.Page("20"));
  CHECK(d.Next() == "watch 20");
  d.now += minutes(1);
  d.WatchFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "stream");
  d.machine.OnStreamListed("30");
  CHECK_FALSE(d.machine.gave_up_streaming());
}

// ---- How long faults last

// How long a connection that froze `at` after its request was sent is kept before it is given up.
milliseconds Detection(const Patience& patience, milliseconds at) {
  return std::min(std::max(patience.quiet, at + patience.idle), patience.total) - at;
}

TEST_CASE(
    "a frozen connection is given up and replaced within 30 s, for a list, a streaming list and a watch") {
  for (const double random : {0.0, 0.3, 0.5, 0.9, 0.999999}) {
    for (milliseconds at{0}; at < seconds(30); at += milliseconds(250)) {
      CAPTURE(random, at.count());
      Driver list;
      Driver stream(Driver::Server::kStreams);
      Driver watch = Driver::WatchingAfterStream();
      watch.machine.OnWatchEvent("11");
      watch.WatchEnds();
      for (Driver* d : {&list, &stream, &watch}) {
        d->random = random;
        const ReflectorAction action = d->machine.Next(random);
        milliseconds lost = Detection(action.patience, at);
        if (lost < milliseconds(0)) continue;  // over by then
        if (d == &list) {
          d->ListFails(kSilence);
        } else {
          d->WatchFails(kSilence);
        }
        const ReflectorAction pause = d->machine.Next(random);
        REQUIRE(pause.type == Type::kSleep);
        lost += pause.duration;
        CHECK(lost <= seconds(30));
        CHECK(d->machine.Next(random).type == (d == &watch ? Type::kWatch : Type::kList));
      }
    }
  }
}

TEST_CASE("a streaming list may take five minutes, and the watch after it as long as any watch") {
  Driver d(Driver::Server::kStreams);
  const ReflectorAction stream = d.machine.Next(0.5);
  CHECK(stream.duration == seconds(300));
  CHECK(stream.patience.quiet == seconds(10));
  CHECK(stream.patience.idle == seconds(5));
  CHECK(stream.patience.total == seconds(302));
  CHECK(stream.patience_as_watch.quiet == seconds(26));
  CHECK(stream.patience_as_watch.total == seconds(34));
  d.machine.OnStreamListed("10");
  d.WatchEnds();
  const ReflectorAction watch = d.machine.Next(0.5);
  CHECK(watch.duration == seconds(24));
  CHECK(watch.patience.quiet == seconds(26));
  CHECK(watch.patience.idle == seconds(2));
  CHECK(watch.patience.total == seconds(34));
}

TEST_CASE("a watch that timed out because the process was stopped is resumed after the shortest pause") {
  Driver d = Driver::Watching();
  d.now += minutes(10);
  d.machine.OnWatchEnded({.error = kSilence, .lasted = minutes(10)}, d.Moment());
  CHECK(d.Next() == "sleep 200");
  CHECK(d.Next() == "watch 10");
}

TEST_CASE("a server that comes back is probed for its version before the watch is resumed") {
  Driver d = Driver::Watching();
  d.WatchFails(kRefusedConnection);
  for (const char* sleep : {"sleep 200", "sleep 400", "sleep 500", "sleep 500"}) {
    CHECK(d.Next() == sleep);
    CHECK(d.Next() == "probe");
    d.machine.OnProbeFailed(kRefusedConnection, d.Moment());
  }
  d.Next();
  CHECK(d.Next() == "probe");
  SECTION("a probe that finds the cached version resumes the watch") {
    CHECK_FALSE(d.machine.OnProbe("10", d.Moment()));
    CHECK(d.Next() == "watch 10");
  }
  SECTION("a probe that finds an older version forces a relist") {
    CHECK(d.machine.OnProbe("9", d.Moment()));
    CHECK(d.Next() == "list 500");
  }
}

TEST_CASE("errors of a starting server are retried within a second each, without a relist") {
  for (const Errc code :
       {Errc::kForbidden, Errc::kUnauthorized, Errc::kServerError, Errc::kTooManyRequests}) {
    CAPTURE(ToString(code));
    Driver d = Driver::Watching();
    d.random = 0.999;
    d.WatchFails(kRefusedConnection);
    d.Next();
    CHECK(d.Next() == "probe");
    CHECK_FALSE(d.machine.OnProbe("10", d.Moment()));
    for (int i = 0; i < 20; ++i) {
      CHECK(d.Next() == "watch 10");
      d.WatchFails(MakeError(code));
      const auto before = d.now;
      CHECK(d.Next().starts_with("sleep"));
      CHECK(d.now - before <= seconds(1));
    }
  }
}

TEST_CASE("an error in a watch event of a starting server backs off and relists as usual") {
  Driver d = Driver::Watching();
  d.WatchFails(kRefusedConnection);
  d.Next();
  CHECK_FALSE(d.machine.OnProbe("10", d.Moment()));
  CHECK(d.Next() == "watch 10");
  d.WatchFails(MakeError(Errc::kServerError), true);
  CHECK(d.Next() == "sleep 400");
  CHECK(d.Next() == "list 500");
}

TEST_CASE("half a minute after its return, a server's errors back off and relist as usual") {
  Driver d = Driver::Watching();
  d.WatchFails(kRefusedConnection);
  d.Next();
  CHECK_FALSE(d.machine.OnProbe("10", d.Moment()));
  d.now += seconds(30);
  d.WatchFails(MakeError(Errc::kForbidden));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "list 500");
}

// ---- Paged lists and watches

TEST_CASE("a list goes through its pages, and the watch begins at the version of the first one") {
  Driver d;
  CHECK(d.Next() == "list 500");
  CHECK_FALSE(d.Page("10", "two"));
  CHECK(d.Next() == "list 500 two");
  CHECK_FALSE(d.Page("11", "three"));
  CHECK(d.Next() == "list 500 three");
  CHECK(d.Page("12"));
  CHECK(d.machine.resource_version() == "10");
  CHECK(d.Next() == "watch 10");
}

TEST_CASE("a watch takes 20 to 27 seconds") {
  for (const auto& [random, expected] : {std::pair(0.0, 20), std::pair(0.5, 24), std::pair(0.999, 27)}) {
    Driver d;
    d.Page("10");
    CHECK(d.machine.Next(random).duration == seconds(expected));
  }
}

TEST_CASE("events and bookmarks advance the version from which the next watch begins") {
  Driver d = Driver::Watching();
  d.machine.OnWatchEvent("11");
  d.machine.OnWatchEvent("15");
  d.machine.OnWatchEvent("");
  d.WatchEnds();
  CHECK(d.Next() == "watch 15");
}

TEST_CASE("a list that expires between pages is retried once without a limit") {
  Driver d;
  d.Next();
  d.Page("10", "two");
  d.Next();
  d.ListFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "list 0");
  SECTION("the next list is paged again") {
    CHECK(d.Page("20"));
    CHECK(d.Next() == "watch 20");
    d.WatchFails(MakeError(Errc::kExpired));
    CHECK(d.Next() == "list 500");
  }
  SECTION("a list that fails without a limit is retried in pages") {
    d.ListFails(MakeError(Errc::kServerError));
    CHECK(d.Next() == "sleep 800");
    CHECK(d.Next() == "list 500");
  }
}

TEST_CASE("a list that fails on a later page is retried from the first page") {
  Driver d;
  d.Next();
  d.Page("10", "two");
  d.Next();
  d.ListFails(MakeError(Errc::kServerError));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "list 500");
}

TEST_CASE("a list that fails with ResourceVersionTooLarge is retried at once") {
  Driver d;
  d.Next();
  d.ListFails({.code = Errc::kServerError, .cause = "ResourceVersionTooLarge"});
  CHECK(d.Next() == "list 500");
}

TEST_CASE("a list that expires on its first page is retried at once, but the second time after a pause") {
  Driver d;
  d.Next();
  d.ListFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "list 500");
  d.ListFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "list 500");
}

TEST_CASE(
    "a list, stream or watch that has to be read in JSON is followed by the same kind of list at once") {
  const Error error = MakeError(Errc::kUnknownField);
  Driver first;
  CHECK(first.Next() == "list 500");
  first.ListFails(error);
  CHECK(first.Next() == "list 500");

  Driver second;
  CHECK(second.Next() == "list 500");
  CHECK_FALSE(second.Page("10", "b"));
  CHECK(second.Next() == "list 500 b");
  second.ListFails(error);
  CHECK(second.Next() == "list 500");

  Driver stream(Driver::Server::kStreams);
  CHECK(stream.Next() == "stream");
  stream.WatchFails(error);
  CHECK(stream.Next() == "stream");
  CHECK_FALSE(stream.machine.gave_up_streaming());

  Driver watch = Driver::Watching();
  watch.WatchFails(error);
  CHECK(watch.Next() == "list 500");

  Driver streamed = Driver::WatchingAfterStream();
  streamed.WatchFails(error);
  CHECK(streamed.Next() == "stream");
}

TEST_CASE("errors that the server answers back off exponentially, up to a minute") {
  for (const Errc code : {Errc::kServerError, Errc::kTooManyRequests, Errc::kForbidden, Errc::kUnauthorized,
                          Errc::kNotFound, Errc::kRejected, Errc::kMalformed}) {
    CAPTURE(ToString(code));
    Driver d;
    for (const char* sleep : {"sleep 800", "sleep 1600", "sleep 3200", "sleep 6400", "sleep 12800",
                              "sleep 25600", "sleep 30000", "sleep 30000"}) {
      CHECK(d.Next() == "list 500");
      d.ListFails(MakeError(code));
      CHECK(d.Next() == sleep);
    }
    d.random = 0.99;
    d.ListFails(MakeError(code));
    CHECK(d.Next() == "sleep 59700");
  }
}

TEST_CASE("an unreachable server is retried within a second") {
  for (const Errc code : {Errc::kUnavailable, Errc::kTimeout}) {
    Driver d;
    for (const char* sleep : {"sleep 200", "sleep 400", "sleep 500", "sleep 500"}) {
      CHECK(d.Next() == "list 500");
      d.ListFails(MakeError(code));
      CHECK(d.Next() == sleep);
    }
    d.random = 0.999;
    d.ListFails(MakeError(code));
    CHECK(d.Next() == "sleep 999");
  }
}

TEST_CASE("the back-off starts over after three minutes without a failure, but not after one") {
  Driver d;
  d.ListFails(MakeError(Errc::kServerError));
  CHECK(d.Next() == "sleep 800");
  d.now += minutes(1);
  d.ListFails(MakeError(Errc::kServerError));
  CHECK(d.Next() == "sleep 1600");
  d.now += minutes(3);
  d.ListFails(MakeError(Errc::kServerError));
  CHECK(d.Next() == "sleep 800");
}

TEST_CASE("a pause lasts as long as Retry-After asks, up to five minutes") {
  const std::pair<seconds, const char*> cases[] = {{seconds(7), "sleep 7000"},
                                                   {seconds(0), "sleep 800"},
                                                   {seconds(-5), "sleep 800"},
                                                   {seconds(1'000'000), "sleep 300000"}};
  for (const auto& [retry_after, sleep] : cases) {
    Driver d;
    d.ListFails({.code = Errc::kTooManyRequests, .retry_after = retry_after});
    CHECK(d.Next() == sleep);
  }
}

TEST_CASE("a Retry-After that is shorter than the back-off does not shorten it") {
  Driver d;
  d.ListFails(MakeError(Errc::kServerError));
  CHECK(d.Next() == "sleep 800");
  d.ListFails({.code = Errc::kTooManyRequests, .retry_after = seconds(1)});
  CHECK(d.Next() == "sleep 1600");
}

TEST_CASE("a watch that had events and ends normally is followed by the next one at once") {
  Driver d = Driver::Watching();
  for (int i = 11; i < 15; ++i) {
    d.machine.OnWatchEvent(std::to_string(i));
    d.WatchEnds(i == 12 ? milliseconds(1) : seconds(20));
    CHECK(d.Next() == "watch " + std::to_string(i));
  }
}

TEST_CASE("a watch that ends in less than a second without an event is followed by a back-off") {
  Driver d = Driver::Watching();
  d.WatchEnds(milliseconds(1'000));
  CHECK(d.Next() == "watch 10");
  d.WatchEnds(milliseconds(999));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "watch 10");
  d.WatchEnds(milliseconds(10));
  CHECK(d.Next() == "sleep 1600");
  CHECK(d.Next() == "watch 10");
}

TEST_CASE("a watch that has expired is relisted at once, but not twice within seconds") {
  Driver d = Driver::Watching();
  d.WatchFails(MakeError(Errc::kExpired), GENERATE(false, true));
  CHECK(d.Next() == "list 500");
  CHECK(d.Page("20"));
  CHECK(d.Next() == "watch 20");
  d.WatchFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "list 500");
  d.now += seconds(10);
  d.Page("30");
  CHECK(d.Next() == "watch 30");
  d.WatchFails(MakeError(Errc::kExpired));
  CHECK(d.Next() == "list 500");
}

TEST_CASE("a watch that fails with ResourceVersionTooLarge is relisted at once") {
  Driver d = Driver::Watching();
  d.WatchFails({.code = Errc::kServerError, .http_status = 504, .cause = "ResourceVersionTooLarge"});
  CHECK(d.Next() == "list 500");
}

TEST_CASE("the error of a watch decides the pause and whether the machine watches again, probes or relists") {
  struct Case {
    const char* what;
    Error error;
    bool in_event;
    const char* sleep;
    const char* then;
  };
  const Case cases[] = {
      {"no connection", kRefusedConnection, false, "sleep 200", "probe"},
      {"a cut connection", kCut, false, "sleep 200", "watch 10"},
      {"silence", kSilence, false, "sleep 200", "watch 10"},
      {"429", {.code = Errc::kTooManyRequests, .http_status = 429}, false, "sleep 800", "watch 10"},
      {"429 as an event",
       {.code = Errc::kTooManyRequests, .http_status = 429},
       true,
       "sleep 800",
       "watch 10"},
      {"500", {.code = Errc::kServerError, .http_status = 500}, false, "sleep 800", "watch 10"},
      {"503", {.code = Errc::kServerError, .http_status = 503}, false, "sleep 800", "watch 10"},
      {"500 as an event", {.code = Errc::kServerError, .http_status = 500}, true, "sleep 800", "list 500"},
      {"504", {.code = Errc::kServerError, .http_status = 504}, false, "sleep 800", "list 500"},
      {"400", {.code = Errc::kRejected, .http_status = 400}, false, "sleep 800", "list 500"},
      {"401", {.code = Errc::kUnauthorized, .http_status = 401}, false, "sleep 800", "watch 10"},
      {"403", {.code = Errc::kForbidden, .http_status = 403}, false, "sleep 800", "list 500"},
      {"404", {.code = Errc::kNotFound, .http_status = 404}, false, "sleep 800", "list 500"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Driver d = Driver::Watching();
    d.WatchFails(c.error, c.in_event);
    CHECK(d.Next() == c.sleep);
    CHECK(d.Next() == c.then);
  }
}

TEST_CASE("two silent watches in a row are followed by a probe") {
  Driver d = Driver::Watching();
  d.WatchEnds();
  CHECK(d.Next() == "watch 10");
  SECTION("a probe that finds an older version forces a relist") {
    d.WatchEnds();
    CHECK(d.Next() == "probe");
    CHECK(d.machine.OnProbe("9", d.Moment()));
    CHECK(d.Next() == "list 500");
  }
  SECTION("a probe that finds no older version resumes the watch") {
    const auto* version = GENERATE("10", "11");
    d.WatchEnds();
    CHECK(d.Next() == "probe");
    CHECK_FALSE(d.machine.OnProbe(version, d.Moment()));
    CHECK(d.Next() == "watch 10");
    d.WatchEnds();
    CHECK(d.Next() == "watch 10");
    d.WatchEnds();
    CHECK(d.Next() == "probe");
  }
  SECTION("a probe that fails is repeated after one more watch") {
    d.WatchEnds();
    CHECK(d.Next() == "probe");
    d.machine.OnProbeFailed(kCut, d.Moment());
    CHECK(d.Next() == "sleep 200");
    CHECK(d.Next() == "watch 10");
    d.WatchEnds();
    CHECK(d.Next() == "probe");
  }
  SECTION("no probe follows if one of the watches had a bookmark") {
    d.machine.OnWatchEvent("10");
    d.WatchEnds();
    CHECK(d.Next() == "watch 10");
    d.WatchEnds();
    CHECK(d.Next() == "watch 10");
  }
}

TEST_CASE("a requested probe takes the place of the next watch") {
  Driver d = Driver::Watching();
  CHECK(d.machine.RequestProbe());
  CHECK_FALSE(d.machine.RequestProbe());
  SECTION("the watch is interrupted for the probe") {
    CHECK(d.Next() == "probe");
    CHECK_FALSE(d.machine.RequestProbe());
    CHECK_FALSE(d.machine.OnProbe("10", d.Moment()));
    CHECK(d.Next() == "watch 10");
  }
  SECTION("the watch ends by itself") {
    d.machine.OnWatchEvent("11");
    d.WatchEnds();
    CHECK(d.Next() == "probe");
  }
  SECTION("a watch that has expired is followed by a relist instead of the probe") {
    d.machine.OnWatchEnded({.error = Error{.code = Errc::kExpired}}, d.Moment());
    CHECK(d.Next() == "list 500");
    CHECK_FALSE(d.machine.RequestProbe());
  }
}

TEST_CASE("a watch that breaks three times at the same version is relisted") {
  Driver d = Driver::Watching();
  d.WatchFails(MakeError(Errc::kMalformed));
  CHECK(d.Next() == "sleep 200");
  CHECK(d.Next() == "watch 10");
  d.machine.OnWatchEvent("11");
  for (const char* sleep : {"sleep 400", "sleep 500"}) {
    d.WatchFails(MakeError(Errc::kMalformed));
    CHECK(d.Next() == sleep);
    CHECK(d.Next() == "watch 11");
    d.machine.OnWatchEvent("");
  }
  d.WatchFails(MakeError(Errc::kMalformed));
  CHECK(d.Next() == "sleep 800");
  CHECK(d.Next() == "list 500");
  // After a list the count starts over.
  d.Page("20");
  CHECK(d.Next() == "watch 20");
  d.WatchFails(MakeError(Errc::kMalformed));
  CHECK(d.Next() == "sleep 500");
  CHECK(d.Next() == "watch 20");
}

}  // namespace
}  // namespace k8sm::informer
