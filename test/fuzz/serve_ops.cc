// Fuzzes the ops port from the bytes of a client to the bytes of its responses: sessions, authorisation, and
// the pages.

#include "lib/http_server/page.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/ops_stage.h"
#include "test/fuzz/responses.h"

#include <glog/logging.h>

#include <array>
#include <string>

namespace k8sm::fuzz {
namespace {

using http_server::Request;

constexpr std::array kReviews{Reviews::kAllowed, Reviews::kDenied, Reviews::kUnknownUser,
                              Reviews::kUnavailable, Reviews::kUnreadable};

bool IsOpenToEveryone(const Request& request) {
  const auto page = http_server::PageRequestOf(request);
  return page && (page->path == "/healthz" || page->path == "/readyz" || page->path == "/livez");
}

bool IsPermitted(const Request& request, const OpsScene& scene) {
  return scene.on_loopback || scene.reviews == Reviews::kAllowed || IsOpenToEveryone(request);
}

void Check(const OpsResponse& response) {
  Expect(response.status >= 200 && response.status <= 599, "a status is one");
  const auto sniffing = response.headers.find("X-Content-Type-Options");
  Expect(sniffing != response.headers.end() && sniffing->second == "nosniff", "no type is guessed");
  const auto caching = response.headers.find("Cache-Control");
  Expect(caching != response.headers.end() && caching->second == "no-store", "nothing is cached");
  Expect(!response.headers.contains("Access-Control-Allow-Origin"), "no other origin may read");
}

void Check(const OpsOutcome& outcome, const OpsScene& scene) {
  std::string_view bytes = outcome.bytes;
  for (const Request& request : outcome.requests) {
    Expect(!bytes.empty(), "each request is answered");
    const OpsResponse response = TakeResponse(bytes, request.method == "HEAD");
    Check(response);
    // 503 is the answer of a failed health check.
    const bool has_page = response.status < 300 || response.status == 503;
    Expect(!has_page || IsPermitted(request, scene), "without permission there is no page");
  }
  // A client that disconnects before it sends its body has received "100 Continue" at most.
  SkipInterim(bytes);
  if (bytes.empty()) return;
  const OpsResponse refusal = TakeResponse(bytes, false);
  Check(refusal);
  Expect(refusal.status >= 400 && refusal.status < 500, "what is no request is refused");
  Expect(bytes.empty(), "nothing follows a refusal");
}

}  // namespace

// The first byte selects the scene, the second the size of the pieces.
void Try(std::string_view text) {
  FLAGS_minloglevel = google::GLOG_FATAL;
  if (text.size() < 2) return;
  static OpsStage stage;
  const auto selection = static_cast<unsigned char>(text[0]);
  const OpsScene scene{.on_loopback = (selection & 1) != 0,
                       .reviews = kReviews[(selection >> 1) % kReviews.size()],
                       .piece = std::size_t{1} + static_cast<unsigned char>(text[1])};
  const OpsOutcome outcome = stage.Run(text.substr(2), scene);
  Check(outcome, scene);
  Expect(outcome.puts == 0 || scene.on_loopback || scene.reviews == Reviews::kAllowed,
         "without permission nothing is set");
}

}  // namespace k8sm::fuzz
