// Broken input: whatever comes, the result is a value or an error. Most useful with the sanitizers.

#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"
#include "test/support/catch.h"
#include "test/support/recording.h"
#include "test/unit/kube_json/framing.h"

#include <random>
#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

using test::LoadRecording;

// Calls every decoder; every error must have a message.
void DecodeEverything(const std::string& text) {
  const auto check = [](const auto& result) {
    if (result.has_error()) REQUIRE_FALSE(result.error().message.empty());
  };
  check(Decode<kube::Pod>(text));
  check(Decode<kube::Service>(text));
  check(Decode<kube::Endpoints>(text));
  check(Decode<kube::EndpointSlice>(text));
  check(Decode<kube::Node>(text));
  check(Decode<kube::Lease>(text));
  check(DecodeWatchEvent<kube::Pod>(text));
  check(DecodeWatchEvent<kube::Service>(text));
  check(DecodeWatchEvent<kube::Endpoints>(text));
  check(DecodeWatchEvent<kube::EndpointSlice>(text));
  check(DecodeWatchEvent<kube::Node>(text));
  REQUIRE_FALSE(DecodeStatus(500, text).message.empty());
}

void FrameEverything(const std::string& text, std::size_t piece) {
  WatchFramer watch(4096);
  for (const std::string& object : Frame(watch, text, piece, piece))
    if (const auto event = DecodeWatchEvent<kube::Pod>(object); event.has_error())
      REQUIRE_FALSE(event.error().message.empty());
  ListFramer list({}, 4096);
  Frame(list, text, piece, piece);
  if (const auto meta = list.meta(); meta.has_error()) REQUIRE_FALSE(meta.error().message.empty());
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (const char* name :
       {"watch-pods", "list-services", "list-pods-page1", "create-endpoints", "create-slice", "get-lease",
        "forbidden", "create-endpoints-loopback", "watch-too-old"})
    seeds.push_back(LoadRecording(name).body);
  // A single event and a single pod, which get deepest into the decoders.
  WatchFramer framer;
  seeds.push_back(Frame(framer, seeds.front()).front());
  ListFramer list;
  seeds.push_back(Frame(list, seeds[2]).front());
  return seeds;
}

std::string Mutated(std::string text, std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   "\"",
                                                   "\\",
                                                   ",",
                                                   ":",
                                                   "null",
                                                   "true",
                                                   "-1",
                                                   "1e999",
                                                   "0.5",
                                                   "99999999999999999999",
                                                   std::string(1, '\0'),
                                                   "\xff",
                                                   "\xed\xa0\x80",
                                                   "\\ud800",
                                                   "\\u0000",
                                                   "[[[[",
                                                   "{\"a\":",
                                                   "\"\"",
                                                   " "};
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (std::size_t change = 1 + below(4); change > 0; --change) {
    const std::size_t pos = below(text.size());
    const std::size_t size = below(4) == 0 ? below(text.size() - pos) : below(12);
    switch (below(4)) {
      case 0:
        text.insert(pos, kPieces[below(kPieces.size())]);
        break;
      case 1:
        text.erase(pos, size);
        break;
      case 2:
        text.replace(pos, size, kPieces[below(kPieces.size())]);
        break;
      default:
        text.insert(pos, text.substr(below(text.size()), size));
        break;
    }
  }
  return text;
}

TEST_CASE("truncated input gives values or errors with a message") {
  for (const std::string& seed : Seeds()) {
    for (std::size_t size = 0; size < seed.size(); size += 1 + size / 50) {
      DecodeEverything(seed.substr(0, size));
      FrameEverything(seed.substr(0, size), 100);
    }
  }
}

TEST_CASE("randomly mutated input gives values or errors with a message") {
  std::mt19937 random(20261122);
  const std::vector<std::string> seeds = Seeds();
  for (int round = 0; round < 2000; ++round) {
    const std::string text = Mutated(seeds[random() % seeds.size()], random);
    DecodeEverything(text);
    FrameEverything(text, 1 + random() % 300);
  }
}

TEST_CASE("numbers of extreme size are refused") {
  for (const std::string number :
       {"1e400", "-1e400", "1e-400", "-0", "0e-99", "-0.0e99", "9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "0.0000000000000000000000000000000000000001", "1e99999999999999999999"}) {
    CAPTURE(number);
    const auto pod = Decode<kube::Pod>(
        R"({"metadata":{"name":"web"},"spec":{"containers":[{"ports":[{"hostPort":)" + number + "}]}]}}");
    if (number != "-0") CHECK(pod.has_error());
  }
  CHECK(Decode<kube::Endpoints>(R"({"metadata":{"name":"web","later":)" + std::string(100'000, '9') + "}}")
            .has_error());
}

}  // namespace
}  // namespace k8sm::kube_json
