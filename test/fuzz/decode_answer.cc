// Fuzzes responses other than objects: errors, API group lists and access reviews.

#include "lib/kube_json/codec.h"
#include "lib/kube_json/review.h"
#include "test/fuzz/fuzz.h"

#include <array>
#include <chrono>

namespace k8sm::fuzz {
namespace {

// 0: the code comes from the Status itself, as in a watch.
constexpr std::array kRefusals{0, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503};

}  // namespace

// The first byte selects the HTTP status.
void Try(std::string_view text) {
  if (text.empty()) return;
  const int status = kRefusals[static_cast<unsigned char>(text.front()) % kRefusals.size()];
  text.remove_prefix(1);

  const Error refusal = kube_json::DecodeStatus(status, text);
  ExpectFitForTheLog(refusal);
  Expect(status == 0 || refusal.http_status == status, "a refusal has the answer's status");
  const auto wait = refusal.retry_after.value_or(std::chrono::seconds(0));
  Expect(wait >= std::chrono::seconds(0) && wait <= kLongestRetryAfter, "nobody makes us wait for ever");

  ExpectFitForTheLog(kube_json::IsGone(text));
  ExpectFitForTheLog(kube_json::DecodeServerVersion(text));
  ExpectFitForTheLog(kube_json::DecodeGroupVersions(text));
  ExpectFitForTheLog(kube_json::DecodeSelfAccessReview(text));
}

}  // namespace k8sm::fuzz
