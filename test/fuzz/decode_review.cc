// Fuzzes the API server's responses to reviews, and the next review for the user that they name.

#include "lib/kube_json/review.h"
#include "test/fuzz/fuzz.h"

namespace k8sm::fuzz {

void Try(std::string_view text) {
  const auto access = kube_json::DecodeAccessReview(text);
  ExpectFitForTheLog(access);
  const auto token = kube_json::DecodeTokenReview(text);
  ExpectFitForTheLog(token);
  if (!token) return;
  Expect(!token->granted || !token->user.name.empty(), "a user who is known has a name");
  // The next review contains the user as it was read, and has to be JSON again.
  const std::string question = kube_json::EncodePathReview(token->user, "get", "/metrics");
  const auto answer = kube_json::DecodeAccessReview(question);
  Expect(answer.has_error() && answer.error().message.find("status") != std::string::npos,
         "a question is JSON of its kind without an answer");
}

}  // namespace k8sm::fuzz
